"""The templates: none unused, nothing from elsewhere, nothing that the content policy refuses."""

import re
from pathlib import Path

from tests.support.sources import files, name, python_files

MACRO = re.compile(r"{%-?\s*macro\s+(\w+)")
ELSEWHERE = re.compile(r"(?:src|srcset|action)=[\"'](?:https?:)?//|url\((?:https?:)?//|@import")
INLINE = re.compile(r"<style|\sstyle=|\son\w+=[\"']|<script(?![^>]*\ssrc=)", re.IGNORECASE)
UNSAFE = re.compile(r"\|\s*safe\b|autoescape\s+false|form\.csrf_token")
NUMBERS_ONLY = {"components/step.html"}
"""Templates whose `| safe` holds our own words and whole numbers."""
JINJA = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.DOTALL)


def templates() -> list[Path]:
    found = [path for path in files("app") if "templates" in path.parts]
    assert len(found) > 10
    return found


def called(template: Path) -> str:
    """The name by which a template is asked for: the path below its `templates` folder."""
    return template.as_posix().split("/templates/", 1)[1]


def places_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{name(path)}:{number} {line.strip()}"
        for path in templates()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_each_template_is_used() -> None:
    texts = {
        path: path.read_text(encoding="utf-8") for path in [*templates(), *python_files("app")]
    }
    unused = [
        name(template)
        for template in templates()
        if not any(
            called(template) in text or template.stem in text.split('"errors/')[1:]
            for path, text in texts.items()
            if path != template
        )
    ]
    assert unused == []


def test_each_macro_is_used() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in templates()}
    everything = "\n".join(texts.values())
    macros = [(macro, path) for path, text in texts.items() for macro in MACRO.findall(text)]
    unused = [
        f"{macro} in {name(path)}"
        for macro, path in macros
        if not re.search(rf"(?<!macro )\b{macro}\(", everything)
    ]
    assert unused == []


def test_a_component_is_one_macro_in_a_file_of_its_name() -> None:
    for path in files("app/web/templates/components"):
        assert MACRO.findall(path.read_text(encoding="utf-8"))[:1] == [path.stem], name(path)


def test_nothing_comes_from_elsewhere() -> None:
    assert places_with(ELSEWHERE) == []


def test_nothing_is_inline() -> None:
    inline = {
        name(path): found
        for path in templates()
        if (found := INLINE.findall(JINJA.sub("", path.read_text(encoding="utf-8"))))
    }
    assert inline == {}


def test_nothing_escapes_the_escaping() -> None:
    unsafe = places_with(UNSAFE)
    assert [place for place in unsafe if not any(path in place for path in NUMBERS_ONLY)] == []


def test_no_style_sheet_asks_another_host() -> None:
    sheets = files("app/web/assets", suffixes={".scss", ".css"})
    assert sheets
    asking = [name(path) for path in sheets if re.search(r"https?://", path.read_text())]
    assert asking == []
