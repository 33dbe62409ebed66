"""The pages of people in tests: who opens them, and what the journal tells of it."""

from sqlalchemy import select

from app.domain.journal import JournalAction
from app.models.journal import JournalEntry
from tests.support.booking_walk import said
from tests.support.page_client import PageClient
from tests.support.team import Team

FIND = "/agents/personnes"
WEEK_S = 7 * 24 * 3600


def card(team: Team, rank: int = 0) -> str:
    """The address of the own card, or of the foreign one."""
    return f"{FIND}/{team.subjects['resident_id'][rank]}"


def acts(team: Team) -> list[JournalAction]:
    with team.session() as session:
        about = select(JournalEntry.action).where(JournalEntry.subject_kind == "RESIDENT")
        return list(session.scalars(about.order_by(JournalEntry.id)))


def search(client: PageClient, typed: str) -> str:
    """What the page says after that search."""
    return said(client.submit(client.get(FIND), "Chercher", recherche=typed))
