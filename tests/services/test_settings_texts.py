"""Topics, texts and figures are set on a page by the rules of the territory file."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from app.domain.access import Role
from app.domain.journal import JournalAction, JournalSubject
from app.domain.settings import OtherCommune
from app.domain.staff_errors import SettingsRefused, SubjectUnknown
from app.models.places import Territory, Topic
from app.services import settings_texts as texts
from app.services.settings_pages import Edit, version_of
from tests.support.people_cards import clerk
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

TERRITORY = JournalSubject.TERRITORY, 1


def topic(stage: Stage, code: str = "email") -> int:
    return stage.session.scalars(select(Topic.id).where(Topic.code == code)).one()


def edit_topic(stage: Stage, number: int) -> Edit:
    subject, action = (JournalSubject.TOPIC, number), JournalAction.TOPIC_CHANGED
    return Edit(version_of(stage.session, subject, action), clerk(stage), NOW)


def edit(stage: Stage) -> Edit:
    version = version_of(stage.session, TERRITORY, JournalAction.SETTINGS_CHANGED)
    return Edit(version, clerk(stage), NOW)


def refused_keys(refused: pytest.ExceptionInfo[SettingsRefused]) -> set[str]:
    return set(refused.value.facts["problems"])


def test_a_topic_is_renamed_and_hidden(stage: Stage) -> None:
    number = topic(stage)
    given = texts.topic_values(stage.session, number) | {
        "label.fr": "Le courrier électronique", "minutes": 60, "active": False,
    }  # fmt: skip
    texts.save_topic(stage.session, number, given, edit_topic(stage, number))
    assert texts.topic_values(stage.session, number) == given
    row = stage.session.get_one(Topic, number)
    assert (row.code, row.label["fr"]) == ("email", "Le courrier électronique")
    assert "email" not in [each.code for each in stage.catalogue.offered_topics()]


@pytest.mark.parametrize(
    ("changes", "keys"),
    [
        ({"minutes": 5}, {"minutes"}),
        ({"minutes": None, "label.en": ""}, {"minutes", "label.en"}),
        ({"bring.fr": "", "bring.en": "Phone"}, {"bring.fr"}),
    ],
)
def test_every_wrong_answer_of_a_topic_is_told(
    stage: Stage, changes: dict[str, Any], keys: set[str]
) -> None:
    number = topic(stage)
    given = texts.topic_values(stage.session, number) | changes
    with pytest.raises(SettingsRefused) as refused:
        texts.save_topic(stage.session, number, given, edit_topic(stage, number))
    assert refused_keys(refused) == keys


def test_one_topic_at_least_is_offered(stage: Stage) -> None:
    number = topic(stage)
    stage.session.execute(update(Topic).where(Topic.id != number).values(active=False))
    stage.session.commit()
    given = texts.topic_values(stage.session, number) | {"active": False}
    with pytest.raises(SettingsRefused) as refused:
        texts.save_topic(stage.session, number, given, edit_topic(stage, number))
    assert refused_keys(refused) == {"active"}
    assert texts.topic_values(stage.session, number)["active"] is True
    with pytest.raises(SubjectUnknown):
        texts.topic_values(stage.session, 999)


def test_the_service_changes_its_phone_and_keeps_its_mark(stage: Stage) -> None:
    given = texts.service_values(stage.session) | {"phone": "05 46 00 00 00"}
    assert "mark" not in given
    texts.save_service(stage.session, given, edit(stage))
    assert texts.service_values(stage.session) == given
    assert stage.catalogue.service["mark"] == "mark.svg"
    bad = given | {"phone": "12", "service_sms": "beaucoup trop long", "slogan.fr": ""}
    version = version_of(stage.session, TERRITORY, JournalAction.SETTINGS_CHANGED)
    with pytest.raises(SettingsRefused) as refused:
        texts.save_service(stage.session, bad, Edit(version, 1, NOW))
    assert refused_keys(refused) == {"phone", "service_sms", "slogan.fr"}


def test_the_legal_texts_keep_dates_as_dates(stage: Stage) -> None:
    values = texts.texts_values(stage.session)
    assert values["accessibility_audited_on"] is None
    given = values | {
        "dpo": "dpo@exemple.invalid",
        "accessibility_state": "partiellement conforme",
        "accessibility_audited_on": date(2026, 9, 1),
    }
    texts.save_texts(stage.session, given, edit(stage))
    assert texts.texts_values(stage.session) == given
    assert stage.catalogue.texts["accessibility_audited_on"] == "2026-09-01"
    with pytest.raises(SettingsRefused) as refused:
        lost = given | {"accessibility_audited_on": None, "national_map_url": "javascript:x"}
        texts.save_texts(stage.session, lost, Edit("", 1, NOW))
    assert refused_keys(refused) == {"accessibility_audited_on", "national_map_url"}


def test_figures_that_ship_are_not_kept_unless_the_territory_chose_them(stage: Stage) -> None:
    given = texts.figures_values(stage.session) | {
        "upcoming_limit": 2,
        "booking_window_days": 30,
        "neighbours_from_days": 7,
        "other_commune": "allow",
        "second_step_roles": ["COORDINATOR"],
        "same_commune_minutes": 10,
    }
    texts.save_figures(stage.session, given, edit(stage))
    kept = stage.session.scalars(select(Territory.settings)).one()
    assert kept == {
        "upcoming_limit": 2,
        "same_commune_minutes": 10,
        "booking_window_days": 30,
        "neighbours_from_days": 7,
        "other_commune": "allow",
        "second_step_roles": ["COORDINATOR"],
    }
    settings = stage.catalogue.settings
    assert settings.other_commune is OtherCommune.ALLOW
    assert settings.second_step_roles == (Role.COORDINATOR,)
    assert texts.figures_values(stage.session) == given


def test_every_figure_out_of_its_bounds_is_told(stage: Stage) -> None:
    given = texts.figures_values(stage.session) | {
        "upcoming_limit": 0, "reminder_at_hour": 23, "second_step_roles": ["ADMIN"],
    }  # fmt: skip
    with pytest.raises(SettingsRefused) as refused:
        texts.save_figures(stage.session, given, edit(stage))
    assert refused_keys(refused) == {"upcoming_limit", "reminder_at_hour", "second_step_roles"}
