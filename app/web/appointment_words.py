"""What the team reads of an appointment, whichever page tells it."""

from datetime import datetime
from typing import Protocol

from app.domain.appointment import AppointmentStatus, Caller, CancelledBy, Deadline
from app.gateways import dates
from app.web import filters

CALLERS = {
    Caller.PERSON: "La personne",
    Caller.RELATIVE: "Un proche",
    Caller.PROFESSIONAL: "Un professionnel",
}
DEADLINES = {
    Deadline.TAXES: "Impôts",
    Deadline.BENEFITS: "CAF",
    Deadline.RESIDENCE_PERMIT: "Titre de séjour",
    Deadline.OTHER: "Autre",
}


class HasState(Protocol):
    """An appointment as any page knows it; instants in UTC."""

    @property
    def status(self) -> AppointmentStatus: ...
    @property
    def cancelled_by(self) -> CancelledBy | None: ...
    @property
    def arrived_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime: ...


def state_of(appointment: HasState, now: datetime) -> str:
    """The state as the team reads it (product §10)."""
    if appointment.status is AppointmentStatus.CANCELLED:
        is_own = appointment.cancelled_by is CancelledBy.PERSON
        return "Annulé (personne)" if is_own else "Annulé (service)"
    if appointment.status is AppointmentStatus.ATTENDED:
        return "Présent"
    if appointment.status is AppointmentStatus.NO_SHOW:
        return "Absent sans prévenir"
    if appointment.arrived_at:
        return f"Arrivé à {dates.clock(appointment.arrived_at, 'fr', filters.zone())}"
    return "À compléter" if appointment.ends_at <= now else "Confirmé"
