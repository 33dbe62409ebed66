"""How things stand under the lock of a booking: one question, for the lock is held meanwhile."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, bindparam, func, select, union
from sqlalchemy.orm import Session

from app.models.appointment import Appointment, Engagement, Resident
from app.models.places import Territory
from app.services.catalogue import REVISION, Catalogue, NoTerritory, catalogue_of


@dataclass(frozen=True, slots=True)
class Earlier:
    """What the same form has booked before."""

    appointment_id: int
    link_version: int
    digest: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What decides about a booking, beside the times themselves."""

    catalogue: Catalogue
    earlier: Earlier | None
    upcoming: int
    """Of the phone, as the person's own or as the helper's."""
    is_reference_taken: bool


def read_standing(
    session: Session,
    form_key: str,
    *,
    now: datetime,
    phone: str | None = None,
    reference: int | None = None,
) -> Standing:
    """How things stand for that form, that phone and that reference, where they are given.

    Raises NoTerritory when nothing was loaded.
    """
    asked = {"form_key": form_key, "phone": phone, "now": now, "reference": reference}
    row = session.connection().execute(_STANDING, asked).one_or_none()
    if row is None:
        raise NoTerritory
    *revision, appointment_id, link_version, digest, upcoming, is_taken = row
    earlier = Earlier(appointment_id, link_version, digest) if appointment_id else None
    return Standing(catalogue_of(session, tuple(revision)), earlier, upcoming, bool(is_taken))


_territory: Any = Territory.__table__
_earlier: Any = Appointment.__table__.alias("earlier")
_appointment: Any = Appointment.__table__
_resident: Any = Resident.__table__
_engagement: Any = Engagement.__table__
_phone = bindparam("phone", type_=String())
_of_phone = union(
    select(_appointment.c.id).join(_resident).where(_resident.c.phone == _phone),
    select(_appointment.c.id).where(_appointment.c.helper_phone == _phone),
)
"""By the two indexes on phones: to count them costs the same in a full agenda."""
_upcoming = (
    select(func.count())
    .select_from(_appointment.join(_engagement))
    .where(
        _appointment.c.id.in_(_of_phone),
        _engagement.c.occupies,
        _engagement.c.starts_at > bindparam("now"),
    )
)
_same_number = select(1).where(_appointment.c.reference == bindparam("reference"))
_STANDING = select(
    *REVISION,
    _earlier.c.id,
    _earlier.c.link_version,
    _earlier.c.form_digest,
    _upcoming.scalar_subquery(),
    _same_number.exists(),
).select_from(_territory.outerjoin(_earlier, _earlier.c.form_key == bindparam("form_key")))
