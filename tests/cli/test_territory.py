"""flask territory load."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from app.models.places import Commune, Territory
from tests.support.text_files import replace_in


def count(engine: Engine, table: Any) -> int:
    with engine.connect() as connection:
        return connection.scalars(select(func.count()).select_from(table)).one()


def test_a_territory_is_loaded_and_told(run: Any, territory_file: Path, engine: Engine) -> None:
    result = run("territory", "load", territory_file)
    assert result.exit_code == 0, result.output
    assert "+ communes[arvert]" in result.stdout
    assert result.stdout.splitlines()[-1] == (
        "Territoire « Presqu’île d’Arvert » : 9 communes, 9 lieux, 10 besoins."
    )
    assert "ATTENTION service.phone : à remplir avant l'ouverture du site" in result.stderr
    assert count(engine, Commune) == 9


def test_the_same_file_twice_changes_nothing(run: Any, territory_file: Path) -> None:
    run("territory", "load", territory_file)
    result = run("territory", "load", territory_file)
    assert (result.exit_code, result.stdout) == (0, "Aucun changement.\n")


def test_a_bad_file_changes_nothing_and_names_file_key_and_reason(
    run: Any, territory_file: Path, engine: Engine
) -> None:
    replace_in(territory_file, 'insee_code = "17021"', 'insee_code = "170"')
    replace_in(territory_file, "Mairie de Breuillet", "")
    result = run("territory", "load", territory_file)
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith(f"{territory_file} : communes[1].insee_code : « 170 » n'a pas")
    assert lines[1] == f"{territory_file} : venues[2].name : est vide"
    assert count(engine, Territory) == 0


def test_differences_are_shown_and_wait_for_overwrite(run: Any, territory_file: Path) -> None:
    run("territory", "load", territory_file)
    replace_in(territory_file, "population = 3917", "population = 3920")
    result = run("territory", "load", territory_file)
    assert result.exit_code == 1
    assert result.stdout == "~ communes[arvert].population : 3917 → 3920\n"
    assert result.stderr == "Rien n'a été changé. Pour appliquer ces différences : --overwrite\n"
    result = run("territory", "load", territory_file, "--overwrite")
    assert result.exit_code == 0
    assert result.stdout.startswith("~ communes[arvert].population : 3917 → 3920\n")
    assert run("territory", "load", territory_file).stdout == "Aucun changement.\n"


def test_another_territory_is_refused(run: Any, territory_file: Path) -> None:
    run("territory", "load", territory_file)
    other = Path(__file__).parents[2] / "territories" / "ile-oleron.toml"
    result = run("territory", "load", other, "--overwrite")
    assert result.exit_code == 1
    assert "territory.slug : « ile-oleron » : cette base sert déjà" in result.stderr


def test_help_is_in_french(run: Any) -> None:
    assert "Vérifie FICHIER en entier" in run("territory", "load", "--help").stdout
