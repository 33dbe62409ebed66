"""The other times that the team may give: from now on, kept places too, neighbours by car."""

from datetime import date

from app.domain.booking import OTHER_COMMUNE
from app.services.agenda_moves import choice_of, find_moves, nearest_moves
from tests.support.agenda_day import card_of
from tests.support.stage import WEDNESDAY_VISIT, Stage, choice, phone
from tests.support.stage_plan import NOW, at


def test_its_own_time_is_not_another_one(stage: Stage) -> None:
    card = card_of(stage, stage.book())
    moves = find_moves(stage.session, stage.catalogue, card, from_day=None, now=NOW)
    times = [(slot.starts_at, slot.place) for day in moves.days for slot in day.slots]
    assert times
    assert (card.entry.starts_at, card.entry.place) not in times


def test_neighbours_come_nearest_first_and_visits_have_none(stage: Stage) -> None:
    card = card_of(stage, stage.book())
    moves = find_moves(stage.session, stage.catalogue, card, from_day=None, now=NOW)
    found = [(each.commune.slug, each.minutes) for each in moves.neighbours]
    assert found == [("butte", 15), ("aval", 25)]
    visit = card_of(stage, stage.book(choice(WEDNESDAY_VISIT, None), phone=phone()))
    moves = find_moves(stage.session, stage.catalogue, visit, from_day=None, now=NOW)
    assert moves.neighbours == ()
    assert moves.days


def test_after_the_last_day_nothing_is_left(stage: Stage) -> None:
    card = card_of(stage, stage.book())
    moves = find_moves(stage.session, stage.catalogue, card, from_day=date(2026, 11, 28), now=NOW)
    assert (moves.days, moves.neighbours, moves.next_day) == ((), (), None)


def test_the_nearest_to_a_time_that_is_lost_are_of_its_commune(stage: Stage) -> None:
    card = card_of(stage, stage.book())
    lost = choice_of(card, at("2026-11-25T11:10"), "mairie-butte")
    days = nearest_moves(stage.session, stage.catalogue, card, lost, now=NOW)
    assert {day.venue.slug for day in days if day.venue} == {"mairie-butte"}
    visit = card_of(stage, stage.book(choice(WEDNESDAY_VISIT, None), phone=phone()))
    lost = choice_of(visit, visit.entry.starts_at, "mairie-butte")
    assert lost.venue_slug is None
    days = nearest_moves(stage.session, stage.catalogue, visit, lost, now=NOW)
    assert {day.venue for day in days} == {None}


def test_somebody_from_elsewhere_moves_as_such(stage: Stage) -> None:
    token = stage.book()
    stage.appointment(token).commune_id = None
    stage.session.commit()
    card = card_of(stage, token)
    assert choice_of(card, NOW, "mairie-amont").commune_slug == OTHER_COMMUNE
    assert find_moves(stage.session, stage.catalogue, card, from_day=None, now=NOW).days
