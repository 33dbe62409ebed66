"""Whatever is handed over, in any order: nobody is in two places, and every road is driven."""

from datetime import timedelta
from itertools import count, pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from app.domain.appointment import Actor, ChangeReason, Channel
from app.domain.errors import DomainError
from app.models.appointment import Engagement
from app.services.appointment_rows import Act
from app.services.handover import reassign
from tests.support.stage import WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW

LATER = NOW + timedelta(hours=1)
BY = Act(LATER, Actor.STAFF, Channel.PHONE, reason=ChangeReason.COUNSELLOR_AWAY)
_numbers = count(5000)
HOURS = st.sampled_from(
    [
        ("2026-11-24T09:00", "mairie-amont"),
        ("2026-11-24T10:00", "mairie-amont"),
        ("2026-11-24T12:20", "mediatheque-amont"),
        ("2026-11-24T14:30", None),
        (WEDNESDAY_VISIT, None),
        ("2026-11-26T09:00", "mairie-aval"),
        ("2026-11-26T14:30", None),
        ("2026-11-27T09:00", "mairie-amont"),
        ("2026-11-27T13:00", "mairie-aval"),
        ("2026-11-27T13:00", "mediatheque-amont"),
    ]
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(HOURS, min_size=2, max_size=6, unique=True), st.randoms(use_true_random=False))
def test_whatever_is_handed_over_nobody_is_in_two_places_and_every_road_is_driven(
    stage: Stage, wanted: list[tuple[str, str | None]], chance: Any
) -> None:
    clear(stage)
    tokens = [book_if_free(stage, *hour) for hour in wanted]
    booked = [token for token in tokens if token]
    for _ in range(8):
        try:
            person = stage.counsellor(chance.choice(["jeanne", "karim"]))
            found = stage.appointment(chance.choice(booked)).id
            reassign(stage.session, found, person, now=LATER, by=BY)
        except DomainError:
            continue
    for person in ("jeanne", "karim"):
        check_day(stage, stage.counsellor(person))


def clear(stage: Stage) -> None:
    """Each example starts with free agendas."""
    stage.session.execute(update(Engagement).values(occupies=False))
    stage.session.commit()


def book_if_free(stage: Stage, hour: str, venue: str | None) -> str | None:
    try:
        return stage.book(choice(hour, venue), phone=phone(next(_numbers)))
    except DomainError:
        return None


def check_day(stage: Stage, counsellor_id: int) -> None:
    held = stage.session.scalars(
        select(Engagement)
        .where(Engagement.counsellor_id == counsellor_id, Engagement.occupies)
        .order_by(Engagement.starts_at)
    ).all()
    travel = stage.catalogue.travel
    for one, other in pairwise(held):
        road = timedelta(minutes=travel.between(one.place, other.place))
        assert one.ends_at + road <= other.starts_at
