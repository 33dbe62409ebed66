"""The kinds of workshops: written once, not overwritten, their words complete."""

from dataclasses import replace

import pytest

from app.domain.errors import DomainError
from app.domain.programme_errors import ThemesMissing, TitleMissing, TooManyThemes
from app.domain.staff_errors import EditedMeanwhile
from app.domain.themes import THEMES
from app.services.programme_templates import write_template
from tests.support.programme import SHEET, WORDS, somebody
from tests.support.stage import Stage
from tests.support.stage_plan import NOW


def test_a_kind_of_workshop_is_written_once_and_two_do_not_overwrite_each_other(
    stage: Stage,
) -> None:
    who = somebody(stage.session)
    first = write_template(stage.session, SHEET, now=NOW, by=who)
    assert write_template(stage.session, SHEET, now=NOW, by=who) == first
    bob = somebody(stage.session, "Bob")
    other = replace(SHEET, minutes=90)
    with pytest.raises(EditedMeanwhile):
        write_template(stage.session, other, now=NOW, by=bob, template_id=first, version="")


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"title": {"fr": "", "en": "Title"}}, TitleMissing),
        ({"themes": ()}, ThemesMissing),
        ({"themes": ("inventé",)}, ThemesMissing),
        ({"themes": tuple(THEMES)[:6]}, TooManyThemes),
    ],
)
def test_words_that_are_refused(changes: dict[str, object], refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        replace(WORDS, **changes).check()  # type: ignore[arg-type]
