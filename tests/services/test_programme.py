"""Planning workshops: dates, what is in the way of them, one press, the wall."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import select

from app.domain.errors import DomainError
from app.domain.planning_errors import AgendaClosed, StartPast
from app.domain.programme import Numbers, Rhythm, Term, Where
from app.domain.programme_conflicts import ConflictKind
from app.domain.programme_errors import (
    ConflictsChanged,
    DatesRefused,
    NoDates,
    PlaceMissing,
    TemplateMissing,
)
from app.domain.workshops import WorkshopStatus
from app.models.accounts import Counsellor
from app.models.appointment import Engagement
from app.models.journal import JournalEntry
from app.models.workshops import Workshop
from app.services.programme import Confirmation, check_plan, plan_workshops
from app.services.programme_templates import offer_template
from app.services.programme_term import check_term, repeat_term
from app.services.transaction import write_transaction
from tests.support.programme import (
    AMONT,
    AVAL,
    MONDAY,
    SAME,
    Planned,
    a_plan,
    keys,
    plan,
    somebody,
)
from tests.support.queries import counted_queries
from tests.support.stage import Stage, choice
from tests.support.stage_plan import NOW, territory

EASTER = Rhythm(date(2027, 3, 15), date(2027, 4, 5))
"""Four Mondays: the clocks change before the third, which is a holiday."""


def rows(stage: Stage, ids: list[int]) -> list[Workshop]:
    stage.session.rollback()
    query = select(Workshop).where(Workshop.id.in_(ids)).order_by(Workshop.first_at)
    return list(stage.session.scalars(query))


def kinds(stage: Stage, wanted: object, rank: int = 0) -> list[ConflictKind]:
    return [each.kind for each in check_plan(stage.session, wanted, now=NOW)[rank].conflicts]  # type: ignore[arg-type]


def test_a_series_keeps_its_hour_across_the_clocks_and_leaves_the_holiday(stage: Stage) -> None:
    wanted = a_plan(stage.session, rhythm=EASTER, counsellor_ids=(1, 2))
    shown = check_plan(stage.session, wanted, now=NOW)
    assert [each.is_proposed for each in shown] == [True, True, False, True]
    assert shown[2].conflicts[0].name == "Lundi de Pâques"
    made = rows(stage, plan(stage.session, wanted))
    starts = [each.first_at for each in made]
    assert [start.hour for start in starts] == [13, 13, 12]
    assert made[0].slug == "mots-de-passe-et-arnaques-2027-03-15"
    assert len({each.series for each in made}) == 1
    held = stage.session.scalars(select(Engagement).where(Engagement.starts_at < starts[0])).all()
    assert [(each.counsellor_id, each.starts_at) for each in held] == [
        (1, starts[0] - timedelta(minutes=30)),
        (2, starts[0] - timedelta(minutes=30)),
    ]
    assert {each.ends_at for each in held} == {made[0].last_at + timedelta(minutes=30)}


def test_a_holiday_that_somebody_added_is_kept(stage: Stage) -> None:
    rhythm = Rhythm(date(2027, 3, 22), extra=frozenset({date(2027, 3, 29)}))
    wanted = a_plan(stage.session, rhythm=rhythm)
    assert len(plan(stage.session, wanted)) == 2


def test_a_cycle_is_one_workshop_with_all_its_dates(stage: Stage) -> None:
    rhythm = replace(EASTER, skipped=frozenset({date(2027, 3, 22)}))
    numbers = Numbers(6, 3, 2, kept_places=2, kept_days=7)
    (made,) = rows(stage, plan(stage.session, a_plan(
        stage.session, rhythm=rhythm, is_cycle=True, numbers=numbers,
    )))  # fmt: skip
    assert [f"{each.starts_at:%d/%m}" for each in made.sessions] == ["15/03", "05/04"]
    assert (made.kept_places, made.kept_until) == (2, date(2027, 3, 8))
    assert (made.first_at, made.last_at) == (
        datetime(2027, 3, 15, 13, tzinfo=UTC), datetime(2027, 4, 5, 14, tzinfo=UTC),
    )  # fmt: skip
    entry = stage.session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert entry is not None
    assert entry.facts == {"dates": 2}


def test_the_same_form_pressed_twice_plans_once(stage: Stage) -> None:
    wanted = a_plan(stage.session)
    kept = keys(check_plan(stage.session, wanted, now=NOW))
    press = Confirmation(kept, "une-cle", somebody(stage.session), NOW)
    first = plan_workshops(stage.session, wanted, press)
    assert plan_workshops(stage.session, wanted, press) == first
    assert len(stage.session.scalars(select(Workshop)).all()) == 1


def test_two_series_on_one_counsellor_are_refused_and_nothing_is_written(stage: Stage) -> None:
    plan(stage.session, a_plan(stage.session))
    wanted = a_plan(stage.session, rhythm=Rhythm(MONDAY, date(2026, 12, 14)), where=AVAL)
    shown = check_plan(stage.session, wanted, now=NOW)
    assert [each.is_refused for each in shown] == [True, False]
    assert shown[0].conflicts[0].kind is ConflictKind.ENGAGED
    both = check_plan(stage.session, replace(wanted, counsellor_ids=(1, 2)), now=NOW)
    assert [each.is_refused for each in both] == [True, False], "one of two is enough"
    assert {each.counsellor_id for each in both[0].conflicts if each.is_hard} == {1}
    forged = tuple(each.key for each in shown)
    press = Confirmation(forged, "autre", somebody(stage.session), NOW)
    with pytest.raises(DatesRefused):
        plan_workshops(stage.session, wanted, press)
    assert len(stage.session.scalars(select(Workshop)).all()) == 1


def test_what_the_page_did_not_show_is_shown_before_it_is_saved(stage: Stage) -> None:
    wanted = a_plan(stage.session, counsellor_ids=(2,), where=AMONT)
    seen = keys(check_plan(stage.session, wanted, now=NOW))
    plan(stage.session, a_plan(stage.session))  # a colleague, at the same place and hour
    press = Confirmation(seen, "autre", somebody(stage.session), NOW)
    with pytest.raises(ConflictsChanged):
        plan_workshops(stage.session, wanted, press)
    assert kinds(stage, wanted) == [ConflictKind.COLLEAGUE_THERE]
    with pytest.raises(NoDates):
        plan_workshops(stage.session, wanted, replace(press, kept=()))


def test_everything_in_the_way_is_named(stage: Stage) -> None:
    session = stage.session
    stage.book(choice("2026-11-24T09:00"))  # Jeanne or Karim, at Amont, until 9 h 45
    holder = session.scalars(select(Engagement.counsellor_id)).one()
    tuesday = {"rhythm": Rhythm(date(2026, 11, 24)), "counsellor_ids": (holder,)}
    there = a_plan(session, **tuesday, from_time=time(9, 30))
    assert kinds(stage, there)[0] is ConflictKind.ENGAGED
    far = a_plan(session, **tuesday, from_time=time(10, 30), where=AVAL, minutes=60)
    found = check_plan(session, far, now=NOW)[0].conflicts
    road = next(each for each in found if each.kind is ConflictKind.ROAD)
    assert road.minutes == 25
    assert road.first_at == datetime(2026, 11, 24, 9, 40, tzinfo=UTC)
    assert ConflictKind.PERMANENCE in {each.kind for each in found}
    stage.change_timetable(
        absences=[{"counsellor": "karim", "from": MONDAY, "to": date(2026, 12, 8)}],
        closures=[
            {"venue": "mairie-amont", "from": MONDAY, "to": date(2026, 12, 8), "reason": "Travaux"}
        ],
    )
    shut = a_plan(session, counsellor_ids=(2,))
    assert kinds(stage, shut) == [ConflictKind.AWAY, ConflictKind.VENUE_CLOSED]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"rhythm": Rhythm(date(2026, 11, 22))}, StartPast),
        ({"where": Where("mairie-nulle-part")}, PlaceMissing),
        ({"template_id": 99}, TemplateMissing),
        ({"counsellor_ids": (2,)}, AgendaClosed),
    ],
)
def test_what_cannot_be_planned(
    stage: Stage, changes: dict[str, object], refusal: type[DomainError]
) -> None:
    wanted = a_plan(stage.session, **changes)
    with write_transaction(stage.session):
        stage.session.get_one(Counsellor, 2).active = False
    with pytest.raises(refusal):
        check_plan(stage.session, wanted, now=NOW)


def test_a_retired_kind_is_not_planned_any_more(stage: Stage) -> None:
    wanted = a_plan(stage.session)
    who = somebody(stage.session)
    offer_template(stage.session, wanted.template_id, active=False, now=NOW, by=who)
    with pytest.raises(TemplateMissing):
        check_plan(stage.session, wanted, now=NOW)


def test_any_other_place_has_its_name_and_address(stage: Stage) -> None:
    where = Where("", "Salle des fêtes", "2 place du Bourg", "butte")
    (made,) = rows(stage, plan(stage.session, a_plan(stage.session, where=where)))
    (held,) = made.sessions
    assert (held.place_name, held.place_address) == ("Salle des fêtes", "2 place du Bourg")
    assert held.venue_id is None
    assert made.host_commune.slug == "butte"


def test_the_next_term_repeats_what_stands_on_the_same_weekdays(stage: Stage) -> None:
    session = stage.session
    cycle = a_plan(session, rhythm=Rhythm(MONDAY, date(2026, 12, 21)), is_cycle=True)
    plan(session, cycle, form_key="cycle")
    alone = a_plan(session, rhythm=Rhythm(date(2026, 12, 14)), counsellor_ids=(2,), where=AVAL)
    dropped = plan(session, alone, form_key="annule")[0]
    plan(session, replace(alone, from_time=time(9)), form_key="seul")
    with write_transaction(session):
        session.get_one(Workshop, dropped).status = WorkshopStatus.CANCELLED
    term = Term(date(2026, 12, 1), date(2026, 12, 31), date(2027, 3, 16))
    lines = check_term(session, term, now=NOW)
    assert [f"{each.check.on:%d/%m}" for each in lines] == ["22/03", "29/03", "29/03", "05/04"]
    assert [each.check.is_proposed for each in lines] == [True, False, False, True]
    kept = tuple(each.key for each in lines if each.check.is_proposed or not each.is_cycle)
    press = Confirmation(kept, "trimestre", somebody(session), NOW)
    made = repeat_term(session, term, press)
    assert repeat_term(session, term, press) == made
    dates = {len(each.sessions): each for each in rows(stage, made)}
    assert [f"{each.starts_at:%d/%m %H}" for each in dates[2].sessions] == ["22/03 13", "05/04 12"]
    assert f"{dates[1].first_at:%d/%m %H}" == "29/03 07"
    again = check_term(session, term, now=NOW)
    assert all(each.check.is_refused for each in again if each.key.split(".")[1] != "2027-03-29")


def test_one_of_two_dates_of_a_cycle_on_one_day_comes_back_alone(stage: Stage) -> None:
    planned, session = Planned(stage, dates=2), stage.session
    planned.move(replace(SAME, from_time=time(17)), rank=1)  # both on Monday
    term = Term(MONDAY, MONDAY, date(2027, 3, 15))
    early, late = check_term(session, term, now=NOW)
    assert early.key != late.key
    press = Confirmation((late.key,), "trimestre", somebody(session), NOW)
    (made,) = rows(stage, repeat_term(session, term, press))
    assert [f"{each.starts_at:%d/%m %H}" for each in made.sessions] == ["15/03 16"]


def test_a_long_term_is_read_with_as_many_queries_as_a_short_one(stage: Stage) -> None:
    session, asked = stage.session, []
    for rank, last in enumerate((date(2026, 12, 14), date(2027, 3, 1))):
        rhythm = Rhythm(MONDAY + timedelta(weeks=2 * rank), last)
        wanted = a_plan(session, rhythm=rhythm, is_cycle=rank == 1, counsellor_ids=(1, 2))
        plan(session, wanted, form_key=f"trimestre {rank}")
        term = Term(MONDAY, date(2027, 3, 31), date(2027, 4, 5))
        stage.session.rollback()
        stage.session.expunge_all()
        with counted_queries(stage) as said:
            lines = check_term(session, term, now=NOW)
        asked.append((len(said), len(lines)))
    (few, two_lines), (many, more_lines) = asked
    assert (two_lines, more_lines > 8) == (2, True)
    assert many == few


def test_a_town_hall_that_is_closed_is_told_and_unticks_nothing(stage: Stage) -> None:
    raw = territory()
    raw["venues"][0]["address"] = raw["communes"][0]["town_hall"]["address"] = "1 place du Port"
    raw["communes"][0]["town_hall"]["opening_hours"] = {"lundi": ["08:30-15:00"]}
    stage.change_territory(raw)
    late, in_time = (a_plan(stage.session, from_time=time(each)) for each in (14, 13))
    (shown,) = check_plan(stage.session, late, now=NOW)
    (closed,) = shown.conflicts
    assert (closed.kind, closed.is_whole_day) == (ConflictKind.TOWN_HALL_CLOSED, False)
    assert shown.is_proposed
    assert kinds(stage, in_time) == []
    assert kinds(stage, replace(late, where=Where("mediatheque-amont"))) == []
