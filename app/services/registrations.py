"""THE registration transaction: register, give up, excuse. One commit each, under the workshop's
lock, with the database's own wall behind. A refusal changes nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.appointment import CancelledBy
from app.domain.booking import OTHER_COMMUNE
from app.domain.errors import (
    AddresseeLimitReached,
    CommuneElsewhere,
    FormAlreadyUsed,
    LimitReached,
    TooManyBookings,
)
from app.domain.journal import JournalAction, JournalSubject
from app.domain.settings import OtherCommune
from app.domain.workshop_errors import (
    AlreadyAlone,
    AlreadyRegistered,
    DevicesMissing,
    PhoneFull,
    RegistrationCancelled,
    SessionUnknown,
    WorkshopFull,
    WorkshopStarted,
    WorkshopUnknown,
)
from app.domain.workshops import (
    ParticipationState,
    RegistrationRequest,
    RegistrationStatus,
    check_devices,
    check_only_once,
    check_open,
    check_people,
)
from app.models.workshops import Participation, Registration, Workshop, WorkshopSession
from app.services import throttle
from app.services.appointment_rows import Act
from app.services.catalogue import Catalogue, read_catalogue
from app.services.journal import note
from app.services.links import Links
from app.services.programme_rows import standing
from app.services.registration_news import tell_registration
from app.services.registration_rows import (
    devices_lent,
    known_of_phone,
    names_of,
    registration_token,
    write_registration,
)
from app.services.throttle import Quota
from app.services.transaction import Locks, write_transaction
from app.services.workshop_offers import refill_workshop, serve_line, withdraw_places
from app.services.workshop_places import (
    give_up,
    locked_workshop,
    read_room,
    settle,
    workshop_key,
)

TRIES = 3
"""One form sent twice at once: the second try sees the first's row."""
TELLING = (
    AlreadyRegistered, PhoneFull, LimitReached, AddresseeLimitReached, WorkshopFull, DevicesMissing,
    TooManyBookings,
)  # fmt: skip
"""Refusals from which somebody could learn what another person's telephone is registered for: by
the last three, which come after the others, that it is not."""


@dataclass(frozen=True, slots=True)
class Registered:
    """The token of the registration's link, and whether they have a place or wait."""

    token: str
    status: RegistrationStatus


def register(
    session: Session,
    request: RegistrationRequest,
    *,
    now: datetime,
    links: Links,
    quotas: Iterable[Quota] = (),
    tries: Iterable[Quota] = (),
) -> Registered:
    """Register one or two people for a workshop, or put them on its waiting list.

    The same form sent again returns the same registration. A registration counts in `quotas`, in
    its own commit; a refusal that tells of what a telephone has already counts in `tries`. Raises
    WorkshopUnknown, WorkshopCancelled, WorkshopStarted, WorkshopFull (409, where they have not said
    that they would wait), AlreadyRegistered, PhoneFull, DevicesMissing, CommuneUnknown,
    CommuneDeparted, CommuneElsewhere, the refusals of `check_people`, FormAlreadyUsed, or those of
    a quota.
    """
    with throttle.trying(session, list(tries), now=now, telling=TELLING):
        return _register(session, request, now, links, list(quotas))


def _register(
    session: Session,
    request: RegistrationRequest,
    now: datetime,
    links: Links,
    quotas: list[Quota],
) -> Registered:
    keys = {workshop_key(request.workshop_id), f"form:{request.form_key}"}
    for _ in range(TRIES):
        try:
            with write_transaction(session, Locks.of(keys=keys)):
                known = _of_form(session, request, links)
                if known is None:
                    known = _write(session, request, now, links)
                    throttle.spend_within(session, quotas, now=now)
                return Registered(registration_token(known, links), known.status)
        except IntegrityError as collision:
            last_collision = collision
    raise last_collision


def _of_form(session: Session, request: RegistrationRequest, links: Links) -> Registration | None:
    same = Registration.form_key == request.form_key
    known = session.scalars(select(Registration).where(same)).one_or_none()
    if known is not None and known.form_digest != links.digest(repr(request)):
        raise FormAlreadyUsed
    return known


def _write(
    session: Session, request: RegistrationRequest, now: datetime, links: Links
) -> Registration:
    catalogue = read_catalogue(session)
    workshop = locked_workshop(session, request.workshop_id)
    if workshop is None:
        raise WorkshopUnknown
    check_open(workshop.status, workshop.first_at, now)
    check_people(request, catalogue.settings)
    is_from_host = _home_of(catalogue, request, now) == workshop.host_commune_id
    _check_card(session, request)
    _check_phone(session, catalogue, request)
    serve_line(session, catalogue, workshop, now)  # who waits goes before who comes
    room = read_room(session, catalogue, workshop, now)
    waits = room.free_for(is_from_host=is_from_host) < request.places
    if waits and not request.may_wait:
        raise WorkshopFull
    if not waits:
        check_devices(request.devices_wanted, devices_lent(session, workshop.id), workshop.devices)
    status = RegistrationStatus.WAITING if waits else RegistrationStatus.REGISTERED
    row = write_registration(session, catalogue, request, status, now=now, links=links)
    settle(session, workshop)
    tell_registration(session, row, workshop, now=now)
    return row


def _home_of(catalogue: Catalogue, request: RegistrationRequest, now: datetime) -> int | None:
    """The commune where they live; None: another one, where the territory lets them come."""
    if request.commune_slug == OTHER_COMMUNE:
        if catalogue.settings.other_commune is not OtherCommune.ALLOW and request.desk is None:
            raise CommuneElsewhere
        return None
    return catalogue.served_commune(request.commune_slug, catalogue.today(now)).id


def _check_card(session: Session, request: RegistrationRequest) -> None:
    """A card that a clerk chose is registered once, even without a telephone."""
    card_id = request.desk.resident_id if request.desk else None
    same = (
        select(Registration.id)
        .where(
            Registration.workshop_id == request.workshop_id,
            Registration.resident_id == card_id,
            Registration.status != RegistrationStatus.CANCELLED,
        )
        .limit(1)
    )
    if card_id is not None and session.scalar(same) is not None:
        raise AlreadyRegistered


def _check_phone(session: Session, catalogue: Catalogue, request: RegistrationRequest) -> None:
    """One person once; so many places for one telephone (settings), the desk apart."""
    if request.phone is None:
        return
    known = known_of_phone(session, request.workshop_id, request.phone)
    people = [(request.person.first_name, request.person.last_name)]
    if request.companion:
        people.append((request.companion.first_name, request.companion.last_name))
    for first_name, last_name in people:
        check_only_once(names_of(known), first_name, last_name)
    taken = sum(row.places for row in known)
    most = catalogue.settings.workshop_places_per_phone
    if request.desk is None and taken + request.places > most:
        raise PhoneFull


def cancel_registration(session: Session, registration_id: int, act: Act) -> None:
    """They come no more, and wait no more; what they had is offered to the next ones.

    Cancelled twice is cancelled once. Raises WorkshopStarted once its first date has begun.
    """
    workshop_id = session.get_one(Registration, registration_id).workshop_id
    with write_transaction(session, Locks.of(keys={workshop_key(workshop_id)})):
        row, workshop = _locked(session, registration_id, workshop_id)
        if row.status is RegistrationStatus.CANCELLED:
            return
        _check_not_begun(workshop, act.at)
        withdraw_places(session, row.id, act.at)
        give_up(row, CancelledBy.PERSON)
        _touch(session, row, workshop, JournalAction.REGISTRATION_CANCELLED, act)
        settle(session, workshop)
        tell_registration(session, row, workshop, now=act.at)
    refill_workshop(session, workshop_id, act.at)


def give_up_one(session: Session, registration_id: int, act: Act) -> None:
    """Of two, the companion comes no more: the other keeps the place, or the rank on the list.

    Raises RegistrationCancelled, AlreadyAlone, WorkshopStarted.
    """
    workshop_id = session.get_one(Registration, registration_id).workshop_id
    with write_transaction(session, Locks.of(keys={workshop_key(workshop_id)})):
        row, workshop = _locked(session, registration_id, workshop_id)
        if row.status is RegistrationStatus.CANCELLED:
            raise RegistrationCancelled
        if row.places == 1:
            raise AlreadyAlone
        _check_not_begun(workshop, act.at)
        withdraw_places(session, row.id, act.at)
        leave_companion(row)
        _touch(session, row, workshop, JournalAction.REGISTRATION_CHANGED, act)
        settle(session, workshop)
        tell_registration(session, row, workshop, now=act.at)
    refill_workshop(session, workshop_id, act.at)


def leave_companion(row: Registration) -> None:
    """One place from now on; nothing is kept of who does not come."""
    row.places, row.accepts_one = 1, False
    row.companion_first_name = row.companion_last_name = None
    row.devices_wanted = min(row.devices_wanted, 1)


def excuse(session: Session, registration_id: int, session_id: int, act: Act) -> None:
    """They miss one date of a cycle, and keep their place for the others; twice is once.

    Raises RegistrationCancelled, SessionUnknown, WorkshopStarted where that date has begun.
    """
    workshop_id = session.get_one(Registration, registration_id).workshop_id
    with write_transaction(session, Locks.of(keys={workshop_key(workshop_id)})):
        row, workshop = _locked(session, registration_id, workshop_id)
        if row.status is not RegistrationStatus.REGISTERED:
            raise RegistrationCancelled
        date = session.get(WorkshopSession, session_id)
        if date is None or date.workshop_id != workshop.id or len(standing(workshop)) < 2:
            raise SessionUnknown
        if date.starts_at <= act.at:
            raise WorkshopStarted
        known = session.get(Participation, (row.id, session_id))
        if known is None:
            absent = ParticipationState.EXCUSED
            session.add(Participation(registration_id=row.id, session_id=session_id, state=absent))
            _touch(session, row, workshop, JournalAction.REGISTRATION_CHANGED, act)


def _locked(
    session: Session, registration_id: int, workshop_id: int
) -> tuple[Registration, Workshop]:
    """Both as they are under the lock."""
    query = select(Registration).where(Registration.id == registration_id)
    row = session.scalars(query.execution_options(populate_existing=True)).one()
    workshop = locked_workshop(session, workshop_id)
    if workshop is None:
        raise WorkshopUnknown
    return row, workshop


def _check_not_begun(workshop: Workshop, now: datetime) -> None:
    if workshop.first_at <= now:
        raise WorkshopStarted


def _touch(
    session: Session, row: Registration, workshop: Workshop, action: JournalAction, act: Act
) -> None:
    row.sequence += 1
    row.updated_at = act.at
    if act.user_id is not None:
        subject = JournalSubject.REGISTRATION, row.id
        note(session, action, subject, by=act.user_id, now=act.at, workshop=workshop.id)
