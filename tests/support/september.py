"""Records of September, as the boards of figures read them."""

from datetime import date

from sqlalchemy import select, update

from app.domain.attendance import AttendanceRecord
from app.domain.cubes import Entry
from app.models.accounts import Counsellor
from app.models.attendance import AttendanceRow
from app.models.places import Commune
from app.services.transaction import write_transaction
from tests.domain.records import one, workshop
from tests.support.spring import write_entries
from tests.support.team import FOREIGN, OWN, Team

BOARD = "/agents/statistiques"
SEPTEMBER = date(2026, 9, 8)


def places(team: Team) -> dict[str, str]:
    with team.session() as session:
        return dict(session.execute(select(Commune.slug, Commune.insee_code)).all())


def told(team: Team, *records: AttendanceRecord) -> None:
    """Those records, each by the first counsellor of the team, under their own day."""
    with team.session() as session, write_transaction(session):
        write_entries(session, [Entry(each, each.on) for each in records])


def busy_september(team: Team) -> Team:
    """In September: 3 people in the own commune, a workshop of 6 elsewhere; a year before 1."""
    insee = places(team)
    with team.session() as session:
        own = session.get_one(Counsellor, team.subjects["counsellor_id"][0]).code
    mine, theirs = insee[OWN], insee[FOREIGN]
    told(
        team,
        *(one(mine, SEPTEMBER, age="70p", gender="f") for _ in range(3)),
        workshop(theirs, SEPTEMBER, ages={"70p": 6}),
        one(mine, date(2025, 9, 9)),
    )
    with team.session() as session, write_transaction(session):
        session.execute(
            update(AttendanceRow).where(AttendanceRow.place_commune == mine).values(counsellor=own)
        )
    return team
