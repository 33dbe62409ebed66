"""Two planners at once, each with other counsellors: both have an address for what they plan."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from app.domain.programme import Rhythm, Term
from app.models.workshops import Workshop
from app.services.programme import Confirmation, check_plan, plan_workshops
from app.services.programme_term import check_term, repeat_term
from tests.support.programme import AVAL, MONDAY, a_plan, keys, plan, somebody
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

WEEK = timedelta(weeks=1)


def test_two_planners_of_one_kind_and_day_have_each_an_address(stage: Stage) -> None:
    session, by = stage.session, somebody(stage.session)
    wanted = a_plan(session)
    others = replace(wanted, rhythm=Rhythm(MONDAY - WEEK), where=AVAL, counsellor_ids=(2,))
    plan(session, others)
    term = Term(MONDAY - WEEK, MONDAY - WEEK, MONDAY)
    again = tuple(each.key for each in check_term(session, term, now=NOW))
    kept = keys(check_plan(session, wanted, now=NOW))
    engine = session.get_bind()
    assert isinstance(engine, Engine)

    def repeats() -> None:
        with Session(engine) as another:
            repeat_term(another, term, Confirmation(again, "autre", by, NOW))

    with ThreadPoolExecutor() as pool:
        begun: list[Future[None]] = []

        def both_are_at_it(_: Session) -> None:
            begun.append(pool.submit(repeats))
            _until_it_waits(engine, begun[0])

        event.listen(session, "before_commit", both_are_at_it, once=True)
        plan_workshops(session, wanted, Confirmation(kept, "une", by, NOW))
        begun[0].result(timeout=30)
    slugs = session.scalars(select(Workshop.slug).where(Workshop.first_at > NOW).order_by("slug"))
    stem = f"mots-de-passe-et-arnaques-{MONDAY.isoformat()}"
    assert [each for each in slugs if each.startswith(stem)] == [stem, f"{stem}-2"]


def _until_it_waits(engine: Engine, other: "Future[None]") -> None:
    """Until the other planner is held up by this one; SQLite lets only one of them begin."""
    if engine.dialect.name != "postgresql":
        return
    held_up = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    with engine.connect() as onlooker:
        while not other.done() and not onlooker.execute(held_up).scalar():
            time.sleep(0.01)
            onlooker.rollback()
