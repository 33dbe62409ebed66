"""The team as the coordinator sees it, and the communes that miss somebody."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from app.domain.access import Role
from app.domain.staff_errors import CounsellorMissing, EditedMeanwhile, SubjectUnknown
from app.models.schedule import Availability
from app.services.team import AccountRequest, change_user, create_user, disable_user
from app.services.team_list import (
    OpenAgenda,
    find_gaps,
    free_counsellors,
    open_agenda,
    read_member,
    read_team,
    version_of,
)
from tests.support.people_cards import clerk
from tests.support.stage import Stage, phone
from tests.support.stage_plan import NOW, TODAY


def referent(stage: Stage, name: str, *slugs: str, deputy: bool = False) -> int:
    ids = frozenset(stage.catalogue.commune(slug).id for slug in slugs)
    return create_user(
        stage.session,
        AccountRequest(
            f"{name}@equipe.invalid",
            name,
            "Essai",
            Role.REFERENT,
            ids,
            ids if deputy else frozenset(),
        ),
        by=None,
        now=NOW,
    )


def gaps(stage: Stage) -> dict[str, tuple[bool, bool]]:
    found = find_gaps(read_team(stage.session), stage.catalogue, NOW)
    return {gap.commune.slug: (gap.lacks_referent, gap.lacks_deputy) for gap in found}


def test_each_served_commune_has_a_referent_and_a_deputy(stage: Stage) -> None:
    both = (True, True)
    assert gaps(stage) == {"amont": both, "aval": both, "butte": both}
    referent(stage, "Rose", "amont", "aval")
    referent(stage, "Paul", "amont", deputy=True)
    assert gaps(stage) == {"aval": (False, True), "butte": both}
    left = referent(stage, "Zoé", "butte")
    disable_user(stage.session, left, by=None, now=NOW)
    assert gaps(stage)["butte"] == both


def test_the_team_is_read_by_name_the_closed_accounts_last(stage: Stage) -> None:
    anne, paul = clerk(stage), referent(stage, "Paul", "amont", deputy=True)
    disable_user(stage.session, paul, by=anne, now=NOW)
    first, second = read_team(stage.session)
    assert (first.id, first.name, first.has_password, first.has_second_step) == (
        anne, "Anne Essai", False, False,
    )  # fmt: skip
    assert not second.active
    assert second.deputy_of == second.commune_ids == {stage.catalogue.commune("amont").id}
    assert read_member(stage.session, anne) == first
    with pytest.raises(SubjectUnknown):
        read_member(stage.session, 999)


def test_an_agenda_has_one_account(stage: Stage) -> None:
    jeanne = stage.counsellor("jeanne")
    assert list(free_counsellors(stage.session).values()) == ["Jeanne", "Karim"]
    asked = AccountRequest(
        "j@equipe.invalid", "Jeanne", "Essai", Role.COUNSELLOR, counsellor_id=jeanne
    )
    user_id = create_user(stage.session, asked, by=None, now=NOW)
    assert list(free_counsellors(stage.session).values()) == ["Karim"]
    assert list(free_counsellors(stage.session, user_id).values()) == ["Jeanne", "Karim"]
    with pytest.raises(CounsellorMissing):
        create_user(stage.session, replace(asked, email="k@equipe.invalid"), by=None, now=NOW)


def test_an_agenda_goes_on_until_its_hours_end_and_nobody_is_booked(stage: Stage) -> None:
    jeanne = stage.counsellor("jeanne")

    def left(now: datetime = NOW) -> OpenAgenda:
        stage.session.rollback()
        return open_agenda(stage.session, stage.catalogue, jeanne, now)

    stage.book()
    stage.cancel(stage.book(phone=phone()))
    assert left() == OpenAgenda(appointments=1, has_hours=True)
    ending = update(Availability).where(Availability.counsellor_id == jeanne)
    stage.session.execute(ending.values(valid_until=TODAY + timedelta(days=1)))
    stage.session.commit()
    assert left() == OpenAgenda(1, True)
    assert left(NOW + timedelta(days=2)) == OpenAgenda(0, False)
    stage.session.execute(ending.values(valid_from=TODAY + timedelta(days=2)))
    stage.session.commit()
    assert not left().has_hours


def test_the_second_of_two_coordinators_is_told_who_was_first(stage: Stage) -> None:
    anne, paul = clerk(stage), referent(stage, "Paul", "amont")
    seen = version_of(stage.session, paul)
    wanted = AccountRequest("p@equipe.invalid", "Paul", "Essai", Role.COMMITTEE)
    change_user(stage.session, paul, wanted, by=anne, now=NOW, version=seen)
    with pytest.raises(EditedMeanwhile) as refused:
        change_user(stage.session, paul, wanted, by=anne, now=NOW, version=seen)
    assert refused.value.facts["by"] == "Anne"
    now_seen = version_of(stage.session, paul)
    change_user(stage.session, paul, wanted, by=anne, now=NOW, version=now_seen)
