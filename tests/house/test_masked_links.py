"""What gunicorn writes of a failing request names no secret link: every one that the site has."""

import importlib.util
import logging
from pathlib import Path

import pytest

from tests.support.site import MakeApp

SETTINGS = Path(__file__).parents[2] / "gunicorn.conf.py"
SECRET = "kR7wQ2mN5xZ9"
TOKEN = "<token>"


def written(line: str) -> str:
    """The line as it stands in the log."""
    spec = importlib.util.spec_from_file_location("gunicorn_settings", SETTINGS)
    assert spec
    assert spec.loader
    settings = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(settings)
    record = logging.LogRecord("gunicorn.error", logging.ERROR, "", 0, "%s", (line,), None)
    assert settings.WithoutSecrets().filter(record)
    return record.getMessage()


def test_every_secret_of_an_address_is_masked(make_app: MakeApp) -> None:
    paths = {each.rule for each in make_app().url_map.iter_rules() if TOKEN in each.rule}
    assert len(paths) > 10
    shown = [
        path
        for path in paths
        if SECRET in written(f"Error handling request {path.replace(TOKEN, SECRET)}")
    ]
    assert shown == []


@pytest.mark.parametrize("path", ["/rendez-vous/heure", "/agents/avis/saisie", "/en/"])
def test_any_other_address_stays(path: str) -> None:
    assert path.rsplit("/", 1)[0] in written(f"Error handling request {path}?nom={SECRET}")
    assert SECRET not in written(f"Error handling request {path}?nom={SECRET}")
