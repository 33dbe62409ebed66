"""The words of the timetable in a terminal."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from app.cli.timetable_text import CAUSES, REASONS, orphan_lines
from app.domain.availability import Cause
from app.domain.candidates import RefusalCode
from app.services.orphans import Orphan

PARIS = ZoneInfo("Europe/Paris")
AT_NINE = datetime(2026, 12, 1, 8, tzinfo=UTC)


def test_each_cause_and_each_reason_has_its_words() -> None:
    assert set(CAUSES) == set(Cause)
    assert set(REASONS) == set(RefusalCode)


def test_an_orphan_is_told_by_its_number_never_by_a_name() -> None:
    orphans = [
        Orphan(7, 482913, AT_NINE, AT_NINE, "Jeanne", "Mairie d’Amont", is_visit=False),
        Orphan(8, None, AT_NINE, AT_NINE, "Karim", "Ay", is_visit=True),
    ]
    assert list(orphan_lines(orphans, PARIS)) == [
        "À DÉPLACER rendez-vous 482913 : mardi 1er décembre à 09:00, Mairie d’Amont, avec Jeanne",
        "À DÉPLACER rendez-vous 8 : mardi 1er décembre à 09:00, visite à domicile, Ay, avec Karim",
    ]
