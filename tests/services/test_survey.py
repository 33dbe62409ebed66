"""The three questions: a link answers once, and nothing leads from the answer to a person."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from app.domain.appointment import PlaceKind
from app.domain.survey import Answer, Answers, Question, half_year
from app.domain.survey_errors import SurveyEmpty, SurveyLinkUnknown
from app.models.places import Commune
from app.models.survey import SurveyAnswer, SurveyInvitation
from app.services.links import is_token
from app.services.survey import (
    Invited,
    answer,
    answer_on_paper,
    forget_invitations,
    invitation,
    invite,
    invite_on_paper,
)
from tests.support.stage import LINKS, Stage
from tests.support.stage_plan import NOW

TODAY = date(2026, 11, 22)
GOOD = Answers(Answer.YES, Answer.PARTLY, None)


def commune_id(stage: Stage) -> int:
    return stage.session.scalars(select(Commune.id).order_by(Commune.id)).first() or 0


def invited(stage: Stage, message_id: int = 1, on: date = TODAY) -> str:
    home = commune_id(stage)
    return invite(stage.session, LINKS, message_id, home, PlaceKind.HOME, today=on)


def counts(stage: Stage, place_kind: PlaceKind, on: date = TODAY) -> dict[Question, list[int]]:
    """For each question: how many said yes, in part, no."""
    stage.session.rollback()
    told = {question: [0, 0, 0] for question in Question}
    for row in stage.session.scalars(select(SurveyAnswer)):
        if (row.half_year, row.place_kind) == (half_year(on), place_kind):
            assert row.commune_id == commune_id(stage)
            told[row.question][list(Answer).index(row.answer)] = row.count
    return told


def test_the_link_of_a_message_is_always_the_same(stage: Stage) -> None:
    token = invited(stage)
    assert is_token(token)
    assert invited(stage) == token
    assert invited(stage, 2) != token
    assert stage.count(SurveyInvitation) == 2
    assert invitation(stage.session, token, TODAY) == Invited(commune_id(stage), PlaceKind.HOME)


def test_an_answer_is_one_more_in_each_count(stage: Stage) -> None:
    answer(stage.session, invited(stage, 1), GOOD, TODAY)
    answer(stage.session, invited(stage, 2), Answers(helped=Answer.YES), TODAY)
    answer(stage.session, invited(stage, 3), Answers(Answer.NO, None, Answer.NO), TODAY)
    assert counts(stage, PlaceKind.HOME) == {
        Question.HELPED: [2, 0, 1],
        Question.ALONE: [0, 1, 0],
        Question.RECOMMENDS: [0, 0, 1],
    }
    assert stage.count(SurveyAnswer) == 4


def test_no_row_of_an_answer_is_a_person_s(stage: Stage) -> None:
    """PostgreSQL tells of each row which transaction wrote it: two rows of one would be joined."""
    token = invited(stage)
    answer(stage.session, token, GOOD, TODAY)
    assert stage.count(SurveyInvitation) == 0
    columns = {column.name for column in SurveyAnswer.__table__.columns}
    keys = {column.name for column in SurveyAnswer.__table__.primary_key.columns}
    assert columns - keys == {"count"}
    assert not {name for name in keys if name.endswith(("_at", "_on", "hash", "key", "id"))} - {
        "commune_id"
    }


def test_a_link_answers_once(stage: Stage) -> None:
    token = invited(stage)
    answer(stage.session, token, GOOD, TODAY)
    with pytest.raises(SurveyLinkUnknown):
        invitation(stage.session, token, TODAY)
    with pytest.raises(SurveyLinkUnknown):
        answer(stage.session, token, GOOD, TODAY)
    assert counts(stage, PlaceKind.HOME)[Question.HELPED] == [1, 0, 0]


def test_no_answer_at_all_leaves_the_link_open(stage: Stage) -> None:
    token = invited(stage)
    with pytest.raises(SurveyEmpty):
        answer(stage.session, token, Answers(), TODAY)
    assert stage.count(SurveyAnswer) == 0
    answer(stage.session, token, Answers(recommends=Answer.NO), TODAY)
    assert counts(stage, PlaceKind.HOME)[Question.RECOMMENDS] == [0, 0, 1]


@pytest.mark.parametrize("token", ["", "A" * 11, "A" * 12, "é" * 12])
def test_a_link_that_was_never_made_opens_nothing(stage: Stage, token: str) -> None:
    with pytest.raises(SurveyLinkUnknown):
        invitation(stage.session, token, TODAY)
    with pytest.raises(SurveyLinkUnknown):
        answer(stage.session, token, GOOD, TODAY)


def test_a_link_lives_thirty_days(stage: Stage) -> None:
    token = invited(stage)
    last = TODAY + timedelta(days=30)
    assert invitation(stage.session, token, last)
    with pytest.raises(SurveyLinkUnknown):
        invitation(stage.session, token, last + timedelta(days=1))


def test_old_invitations_are_removed_some_at_a_time(stage: Stage) -> None:
    for rank in range(3):
        invited(stage, rank, TODAY - timedelta(days=31 + rank))
    kept = invited(stage, 9)
    now = NOW.replace(year=2026, month=11, day=22)
    assert forget_invitations(stage.session, now, 2) == 2
    assert forget_invitations(stage.session, now, 2) == 1
    assert forget_invitations(stage.session, now, 2) == 0
    assert stage.count(SurveyInvitation) == 1
    assert invitation(stage.session, kept, TODAY)


def test_a_paper_slip_has_a_link_of_its_own(stage: Stage) -> None:
    home = commune_id(stage)
    slips = {
        invite_on_paper(stage.session, home, PlaceKind.VENUE, TODAY),
        invite_on_paper(stage.session, home, PlaceKind.VENUE, TODAY),
    }
    assert len(slips) == 2
    for token in slips:
        assert is_token(token)
        answer(stage.session, token, GOOD, TODAY)
    assert counts(stage, PlaceKind.VENUE)[Question.HELPED] == [2, 0, 0]


def test_a_slip_may_be_typed_at_the_desk(stage: Stage) -> None:
    slip = Invited(commune_id(stage), PlaceKind.VENUE)
    with pytest.raises(SurveyEmpty):
        answer_on_paper(stage.session, slip, Answers(), TODAY)
    january = date(2027, 1, 4)
    answer_on_paper(stage.session, slip, GOOD, january)
    assert counts(stage, PlaceKind.VENUE, january)[Question.ALONE] == [0, 1, 0]
    assert stage.count(SurveyAnswer) == 2
