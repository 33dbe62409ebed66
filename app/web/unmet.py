"""Nobody found an hour: counted, without anybody in it (statistics §4.4)."""

from contextlib import suppress

from app.domain.availability import AvailabilityKind
from app.domain.errors import DatabaseUnavailable, OutcomeUnknown
from app.extensions import db
from app.services import usage
from app.services.catalogue import CommuneEntry
from app.web.clock import utc_now
from app.web.quotas import unmet_key
from app.web.site import current_catalogue

SILENT = (DatabaseUnavailable, OutcomeUnknown)


def note_unmet(kind: AvailabilityKind, home: CommuneEntry | None, who: str) -> None:
    """Count one search that found nothing; `who` is a network address, or the key of a call.

    Once a day for the same one, so that going back and forth counts once. A figure is not worth the
    page: where the database is silent, nothing is counted.
    """
    if home is None:
        return
    now = utc_now()
    with suppress(*SILENT):
        usage.count_once(
            db.session(),
            usage.UNMET[kind],
            home.id,
            once=unmet_key(kind.value, home.slug, who),
            today=current_catalogue().today(now),
            now=now,
        )
