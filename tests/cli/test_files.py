"""Reading an operator's file, and one line for each thing that is wrong."""

from pathlib import Path

import click
import pytest
from sqlalchemy.exc import OperationalError

from app.cli.files import LARGEST_BYTES, plain_refusals, read_toml
from app.domain.checks import FileProblem, InvalidFile
from app.domain.errors import DatabaseUnavailable, OutcomeUnknown
from app.services.catalogue import NoTerritory


def test_a_toml_file_is_read(tmp_path: Path) -> None:
    file = tmp_path / "a.toml"
    file.write_text('[territory]\nname = "Île"\n', encoding="utf-8")
    assert read_toml(file) == {"territory": {"name": "Île"}}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "ce fichier n'existe pas"),
        (b"x = ", "TOML illisible"),
        (b'x = 1\ny = "\xff"\n', "ligne 2 : ce texte n'est pas en UTF-8"),
        (b"#" * (LARGEST_BYTES + 1), "fichier trop gros"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_french(
    tmp_path: Path, content: bytes | None, expected: str
) -> None:
    file = tmp_path / "a.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(InvalidFile, match=expected):
        read_toml(file)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InvalidFile, match="lecture impossible"):
        read_toml(tmp_path)


REFUSALS = [
    (NoTerritory(), ["Aucun territoire dans cette base"]),
    (DatabaseUnavailable(), ["La base ne répond pas"]),
    (OperationalError("SELECT 1", {}, Exception("gone")), ["La base ne répond pas"]),
    (OutcomeUnknown(), ["La base n'a pas répondu à la fin"]),
    (
        InvalidFile([FileProblem("a", "manque"), FileProblem("b", "est vide")]),
        ["x.toml : a : manque", "x.toml : b : est vide"],
    ),
]


@pytest.mark.parametrize(("refusal", "lines"), REFUSALS)
def test_what_goes_wrong_is_one_line_each_and_exit_code_one(
    refusal: Exception, lines: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(click.exceptions.Exit) as end, plain_refusals(Path("x.toml")):
        raise refusal
    assert end.value.exit_code == 1
    told = capsys.readouterr().err.splitlines()
    assert len(told) == len(lines)
    assert all(line.startswith(start) for line, start in zip(told, lines, strict=True))


def test_without_a_file_the_problem_stands_alone(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(click.exceptions.Exit), plain_refusals():
        raise InvalidFile([FileProblem("--from", "est passé")])
    assert capsys.readouterr().err == "--from : est passé\n"


def test_nothing_is_said_where_all_goes_well(capsys: pytest.CaptureFixture[str]) -> None:
    with plain_refusals():
        pass
    assert capsys.readouterr().err == ""
