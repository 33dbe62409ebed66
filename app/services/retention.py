"""How long each column is kept: one table, which the jobs obey and a house test completes.

Source of the periods: law B20 and B21. `services/purge` obeys the whole table.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from app.models.appointment import Appointment, Engagement
from app.models.base import Base
from app.models.outbox import ThrottleCount
from app.services.transaction import write_transaction


class Fate(StrEnum):
    """What becomes of a value."""

    KEPT = "kept"
    """It tells nothing of a person: the service's own words and figures."""
    ERASED = "erased"
    """It becomes empty, the row stays for the figures."""
    REMOVED = "removed"
    """The whole row goes."""
    ANONYMOUS = "anonymous"
    """A count, without anybody in it from the first day."""
    TECHNICAL = "technical"
    """A key or an instant that leads to nobody once the erased columns are empty."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A fate, and for what goes away: days counted from which event."""

    fate: Fate
    days: int | None = None
    since: str = ""

    @property
    def period(self) -> timedelta:
        """How long it stays. Raises ValueError where nothing ever goes away."""
        if self.days is None:
            raise ValueError(f"{self.fate} has no period")
        return timedelta(days=self.days)


KEPT = Policy(Fate.KEPT)
TECHNICAL = Policy(Fate.TECHNICAL)
ANONYMOUS = Policy(Fate.ANONYMOUS)
PERSON = Policy(Fate.ERASED, 365, "the person's last appointment")
THIRTY_DAYS = Policy(Fate.ERASED, 30, "the end of the appointment")
CALL = Policy(Fate.REMOVED, 365, "the appointment")
HISTORY = Policy(Fate.REMOVED, 365, "the appointment that it tells of")
# July to December have 184 days: on the last one it is still known who was asked on the first.
MESSAGE = Policy(Fate.REMOVED, 185, "the sending; then only counted")
ACCOUNT = Policy(Fate.ERASED, 365, "the disabling of the account")
CODES = Policy(Fate.REMOVED, 365, "the disabling of the account")
SESSION = Policy(Fate.REMOVED, 1, "the last page")
LINK = Policy(Fate.REMOVED, 1, "the end of the link")
JOURNAL = Policy(Fate.REMOVED, 365, "the act")
WAITING = Policy(
    Fate.REMOVED, 60, "joining; sooner when they accept, book by their card, were seen, or leave"
)
OFFER = Policy(Fate.REMOVED, 30, "the offered time")
ERASURE_REQUEST = Policy(Fate.REMOVED, 365, "the request, or at once with the answer")
WAITED = Policy(Fate.ERASED, 7, "the last date of a workshop that they only waited for")
"""Sooner than what the table says of their columns: they were on its waiting list (law B21)."""
AFTER_WORKSHOP = Policy(Fate.ERASED, 30, "the last date of the workshop")
NEWS = Policy(Fate.REMOVED, 1095, "the consent, or at once when they want no more")
RECORD = Policy(Fate.REMOVED, 396, "its day, once its half-year is closed; then only counted")
ERASURE = Policy(Fate.REMOVED, 396, "the erasure: as long as a backup may bring the card back")
INVITATION = Policy(Fate.REMOVED, 30, "the sending, or at once with the answer")
WINDOW = Policy(Fate.REMOVED, 0, "the end of its window")

_TABLES: dict[str, tuple[tuple[Policy, str], ...]] = {
    "resident": (
        (PERSON, "first_name last_name phone email by_last_name by_first_name by_phone_end"),
        (TECHNICAL, "id language to_reconcile created_at updated_at refuses_reminders"),
        (TECHNICAL, "refuses_sms refuses_mail"),
        (KEPT, "commune_id"),
    ),
    "appointment": (
        (THIRTY_DAYS, "reference form_key form_digest address_line1 address_line2 call_time note"),
        (PERSON, "helper_name helper_phone helper_relation link_token_hash"),
        (TECHNICAL, "id uid resident_id engagement_id link_version sequence"),
        (TECHNICAL, "booked_at updated_at message_channel message_to"),
        (KEPT, "commune_id topic_id place_kind topic_minutes window_minutes"),
        (KEPT, "status cancelled_by channel language caller deadline arrived_at is_recorded"),
        (KEPT, "visit_ended_at"),
        (TECHNICAL, "booked_by_id"),
    ),
    "appointment_event": (
        (HISTORY, "id appointment_id at kind actor channel old_starts_at new_starts_at"),
        (HISTORY, "old_counsellor_id new_counsellor_id old_venue_id new_venue_id"),
        (HISTORY, "user_id reason"),
    ),
    "call_task": (
        (CALL, "registration_id"),
        (CALL, "id appointment_id reason created_at due_at outcome tried_at closed_at user_id"),
    ),
    "engagement": (
        (KEPT, "id counsellor_id starts_at ends_at kind commune_id venue_id occupies held_until"),
    ),
    "outbox_message": (
        (MESSAGE, "id subject_kind subject_id kind version channel recipient created_at due_at"),
        (MESSAGE, "expires_at state leased_until attempts closed_at outcome round minutes"),
        (MESSAGE, "session_id provider_id receipt receipt_at segments cost commune_id"),
    ),
    "message_count": ((ANONYMOUS, "month kind channel state commune_id count segments cost"),),
    "sending_pause": ((JOURNAL, "id paused_at paused_by_id resumed_at resumed_by_id"),),
    "message_text": ((KEPT, "id language channel kind part text edited_at edited_by_id"),),
    "waiting_entry": (
        (WAITING, "id resident_id appointment_id commune_id topic_id place_kind half_day"),
        (WAITING, "reach_minutes language message_channel message_to helper_name helper_phone"),
        (WAITING, "helper_relation address_line1 address_line2 joined_at expires_at refusals"),
        (WAITING, "link_version link_token_hash form_key booked_by_id"),
    ),
    "offer": (
        (OFFER, "id entry_id engagement_id counsellor_id starts_at ends_at window_minutes"),
        (OFFER, "commune_id venue_id offered_at answer_by link_version link_token_hash outcome"),
        (OFFER, "closed_at closed_by_id"),
    ),
    "erasure_request": ((ERASURE_REQUEST, "id resident_id asked_at asked_by_id"),),
    "workshop_template": (
        (KEPT, "id code title content prerequisites bring level themes minutes capacity minimum"),
        (KEPT, "devices active edited_at edited_by_id"),
    ),
    "workshop": (
        (KEPT, "id slug template_id series title content prerequisites bring level themes"),
        (KEPT, "host_commune_id capacity minimum devices kept_places kept_until taken status"),
        (KEPT, "first_at last_at sequence upheld_at reworded_at recorded_at recorded_by_id"),
    ),
    "workshop_session": (
        (KEPT, "id uid workshop_id starts_at ends_at commune_id venue_id place_name place_address"),
        (KEPT, "status sequence updated_at closed_at closed_by_id walk_ins lent"),
        (KEPT, "is_recorded is_deserted"),
    ),
    "workshop_engagement": ((TECHNICAL, "session_id engagement_id"),),
    "registration": (
        (AFTER_WORKSHOP, "reference form_key form_digest companion_first_name"),
        (AFTER_WORKSHOP, "companion_last_name"),
        (PERSON, "helper_name helper_phone helper_relation link_token_hash"),
        (TECHNICAL, "id workshop_id resident_id link_version sequence registered_at updated_at"),
        (TECHNICAL, "message_channel message_to booked_by_id"),
        (KEPT, "commune_id places accepts_one devices_wanted status cancelled_by channel language"),
        (KEPT, "caller left_list"),
    ),
    "places_offer": (
        (OFFER, "id workshop_id registration_id places offered_at answer_by link_version"),
        (OFFER, "link_token_hash outcome closed_at closed_by_id"),
    ),
    "participation": ((KEPT, "registration_id session_id state came"),),
    "workshop_news": (
        (NEWS, "id email phone commune_id language consented_at link_version link_token_hash"),
        (NEWS, "told_on"),
    ),
    "attendance_record": (
        (RECORD, "id on counted_on counsellor type minutes place_kind place_commune venue"),
        (RECORD, "participants themes procedures genders ages statuses residences already_helped"),
        (RECORD, "devices result autonomy redirection title level origin leaders travel_minutes"),
        (RECORD, "preparation_minutes is_copied is_blended"),
    ),
    "volume_cube": (
        (ANONYMOUS, "month commune type place_kind activities participants already_helped"),
        (ANONYMOUS, "minutes travel_minutes preparation_minutes late_activities"),
    ),
    "residence_cube": ((ANONYMOUS, "month commune participants minutes"),),
    "public_cube": ((ANONYMOUS, "half_year commune family code count"),),
    "hours_cube": (
        (ANONYMOUS, "month commune planned held used lost travel_minutes preparation_minutes"),
    ),
    "outcome_count": (
        (ANONYMOUS, "month commune type attended absent cancelled_by_person"),
        (ANONYMOUS, "cancelled_by_service delay_days"),
    ),
    "half_year_closing": ((KEPT, "half_year closed_on closed_by_id missing annual_cost_cents"),),
    "sharing_key": (
        (KEPT, "id kind valid_from valid_until population_vintage parts recorded_on"),
        (KEPT, "recorded_by_id"),
    ),
    "erasure": ((ERASURE, "resident_id erased_on"),),
    "survey_invitation": ((INVITATION, "token_hash made_on commune_id place_kind"),),
    "survey_answer": ((ANONYMOUS, "half_year commune_id place_kind question answer count"),),
    "throttle_count": ((WINDOW, "key window_ends_at count"),),
    "usage_count": ((ANONYMOUS, "week name commune_id count"),),
    "job_run": ((TECHNICAL, "name started_at"),),
    # Who comes back gets their agenda in a new account; without one a role is no COUNSELLOR.
    "user": (
        (TECHNICAL, "id role active created_at signed_in_at"),
        (ACCOUNT, "email first_name last_name phone password_hash nonce totp_secret totp_step"),
        (ACCOUNT, "counsellor_id"),
    ),
    "user_commune": ((TECHNICAL, "user_id commune_id is_deputy"),),
    "user_session": ((SESSION, "id user_id key_hash nonce created_at seen_at device"),),
    "account_link": ((LINK, "id user_id purpose token_hash created_at expires_at used_at"),),
    "recovery_code": ((CODES, "id user_id code_hash used_at"),),
    "journal_entry": ((JOURNAL, "id at user_id action subject_kind subject_id facts"),),
    "timetable_change": ((JOURNAL, "id at user_id kind counsellor_id steps undone_at"),),
    "calendar_feed": (
        (TECHNICAL, "id counsellor_id venue_id token_hash level with_travel created_at"),
        (TECHNICAL, "created_by_id revoked_at fetched_at fetched_by"),
    ),
    "busy_calendar": ((TECHNICAL, "id counsellor_id url added_at tried_at read_at failure etag"),),
    "busy_time": ((TECHNICAL, "id counsellor_id starts_at ends_at"),),
    "counsellor": ((KEPT, "id code first_name active"),),
    "availability": (
        (KEPT, "id code version counsellor_id kind venue_id commune_slugs frequency weekday"),
        (KEPT, "every_weeks nth first_on from_time to_time valid_from valid_until skipped_dates"),
        (KEPT, "extra_dates desk_until_days recorded_at"),
    ),
    "absence": ((KEPT, "id counsellor_id starts_at ends_at series recorded_at withdrawn_at"),),
    "replacement": (
        (KEPT, "id absent_id substitute_id starts_at ends_at recorded_at withdrawn_at"),
    ),
    "closure": ((KEPT, "id venue_id starts_at ends_at reason recorded_at withdrawn_at"),),
    "territory": (
        (KEPT, "id slug name department timezone school_zone population_vintage service texts"),
        (KEPT, "settings colours revision loaded_at"),
    ),
    "commune": (
        (KEPT, "id slug name official_name name_in name_of insee_code postal_code siren"),
        (KEPT, "population latitude longitude bookable active_from active_until town_hall"),
        (KEPT, "position"),
    ),
    "venue": (
        (KEPT, "id slug commune_id name address postal_line access_notes sms_name card active"),
        (KEPT, "position"),
    ),
    "travel_time": ((KEPT, "id from_commune_id to_commune_id minutes"),),
    "topic": ((KEPT, "id code label minutes step_minutes bring themes sensitive active position"),),
    "payer": ((KEPT, "id code name commune_id share_hundredths valid_from"),),
}

MANIFEST: dict[str, Policy] = {
    f"{table}.{column}": policy
    for table, lines in _TABLES.items()
    for policy, columns in lines
    for column in columns.split()
}
"""« table.column » → how long it is kept. A new column fails the house test until it is here."""


def columns_under(policy: Policy, table: str) -> list[str]:
    """The columns of a table that this policy rules."""
    names = (name.split(".") for name, ruled in MANIFEST.items() if ruled is policy)
    return [column for owner, column in names if owner == table]


def emptied(model: type[Base], *policies: Policy) -> dict[str, Any]:
    """What these policies make of a row of that table: NULL, or "" where NULL cannot be."""
    table: Any = model.__table__
    names = [name for policy in policies for name in columns_under(policy, table.name)]
    return {name: None if table.c[name].nullable else "" for name in names}


def erase_after_thirty_days(session: Session, now: datetime, limit: int) -> int:
    """Empty what THIRTY_DAYS rules in some appointments that ended so long ago; how many.

    They are looked for outside the write transaction: nobody waits behind a long search.
    """
    erased = columns_under(THIRTY_DAYS, Appointment.__tablename__)
    is_filled = or_(*(getattr(Appointment, column).is_not(None) for column in erased))
    due = session.scalars(
        select(Appointment.id)
        .join(Appointment.engagement)
        .where(is_filled, Engagement.ends_at <= now - THIRTY_DAYS.period)
        .limit(limit)
    ).all()
    with write_transaction(session):
        session.execute(
            update(Appointment)
            .where(Appointment.id.in_(due))
            .values(dict.fromkeys(erased))
            .execution_options(synchronize_session=False)
        )
    return len(due)


def tidy_throttle_counts(session: Session, now: datetime, limit: int) -> int:
    """Remove some counts of tries whose window is over; how many."""
    is_over = ThrottleCount.window_ends_at <= now - WINDOW.period
    keys = session.scalars(select(ThrottleCount.key).where(is_over).limit(limit)).all()
    with write_transaction(session):
        session.execute(
            delete(ThrottleCount)
            .where(ThrottleCount.key.in_(keys), is_over)
            .execution_options(synchronize_session=False)
        )
    return len(keys)
