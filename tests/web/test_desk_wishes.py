"""Who refuses text messages is told by voice, until they choose one at the desk after all."""

import pytest
from sqlalchemy import select

from app.domain.journal import JournalAction
from app.domain.sending import ALL_WELCOME, Wishes
from app.models.appointment import Appointment
from app.services.wishes import set_wishes, wishes_of
from tests.support.desk_call import TOPIC, look, offered, save
from tests.support.page_client import PageClient, page_of
from tests.support.people_pages import acts
from tests.support.presquile import NOW
from tests.support.team import Team

NO_SMS = Wishes(no_sms=True)


@pytest.fixture
def clerk(team: Team) -> PageClient:
    return team.client("desk")


def refuse(team: Team, wishes: Wishes = NO_SMS) -> str:
    with team.session() as session:
        resident_id = team.subjects["resident_id"][0]
        set_wishes(session, resident_id, wishes, by=None, now=NOW)
    return str(resident_id)


def kept(team: Team) -> Wishes:
    with team.session() as session:
        return wishes_of(session, team.subjects["resident_id"][0])


def test_a_refusal_is_told_and_voice_is_proposed(clerk: PageClient, team: Team) -> None:
    person = refuse(team)
    page = page_of(look(clerk, telephone="00 01", besoin=TOPIC, personne=person)).soup
    assert page.select_one(f"#personne-{person}")["data-message"] == "VOICE"
    told = page.select_one(f"#personne-{person}-detail").get_text()
    assert "Ne veut plus de SMS." in told
    assert page.select_one("input[name=message][checked]")["value"] == "VOICE"


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        (Wishes(no_mail=True), "Ne veut plus d’e-mail."),
        (Wishes(no_sms=True, no_mail=True), "Ne veut plus de SMS ni d’e-mail."),
    ],
)
def test_each_refusal_has_its_words(
    clerk: PageClient, team: Team, wishes: Wishes, told: str
) -> None:
    person = refuse(team, wishes)
    page = page_of(look(clerk, telephone="00 01", personne=person)).soup
    assert told in page.select_one(f"#personne-{person}-detail").get_text()


@pytest.mark.parametrize(("chosen", "left"), [("SMS", ALL_WELCOME), ("VOICE", NO_SMS)])
def test_choosing_a_text_message_lifts_the_refusal(
    clerk: PageClient, team: Team, chosen: str, left: Wishes
) -> None:
    person = refuse(team)
    page = look(clerk, telephone="00 01", besoin=TOPIC, personne=person)
    answer = save(clerk, page, choix=offered(page)[0], personne=person, message=chosen)
    assert answer.status_code == 303
    assert kept(team) == left
    assert (JournalAction.CHANNELS_REFUSED in acts(team)) == (chosen == "SMS")
    with team.session() as session:
        last = select(Appointment.message_channel).order_by(Appointment.id.desc())
        assert session.scalars(last).first() == chosen


def test_a_refused_booking_lifts_nothing(clerk: PageClient, team: Team) -> None:
    """The hour was taken meanwhile: the person has agreed to nothing yet."""
    person = refuse(team)
    page = look(clerk, telephone="00 01", besoin=TOPIC, personne=person)
    answer = save(clerk, page, choix="2026-11-29T03:00|", personne=person, message="SMS")
    assert answer.status_code == 409
    assert kept(team) == NO_SMS
    assert JournalAction.CHANNELS_REFUSED not in acts(team)
