"""The end of a call: who may see it, and what is to be known of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.access import Actor, Role
from app.domain.appointment import Caller, Channel, MessageChannel
from app.domain.booking import DeskFacts
from app.services import team
from app.services.desk_call import Call, appointment_of, read_call
from app.services.team import AccountRequest
from tests.support.stage import WEDNESDAY_VISIT, Stage, choice, phone, request
from tests.support.stage_plan import NOW

HOUR = timedelta(hours=1)


@pytest.fixture
def clerk(stage: Stage) -> Actor:
    account = AccountRequest("desk@equipe.invalid", "Dominique", "Essai", Role.COORDINATOR)
    user_id = team.create_user(stage.session, account, by=None, now=NOW)
    return Actor(user_id, Role.CCAS_AGENT, frozenset({stage.catalogue.commune("amont").id}))


def call_of(stage: Stage, token: str) -> Call:
    stage.session.rollback()
    found = read_call(stage.session, stage.catalogue, appointment_of(stage.session, token))
    assert found
    return found


def by(clerk: Actor, start: str, commune: str = "amont", **changes: object) -> object:
    asked = request(choice(start, commune_slug=commune), channel=Channel.PHONE, **changes)
    return replace(asked, desk=DeskFacts(clerk.user_id, Caller.PERSON))


def test_who_has_just_booked_reads_it_aloud_wherever_the_person_lives(
    stage: Stage, clerk: Actor
) -> None:
    own = call_of(stage, stage.book(by(clerk, "2026-11-24T09:00")))  # type: ignore[arg-type]
    away = call_of(
        stage,
        stage.book(by(clerk, "2026-11-27T09:00", "aval", phone=phone())),  # type: ignore[arg-type]
    )
    colleague = replace(clerk, user_id=clerk.user_id + 1)
    assert own.is_shown_to(clerk, NOW)
    assert own.is_shown_to(colleague, NOW)
    assert away.is_shown_to(clerk, NOW)
    assert not away.is_shown_to(clerk, NOW + HOUR)
    assert not away.is_shown_to(colleague, NOW)
    assert away.venue
    assert away.venue.slug == "mairie-amont"


def test_another_appointment_of_that_week_is_told(stage: Stage) -> None:
    first = stage.book(choice("2026-11-24T09:00"))
    assert not call_of(stage, first).is_same_week
    second = stage.book(choice("2026-11-27T09:00"))
    assert call_of(stage, second).is_same_week
    stage.cancel(first)
    assert not call_of(stage, second).is_same_week


def test_somebody_without_a_phone_is_known_by_their_card(stage: Stage, clerk: Actor) -> None:
    asked = by(clerk, "2026-11-24T09:00")
    nobody = replace(asked.person, phone=None)  # type: ignore[attr-defined]

    token = stage.book(replace(asked, person=nobody, message_channel=MessageChannel.PAPER))  # type: ignore[type-var]
    assert not call_of(stage, token).is_same_week


def test_a_visit_of_somebody_is_nowhere_else(stage: Stage) -> None:
    visit = call_of(stage, stage.book(choice(WEDNESDAY_VISIT, None)))
    assert visit.venue is None
    assert visit.reminder_at is None


def test_an_appointment_that_does_not_exist_is_no_call(stage: Stage) -> None:
    assert read_call(stage.session, stage.catalogue, 999_999) is None
