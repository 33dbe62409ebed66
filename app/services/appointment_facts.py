"""Read one appointment as pages, calendar files and messages tell it: one query each.

Nobody reaches an appointment by a telephone number alone (slots-calendar-threats T17).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import bindparam, or_, select, update
from sqlalchemy.orm import Session

from app.domain.appointment_facts import AppointmentFacts, Letterhead
from app.domain.booking import is_link_alive
from app.domain.errors import AppointmentNotFound, LinkExpired, LinkUnknown
from app.models.appointment import Appointment, Engagement, Resident
from app.services.catalogue import Catalogue, CommuneEntry
from app.services.links import Links, hash_token, is_token
from app.services.transaction import write_transaction

__all__ = [
    "AppointmentFacts",
    "facts_by_token",
    "facts_of",
    "letterhead",
    "token_by_reference",
]


_FACTS = select(Appointment, Engagement).join(Appointment.engagement)
_FACTS_BY_ID = _FACTS.where(Appointment.id == bindparam("id"))


def facts_of(
    session: Session, catalogue: Catalogue, appointment_id: int, links: Links
) -> AppointmentFacts:
    """The facts of an appointment that exists. Raises NoResultFound (a bug) if it does not."""
    row = session.execute(_FACTS_BY_ID, {"id": appointment_id}).one()
    return facts_from(catalogue, row.Appointment, row.Engagement, links)


def facts_by_token(
    session: Session, catalogue: Catalogue, token: str, *, now: datetime, links: Links
) -> AppointmentFacts:
    """The facts of the appointment that this link opens.

    Raises LinkUnknown for a token that is malformed, unknown or no longer in force, LinkExpired
    30 days after the end of the appointment.
    """
    if not is_token(token):
        raise LinkUnknown
    query = _FACTS.where(Appointment.link_token_hash == hash_token(token))
    row = session.execute(query).one_or_none()
    if row is None:
        raise LinkUnknown
    if not is_link_alive(row.Engagement.ends_at, now):
        raise LinkExpired
    # Its own token, not one made again: the page's links work even if LINK_KEY has changed since.
    return replace(facts_from(catalogue, row.Appointment, row.Engagement, links), token=token)


def token_by_reference(
    session: Session, reference: int, phone_e164: str, *, now: datetime, links: Links
) -> str:
    """The token of the link, for somebody who has both the number and the telephone given with it.

    The telephone may be the person's or the helper's, in E.164. A link made with an earlier
    LINK_KEY is replaced by one of today's. Raises AppointmentNotFound: the same whether the number,
    the telephone or both are wrong, or the link is dead.
    """
    row = session.execute(
        select(
            Appointment.id,
            Appointment.link_version,
            Appointment.link_token_hash,
            Engagement.ends_at,
        )
        .join(Appointment.engagement)
        .join(Appointment.resident)
        .where(
            Appointment.reference == reference,
            or_(Resident.phone == phone_e164, Appointment.helper_phone == phone_e164),
        )
    ).one_or_none()
    if row is None or not is_link_alive(row.ends_at, now):
        raise AppointmentNotFound
    return _link_in_force(session, row.id, row.link_version, row.link_token_hash, links)


def renew_link(session: Session, facts: AppointmentFacts, links: Links) -> None:
    """Make the link that a message is about to carry the one in force.

    It differs only where it was made with an earlier LINK_KEY; then it is replaced, in a
    transaction of its own.
    """
    row = session.execute(
        select(Appointment.link_version, Appointment.link_token_hash).where(
            Appointment.id == facts.id
        )
    ).one()
    _link_in_force(session, facts.id, row.link_version, row.link_token_hash, links)


def _link_in_force(
    session: Session, appointment_id: int, version: int, known_hash: str | None, links: Links
) -> str:
    token = links.token(appointment_id, version)
    if known_hash != hash_token(token):
        with write_transaction(session):
            session.execute(
                update(Appointment)
                .where(Appointment.id == appointment_id)
                .values(link_token_hash=hash_token(token))
            )
    return token


def letterhead(catalogue: Catalogue, public_url: str, sms_stop: str = "") -> Letterhead:
    """What messages say of the service that this catalogue describes."""
    service = catalogue.service
    return Letterhead(
        name=service["name"],
        service_sms=service["service_sms"],
        phone=service["phone"],
        public_url=public_url,
        timezone=catalogue.timezone,
        sms_stop=sms_stop,
    )


@dataclass(frozen=True, slots=True)
class _Where:
    """A place in words."""

    name: str
    address: str
    access_notes: Mapping[str, str]
    sms_name: str


def _where(catalogue: Catalogue, engagement: Engagement, commune: CommuneEntry) -> _Where:
    if engagement.venue_id is None:
        return _Where(commune.name, f"{commune.postal_code} {commune.name}", {}, "")
    venue = catalogue.venue_by_id(engagement.venue_id)
    address = ", ".join(filter(None, (venue.address, venue.postal_line)))
    return _Where(venue.name, address, venue.access_notes, venue.sms_name)


def facts_from(
    catalogue: Catalogue, appointment: Appointment, engagement: Engagement, links: Links
) -> AppointmentFacts:
    """The facts of rows that are read already."""
    place_commune = catalogue.commune_by_id(engagement.commune_id)
    where = _where(catalogue, engagement, place_commune)
    topic = next(entry for entry in catalogue.topics if entry.id == appointment.topic_id)
    home = appointment.commune_id
    return AppointmentFacts(
        id=appointment.id,
        engagement_id=appointment.engagement_id,
        uid=appointment.uid,
        token=links.token(appointment.id, appointment.link_version),
        reference=appointment.reference,
        status=appointment.status,
        cancelled_by=appointment.cancelled_by,
        starts_at=engagement.starts_at,
        ends_at=engagement.ends_at,
        window_minutes=appointment.window_minutes or 0,
        place_kind=appointment.place_kind,
        place_name=where.name,
        place_address=where.address,
        access_notes=where.access_notes,
        sms_name=where.sms_name,
        commune=None if home is None else catalogue.commune_by_id(home),
        place_commune=place_commune,
        topic_code=topic.code,
        topic_label=topic.label,
        topic_minutes=appointment.topic_minutes,
        bring=topic.bring,
        language=appointment.language,
        message_channel=appointment.message_channel,
        message_to=appointment.message_to,
        sequence=appointment.sequence,
        booked_at=appointment.booked_at,
        updated_at=appointment.updated_at,
        address_line1=appointment.address_line1,
        address_line2=appointment.address_line2,
        call_time=appointment.call_time,
    )
