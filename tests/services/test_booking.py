"""Booking: one commit that holds the time, tells the person, and never does it twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.domain import errors
from app.domain.appointment import (
    Actor,
    AppointmentStatus,
    CallReason,
    Channel,
    EventKind,
    HelperRelation,
    MessageChannel,
    PlaceKind,
    Recipient,
)
from app.domain.availability import AvailabilityKind
from app.domain.booking import OTHER_COMMUNE, Choice, Home, Person
from app.domain.messages import MessageKind, OutboxState
from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement, Resident
from app.models.outbox import OutboxMessage
from app.services.links import is_token
from tests.support.stage import (
    ABROAD,
    AIDE,
    HELPER,
    HOME,
    LANDLINE,
    PERSON,
    TUESDAY_AT_NINE,
    WEDNESDAY_VISIT,
    Stage,
    choice,
    phone,
    request,
)
from tests.support.stage_plan import NOW, PARIS, at, territory

VISIT = choice(WEDNESDAY_VISIT, None)


# -- what is saved


def test_a_booking_holds_the_time_and_is_told(stage: Stage) -> None:
    token = stage.book()
    saved = stage.appointment(token)
    assert is_token(token)
    assert stage.where(token) == ("jeanne", at(TUESDAY_AT_NINE), "mairie-amont")
    assert saved.engagement.ends_at == at("2026-11-24T09:45")
    assert (saved.status, saved.place_kind) == (AppointmentStatus.BOOKED, PlaceKind.VENUE)
    assert (saved.topic.code, saved.topic_minutes) == ("email", 45)
    assert saved.commune is not None
    assert saved.commune.slug == "amont"
    assert saved.booked_at == saved.updated_at == NOW
    assert saved.sequence == 0
    assert saved.reference is not None
    assert 100_000 <= saved.reference <= 999_999
    assert saved.resident.phone == PERSON.number
    assert saved.window_minutes is None


def test_a_booking_writes_its_history_and_its_message_without_the_person(stage: Stage) -> None:
    token = stage.book(channel=Channel.PHONE)
    (event,) = stage.events(token)
    assert (event.kind, event.actor, event.channel) == (
        EventKind.BOOKED, Actor.STAFF, Channel.PHONE,
    )  # fmt: skip
    assert (event.old_starts_at, event.new_starts_at) == (None, at(TUESDAY_AT_NINE))
    assert event.new_counsellor_id == stage.counsellor("jeanne")
    (message,) = stage.messages(token)
    assert (message.kind, message.version, message.state) == (
        MessageKind.CONFIRMATION, 0, OutboxState.PENDING,
    )  # fmt: skip
    assert (message.channel, message.recipient) == (MessageChannel.SMS, Recipient.PERSON)
    assert (message.due_at, message.expires_at) == (NOW, at(TUESDAY_AT_NINE))


def test_who_notes_the_time_alone_gets_no_message(stage: Stage) -> None:
    assert stage.messages(stage.book(message_channel=MessageChannel.NONE)) == []


def test_a_visit_takes_its_window_and_at_least_an_hour_and_asks_for_a_call(stage: Stage) -> None:
    home = Home("12 impasse du Moulin", "Étage 2", HOME.call_time)
    token = stage.book(VISIT, home=home)
    saved = stage.appointment(token)
    assert saved.place_kind is PlaceKind.HOME
    assert saved.engagement.ends_at - saved.engagement.starts_at == timedelta(minutes=30 + 60)
    assert (saved.address_line1, saved.address_line2) == ("12 impasse du Moulin", "Étage 2")
    assert saved.window_minutes == 30
    (task,) = stage.call_tasks(token)
    assert task.reason is CallReason.BEFORE_HOME_VISIT
    assert task.due_at == at(WEDNESDAY_VISIT) - timedelta(days=1)
    assert task.closed_at is None


def test_a_permanence_asks_for_no_call(stage: Stage) -> None:
    assert stage.call_tasks(stage.book()) == []


def test_each_public_booking_makes_a_new_card(stage: Stage) -> None:
    """T2: an existing phone is neither read, revealed nor changed."""
    first = stage.appointment(stage.book()).resident_id
    stage.book(choice("2026-11-24T09:45"), person=Person("Autre", "Nom", PERSON, "a@exemple.fr"))
    cards = stage.session.scalars(select(Resident).order_by(Resident.id)).all()
    assert [(card.first_name, card.to_reconcile) for card in cards] == [
        ("Rose", True),
        ("Autre", True),
    ]
    assert cards[0].id == first
    assert cards[0].email is None


def test_who_helps_is_kept_beside_the_person(stage: Stage) -> None:
    saved = stage.appointment(stage.book(helper=HELPER, message_to=Recipient.HELPER))
    assert (saved.helper_name, saved.helper_phone) == (HELPER.name, AIDE.number)
    assert saved.helper_relation is HelperRelation.RELATIVE
    assert saved.message_to is Recipient.HELPER


def test_two_counsellors_hold_the_same_hour_then_it_is_taken(stage: Stage) -> None:
    held = [stage.where(stage.book(phone=phone()))[0] for _ in range(2)]
    assert held == ["jeanne", "karim"]
    with pytest.raises(errors.SlotTaken):
        stage.book(phone=phone())
    assert stage.occupied() == 2


def test_wall_hours_hold_through_the_change_to_winter_time(stage: Stage) -> None:
    """T19: nine o'clock before and after the last Sunday of October."""
    summer = datetime(2027, 3, 22, 7, tzinfo=NOW.tzinfo)
    stage.change_territory(territory(booking_window_days=10))
    for day in ("2027-03-23", "2027-03-30"):
        token = stage.book(choice(f"{day}T09:00"), now=summer, phone=phone())
        starts_at = stage.where(token)[1]
        assert starts_at.astimezone(PARIS).strftime("%H:%M") == "09:00"
    hours = stage.session.scalars(select(Engagement.starts_at).order_by(Engagement.id)).all()
    assert [each.hour for each in hours] == [8, 7]


# -- the same form


def test_the_same_form_twice_books_once(stage: Stage) -> None:
    wanted = request()
    assert stage.book(wanted) == stage.book(wanted)
    assert stage.count() == stage.count(Resident) == stage.count(Engagement) == 1
    assert stage.count(OutboxMessage) == stage.count(AppointmentEvent) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"choice": choice("2026-11-24T09:45")},
        {"person": Person("Rosa", "Serin", PERSON, None)},
        {"message_channel": MessageChannel.NONE},
        {"language": "en"},
    ],
)
def test_the_same_form_with_other_answers_is_refused(stage: Stage, other: dict[str, Any]) -> None:
    wanted = request()
    token = stage.book(wanted)
    with pytest.raises(errors.FormAlreadyUsed):
        stage.book(request(form_key=wanted.form_key, **other))
    assert stage.count() == 1
    assert stage.book(wanted) == token


def test_the_same_form_is_answered_the_same_whatever_has_changed_since(stage: Stage) -> None:
    wanted = request()
    token = stage.book(wanted)
    gone = territory()
    gone["topics"][0]["active"] = False
    stage.change_territory(gone)
    stage.change_agreement("amont", active_until=NOW.date() - timedelta(days=1))
    assert stage.book(wanted, now=NOW + timedelta(days=3)) == token
    with pytest.raises(errors.FormAlreadyUsed):
        stage.book(request(choice("2026-11-24T09:45"), form_key=wanted.form_key))
    with pytest.raises(errors.CommuneDeparted):
        stage.book()


def test_the_same_form_after_a_cancellation_shows_it_and_books_nothing(stage: Stage) -> None:
    wanted = request()
    token = stage.book(wanted)
    stage.cancel(token)
    assert stage.book(wanted) == token
    assert (stage.count(), stage.occupied()) == (1, 0)


# -- what cannot be booked: nothing is left behind


def refused(stage: Stage, wanted: Choice, **changes: Any) -> type[errors.DomainError]:
    now = changes.pop("now", NOW)
    with pytest.raises(errors.DomainError) as refusal:
        stage.book(wanted, now=now, **changes)
    for table in (Appointment, Resident, Engagement, AppointmentEvent, OutboxMessage, CallTask):
        assert stage.count(table) == 0
    return refusal.type


IMPOSSIBLE = [
    (choice(commune_slug=""), errors.CommuneMissing),
    (choice(commune_slug="nulle-part"), errors.CommuneUnknown),
    (choice(commune_slug="partie"), errors.CommuneDeparted),
    (choice(commune_slug="payeuse"), errors.CommuneDeparted),
    (choice(commune_slug=OTHER_COMMUNE), errors.CommuneElsewhere),
    (choice(topic_code=""), errors.TopicMissing),
    (choice(topic_code="inconnu"), errors.TopicUnknown),
    (choice(topic_code="ancien"), errors.TopicUnknown),
    (choice(venue="nulle-part"), errors.SlotNotOffered),
    (choice(venue_slug=None), errors.SlotNotOffered),
    (choice(venue="mairie-aval"), errors.SlotNotOffered),
    (choice("2026-11-24T09:10"), errors.SlotNotOffered),
    (choice("2026-11-24T11:30"), errors.SlotNotOffered),
    (choice("2026-11-24T20:00"), errors.SlotNotOffered),
    (choice("2026-11-23T07:00"), errors.SlotTooSoon),
    (choice("2020-01-07T09:00"), errors.SlotTooSoon),
    (choice("2026-12-01T09:00"), errors.SlotTooFar),
    (choice("9999-12-31T09:00"), errors.SlotTooFar),
    (choice("2026-11-24T14:30", None), errors.SlotTooSoon),
    (choice("2026-11-25T16:30", None), errors.SlotNotOffered),
    (choice("2026-11-27T09:00", None, commune_slug="aval"), errors.SlotNotOffered),
    (choice(WEDNESDAY_VISIT, None, commune_slug=OTHER_COMMUNE), errors.CommuneElsewhere),
]


def test_a_forged_or_impossible_choice_is_refused(stage: Stage, subtests: pytest.Subtests) -> None:
    for wanted, refusal in IMPOSSIBLE:
        with subtests.test(msg=str(wanted)):
            assert refused(stage, wanted) is refusal


def test_what_was_offered_this_morning_is_past_in_the_afternoon(stage: Stage) -> None:
    """The notice is a setting: without it, only what has begun is too late."""
    stage.change_territory(territory(notice_working_days=0))
    assert refused(stage, choice(), now=at("2026-11-24T09:01")) is errors.SlotTooSoon
    assert stage.book(choice("2026-11-24T09:15"), now=at("2026-11-24T09:15"))


UNREACHABLE: list[tuple[Choice, dict[str, Any], type[errors.DomainError]]] = [
    (choice(), {"phone": None}, errors.PhoneMissing),
    (choice(), {"phone": LANDLINE}, errors.SmsToLandline),
    (choice(), {"phone": ABROAD}, errors.SmsAbroad),
    (choice(), {"message_channel": MessageChannel.EMAIL}, errors.EmailMissing),
    (VISIT, {"home": None}, errors.AddressMissing),
    (VISIT, {"phone": None, "helper": HELPER}, errors.PhoneMissing),
]


def test_who_cannot_be_told_or_found_is_refused(stage: Stage, subtests: pytest.Subtests) -> None:
    for wanted, changes, refusal in UNREACHABLE:
        with subtests.test(msg=refusal.code):
            assert refused(stage, wanted, **changes) is refusal


def test_another_commune_may_be_let_in(stage: Stage) -> None:
    stage.change_territory(territory(other_commune="allow"))
    saved = stage.appointment(stage.book(choice(commune_slug=OTHER_COMMUNE)))
    assert saved.commune_id is None
    assert saved.engagement.commune.slug == "amont"
    with pytest.raises(errors.CommuneElsewhere):
        stage.book(choice(WEDNESDAY_VISIT, None, commune_slug=OTHER_COMMUNE))


def test_a_commune_may_keep_its_places_for_its_own(stage: Stage) -> None:
    stage.change_territory(territory(neighbours_from_days=2, other_commune="allow"))
    on_thursday = choice("2026-11-26T09:00", "mairie-aval")
    for slug in ("amont", OTHER_COMMUNE):
        with pytest.raises(errors.SlotNotOffered):
            stage.book(choice("2026-11-26T09:00", "mairie-aval", commune_slug=slug))
    own = stage.book(choice("2026-11-26T09:00", "mairie-aval", commune_slug="aval"))
    assert stage.where(own)[0] == "karim"
    stage.cancel(own)
    assert stage.book(on_thursday, now=NOW + timedelta(days=1))


def test_the_kind_of_a_choice_is_what_is_booked(stage: Stage) -> None:
    """A visit with a venue, or a permanence hour asked as a visit, is no slot."""
    as_visit = choice(kind=AvailabilityKind.HOME_VISITS)
    assert refused(stage, as_visit, home=HOME) is errors.SlotNotOffered
    as_permanence = choice(WEDNESDAY_VISIT)
    assert refused(stage, as_permanence) is errors.SlotNotOffered
