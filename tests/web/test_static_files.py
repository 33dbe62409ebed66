"""What the build made, and what is said when it has not run."""

import re
from pathlib import Path

import pytest

from app.web import static_files


def test_what_is_built_is_named_after_its_content() -> None:
    assert re.fullmatch(r"/static/site\.[0-9a-f]{10}\.css", static_files.asset("site.css"))


def test_a_missing_build_says_which_command_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(static_files, "BUILT", tmp_path)
    static_files._built.cache_clear()
    with pytest.raises(static_files.AssetsNotBuilt, match="npm run build"):
        static_files.asset("site.css")
    monkeypatch.undo()
    static_files._built.cache_clear()


def test_an_unknown_name_fails_loudly() -> None:
    with pytest.raises(KeyError):
        static_files.icon("unicorn")
    with pytest.raises(KeyError):
        static_files.asset("unicorn.css")
