"""What the database keeps of a territory file."""

from datetime import date

from app.domain.territory import parse_territory
from app.domain.territory_entries import as_json
from tests.support.territory_sample import SAMPLE, spoiled


def test_texts_are_kept_by_language_and_dates_as_text() -> None:
    raw = spoiled(texts__accessibility_audited_on=date(2026, 9, 1))
    kept = as_json(parse_territory(raw).texts)
    assert kept["controllers"] == "les communes"
    assert kept["accessibility_audited_on"] == "2026-09-01"
    assert kept["accessibility_results"] == {"fr": "", "en": ""}


def test_a_date_not_given_stays_unknown() -> None:
    assert as_json(parse_territory(SAMPLE).texts)["accessibility_audited_on"] is None


def test_the_service_is_kept_under_the_keys_of_the_file() -> None:
    kept = as_json(parse_territory(SAMPLE).service)
    assert kept["slogan"] == {"fr": "Près de vous", "en": "Near you"}
    assert kept["phone"] == "05 36 49 00 00"
