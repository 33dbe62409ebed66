"""Reading an operator's TOML file, and telling what is wrong with it in one line each."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

import click
from sqlalchemy.exc import DBAPIError

from app.domain.checks import FileProblem, InvalidFile
from app.domain.errors import DatabaseUnavailable, OutcomeUnknown
from app.services.catalogue import NoTerritory

LARGEST_BYTES = 2_000_000


def read_toml(file: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises InvalidFile if it cannot be read at all."""
    try:
        if file.stat().st_size > LARGEST_BYTES:
            raise _unreadable("fichier trop gros")
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise _unreadable("ce fichier n'existe pas") from None
    except OSError as refusal:
        raise _unreadable(f"lecture impossible ({refusal.strerror})") from None
    except UnicodeDecodeError as refusal:
        line = refusal.object[: refusal.start].count(b"\n") + 1
        raise _unreadable(f"ligne {line} : ce texte n'est pas en UTF-8") from None
    except tomllib.TOMLDecodeError as refusal:
        raise _unreadable(f"TOML illisible : {refusal}") from None


def _unreadable(reason: str) -> InvalidFile:
    return InvalidFile([FileProblem("fichier", reason)])


@contextmanager
def plain_refusals(file: Path | None = None) -> Iterator[None]:
    """Turn what may go wrong into one line each on stderr and exit code 1, without a traceback."""
    try:
        yield
    except InvalidFile as refusal:
        prefix = f"{file} : " if file else ""
        fail(*(f"{prefix}{problem}" for problem in refusal.problems))
    except NoTerritory:
        fail("Aucun territoire dans cette base : lancez d'abord « flask territory load FICHIER ».")
    except OutcomeUnknown:
        fail("La base n'a pas répondu à la fin : relancez, rien ne sera fait deux fois.")
    except (DatabaseUnavailable, DBAPIError):
        fail("La base ne répond pas, ou ses tables manquent : lancez « flask db upgrade ».")


def fail(*lines: str) -> NoReturn:
    """Tell and stop: exit code 1."""
    for line in lines:
        click.echo(line, err=True)
    raise click.exceptions.Exit(1)
