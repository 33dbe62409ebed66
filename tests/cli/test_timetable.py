"""flask timetable load and show."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from app.models.accounts import Counsellor
from app.models.appointment import Engagement
from app.models.places import Commune, Topic, Venue
from app.models.schedule import Availability
from tests.support.appointment_rows import Town
from tests.support.text_files import replace_in

MONDAY = "2026-11-30"
pytestmark = pytest.mark.usefixtures("_that_morning")


@pytest.fixture
def _that_morning() -> Any:
    with time_machine.travel("2026-11-23T08:00:00+00:00", tick=False):
        yield


@pytest.fixture
def on_site(run: Any, territory_file: Path) -> Any:
    """A terminal on a database that has its territory."""
    assert run("territory", "load", territory_file).exit_code == 0
    return run


def test_a_timetable_needs_a_territory(run: Any, timetable_file: Path) -> None:
    for words in (("load", timetable_file), ("show",)):
        result = run("timetable", *words)
        assert result.exit_code == 1
        assert result.stderr.startswith("Aucun territoire dans cette base")


def test_a_timetable_is_loaded_and_told(on_site: Any, timetable_file: Path) -> None:
    result = on_site("timetable", "load", timetable_file)
    assert result.exit_code == 0, result.output
    assert "+ counsellors[jeanne]" in result.stdout
    assert len(result.stdout.splitlines()) == 21
    assert on_site("timetable", "load", timetable_file).stdout == "Aucun changement.\n"


def test_a_bad_file_changes_nothing_and_names_file_key_and_reason(
    on_site: Any, timetable_file: Path, engine: Engine
) -> None:
    replace_in(timetable_file, 'weekday = "lundi"', 'weekday = "lundy"', 1)
    result = on_site("timetable", "load", timetable_file)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith(
        f"{timetable_file} : availabilities[1].weekday : « lundy » : choisir parmi lundi, mardi"
    )
    with engine.connect() as connection:
        assert connection.scalars(select(func.count()).select_from(Availability)).one() == 0


def test_a_change_takes_effect_on_the_day_that_is_given(on_site: Any, timetable_file: Path) -> None:
    on_site("timetable", "load", timetable_file)
    replace_in(timetable_file, 'to = "12:00"', 'to = "12:30"', 1)
    result = on_site("timetable", "load", timetable_file, "--from", "2026-12-01")
    assert result.stdout == "~ availabilities[jeanne-lundi-matin].to_time : 12:00 → 12:30\n"
    late = on_site("timetable", "load", timetable_file, "--from", "2026-11-22")
    assert late.exit_code == 1
    assert "--from : 2026-11-22 est passé" in late.stderr


def test_who_leaves_on_a_day_to_come_is_told_with_what_is_left_to_do(
    on_site: Any, timetable_file: Path
) -> None:
    on_site("timetable", "load", timetable_file)
    timetable_file.write_text("", encoding="utf-8")
    lines = on_site("timetable", "load", timetable_file, "--from", "2027-01-04").stdout.splitlines()
    assert (
        "= counsellors[jeanne] (reste jusqu'à la veille du 2027-01-04 ; "
        "recharger ce fichier à partir de ce jour)"
    ) in lines


def test_an_appointment_that_no_longer_fits_is_listed_and_kept(
    on_site: Any, timetable_file: Path, engine: Engine
) -> None:
    on_site("timetable", "load", timetable_file)
    with Session(engine) as session:
        town = Town(
            session,
            counsellor_id=session.scalars(
                select(Counsellor.id).where(Counsellor.code == "jeanne")
            ).one(),
            commune_id=session.scalars(
                select(Commune.id).where(Commune.slug == "la-tremblade")
            ).one(),
            venue_id=session.scalars(
                select(Venue.id).where(Venue.slug == "mairie-la-tremblade")
            ).one(),
            topic_id=session.scalars(select(Topic.id).limit(1)).one(),
        )
        town.book(starts_at=datetime(2026, 11, 30, 8, tzinfo=UTC))
    replace_in(timetable_file, 'from = "09:00"', 'from = "10:00"', 1)
    result = on_site("timetable", "load", timetable_file)
    assert result.exit_code == 0
    told = result.stdout.splitlines()[-1]
    assert told.startswith("À DÉPLACER rendez-vous 100000 : lundi 30 novembre à 09:00, Mairie de")
    with engine.connect() as connection:
        assert connection.scalars(select(Engagement.occupies)).all() == [True]


def test_the_days_are_shown_with_free_times_and_reasons(on_site: Any, timetable_file: Path) -> None:
    on_site("timetable", "load", timetable_file)
    lines = on_site("timetable", "show", "--from", MONDAY, "--days", "2").stdout.splitlines()
    assert lines[0] == "lundi 30 novembre"
    assert lines[1] == "  09:00–12:00  jeanne  mairie-la-tremblade"
    assert "    la-tremblade, 60 min, libre : 09:00 09:45 10:00 10:15 11:00" in lines
    refused = "la-tremblade, 60 min, refusé (laisserait un reste trop court)"
    assert f"    {refused} : 09:15 09:30 10:30 10:45" in lines
    assert "mardi 1er décembre" in lines
    assert "  14:00–17:00  jeanne  mairie-la-tremblade  (accueil seulement jusqu'à J-2)" in lines
    assert any("refusé (gardé pour l'accueil) : 14:00 14:15" in line for line in lines)
    assert any("visites : breuillet, saint-augustin" in line for line in lines)


def test_absences_replacements_and_holidays_are_shown(on_site: Any, timetable_file: Path) -> None:
    text = timetable_file.read_text(encoding="utf-8")
    text += (
        '\n[[absences]]\ncounsellor = "jeanne"\nfrom = 2026-11-30\nto = 2026-11-30\n'
        '\n[[replacements]]\nabsent = "jeanne"\nsubstitute = "karim"\n'
        "from = 2026-12-03T14:00:00\nto = 2026-12-03\n"
    )
    timetable_file.write_text(text, encoding="utf-8")
    on_site("timetable", "load", timetable_file)
    shown = on_site("timetable", "show", "--from", MONDAY, "--days", "26").stdout
    assert "  09:00–12:00  jeanne  mairie-la-tremblade  FERMÉ : absence" in shown
    assert "  14:00–17:00  karim  mairie-chaillevette, remplace jeanne" in shown
    assert "vendredi 25 décembre" not in shown
    christmas = on_site("timetable", "show", "--from", "2027-05-06", "--days", "1").stdout
    assert christmas.startswith("jeudi 6 mai (Ascension)\n")
    assert "FERMÉ : jour férié" in christmas


def test_a_day_without_anybody_is_told(on_site: Any, timetable_file: Path) -> None:
    on_site("timetable", "load", timetable_file)
    result = on_site("timetable", "show", "--from", "2026-11-28", "--days", "2")
    assert result.stdout == "Aucune permanence ces jours-là.\n"


def test_json_gives_all_for_another_program(on_site: Any, timetable_file: Path) -> None:
    on_site("timetable", "load", timetable_file)
    words = ("timetable", "show", "--from", MONDAY, "--days", "5", "--json")
    drawn = json.loads(on_site(*words).stdout)
    assert drawn["now"] == "2026-11-23T08:00:00Z"
    assert len(drawn["answers"]) == 9 * 10 * 2
    assert json.loads(on_site(*words, "--now", "2026-11-23T09:00").stdout) == drawn
    later = json.loads(on_site(*words, "--now", "2026-11-30T07:00:00Z").stdout)
    assert later["answers"] != drawn["answers"]


def test_an_instant_that_is_none_is_refused(on_site: Any) -> None:
    result = on_site("timetable", "show", "--now", "demain")
    assert result.exit_code == 2
    assert "« demain » n'est pas un instant" in result.stderr


@pytest.mark.parametrize(
    "words",
    [
        ("show", "--from", "0001-01-01"),
        ("show", "--from", "9999-12-01"),
        ("show", "--now", "0001-01-01T00:00"),
        ("show", "--now", "9999-12-31T23:59-10:00"),
        ("load", "horaires.toml", "--from", "9999-12-01"),
    ],
)
def test_a_day_beyond_every_calendar_is_refused(on_site: Any, words: tuple[str, ...]) -> None:
    result = on_site("timetable", *words)
    assert result.exit_code == 2
    assert "n'est pas entre 2000 et 2099" in result.stderr


@pytest.mark.parametrize("days", ["0", "367", "x"])
def test_a_number_of_days_is_bounded(on_site: Any, days: str) -> None:
    assert on_site("timetable", "show", "--days", days).exit_code == 2
