"""« Aujourd’hui »: the day of each of the team, and the presses of one finger."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from app.domain.appointment import AppointmentStatus, MessageChannel
from app.models.accounts import User
from app.models.places import Venue
from app.web.agenda.today import SAID
from tests.support.agenda_site import TheDay
from tests.support.page_client import page_of
from tests.support.team import book_a_person

TODAY = "/agents/aujourdhui"
SHEET = f"{TODAY}/imprimer"


def words(response: object) -> str:
    return page_of(response).text.replace("\u00a0", " ")  # type: ignore[arg-type]


def test_a_counsellor_reads_where_who_and_what_to_bring(the_day: TheDay) -> None:
    page = the_day.team.client("counsellor").get(TODAY)
    said = words(page)
    for part in ("Mairie de Breuillet", "Apolline B.", "À appeler", "Téléphone ou ordinateur"):
        assert part in said
    assert "Baiebrune" not in said
    links = [link["href"] for link in page_of(page).soup.main("a")]  # type: ignore[union-attr]
    assert "tel:+33639980001" in links
    assert any(link.startswith("geo:0,0?q=Mairie%20de%20Breuillet%2C") for link in links)


def test_the_card_of_the_place_is_folded_on_the_day_and_on_the_appointment(
    the_day: TheDay,
) -> None:
    """What is typed in the settings is read where it is needed; not by whoever is not there."""
    client = the_day.team.client("counsellor")
    assert page_of(client.get(TODAY)).soup.select("main details") == []
    with the_day.team.session() as session:
        venue = session.get_one(Venue, the_day.team.subjects["venue_id"][0])
        venue.card = {"wifi": "Mairie-Public", "keys": "À l’accueil, avant 18 h"}
        session.commit()
    for page in (TODAY, the_day.page):
        (card,) = page_of(client.get(page)).soup.select("main details")
        told = [each.get_text(" ", strip=True) for each in card.select(".summary__row")]
        assert told == ["Wi-Fi Mairie-Public", "Clés, alarme À l’accueil, avant 18 h"], page
    assert "Mairie-Public" not in words(the_day.team.client("desk").get(TODAY))


def test_a_day_without_anything_says_so(the_day: TheDay) -> None:
    the_day.clock.move_to("2026-11-29T09:00:00+00:00", tick=False)
    assert "Rien aujourd’hui." in words(the_day.team.client("counsellor").get(TODAY))
    assert "Rien aujourd’hui." in words(the_day.team.client("counsellor").get(SHEET))
    assert "Aucun rendez-vous aujourd’hui." in words(the_day.team.client("desk").get(TODAY))


def test_arrived_then_present_take_one_press_each(the_day: TheDay) -> None:
    client = the_day.team.client("counsellor")
    page = client.submit(client.get(TODAY), "Arrivé Apolline B.")
    assert page.status_code == 303
    assert page.headers["Location"] == f"{TODAY}?fait=arrive&rdv={the_day.id}#rdv-{the_day.id}"
    page = client.get(page.headers["Location"])
    (said,) = page_of(page).soup.select(".said")
    assert said.get_text(strip=True).replace("\u00a0", " ") == SAID["arrive"]
    assert said.find_parent(id=f"rdv-{the_day.id}"), "where the eye is, not above the title"
    assert "Présent Apolline" not in words(page), "their hour has not come"
    token = page_of(page).soup.main.select_one("[name=csrf_token]")["value"]
    refused = client.post(f"{the_day.page}/present", data={"csrf_token": token})
    assert refused.status_code == 409
    assert "Ce rendez-vous n’a pas commencé." in words(refused)
    the_day.go(timedelta())
    client.submit(client.get(TODAY), "Présent Apolline B.")
    assert the_day.row().status is AppointmentStatus.ATTENDED
    assert the_day.acts() == ["ARRIVED", "ATTENDED"]


def test_absent_is_offered_from_the_hour_on_and_taken_back(the_day: TheDay) -> None:
    client = the_day.team.client("counsellor")
    assert "Absent Apolline" not in words(client.get(TODAY))
    the_day.go(timedelta(minutes=5))
    page = client.get(client.submit(client.get(TODAY), "Absent Apolline B.").headers["Location"])
    assert "Absent sans prévenir" in words(page)
    client.submit(page, "Présent Apolline B.")
    assert the_day.row().status is AppointmentStatus.ATTENDED
    assert the_day.acts() == ["NO_SHOW", "ATTENDED"]


def test_who_is_later_than_the_setting_is_the_choice_of_the_counsellor(the_day: TheDay) -> None:
    client, late = the_day.team.client("counsellor"), "Plus de 15 minutes de retard. À vous de"
    the_day.go(timedelta(minutes=15))
    assert late not in words(client.get(TODAY))
    the_day.go(timedelta(minutes=16))
    page = client.get(TODAY)
    assert late in words(page)
    assert late not in words(the_day.team.client("desk").get(TODAY))
    client.submit(page, "Arrivé Apolline B.")
    assert late not in words(client.get(TODAY))


def test_somebody_came_without_an_appointment_and_it_was_a_slip(the_day: TheDay) -> None:
    client = the_day.team.client("counsellor")
    form = client.get(TODAY)
    first = client.submit(form, "Venu sans rendez-vous").headers["Location"]
    assert client.submit(form, "Venu sans rendez-vous").headers["Location"] == first
    page = client.get(first)
    assert words(page).count("Personne venue sans rendez-vous") == 1
    client.submit(page, "Retirer cette personne")
    assert "Personne venue sans rendez-vous" not in words(client.get(f"{TODAY}?fait=retire"))


def test_a_delay_lists_who_waits_with_their_phone(the_day: TheDay) -> None:
    client = the_day.team.client("counsellor")
    answer = client.submit(client.get(TODAY), "30 min de retard")
    page = client.get(answer.headers["Location"])
    assert "30 minutes de retard : personnes à prévenir" in words(page)
    assert "06 39 98 00 01" in words(page)
    client.submit(client.get(TODAY), "15 min de retard")
    (call,) = the_day.calls()
    assert call.reason.value == "RUNNING_LATE"
    answer = client.post(
        f"/agents/a-appeler/{the_day.id}",
        data=form_of_call(client, the_day) | {"resultat": "joint"},
    )
    assert answer.headers["Location"] == f"{TODAY}?fait=appel"
    assert "personnes à prévenir" not in words(client.get(answer.headers["Location"]))
    assert the_day.calls()[0].closed_at is not None


def test_who_wants_text_messages_is_told_by_one(the_day: TheDay) -> None:
    the_day.change(message_channel=MessageChannel.SMS)
    client = the_day.team.client("counsellor")
    answer = client.submit(client.get(TODAY), "30 min de retard")
    page = words(client.get(answer.headers["Location"]))
    assert "Vous avez prévenu par SMS" in page
    assert "Apolline B." in page
    assert "30 minutes de retard" in page
    assert "Personne n’attend" not in page
    assert the_day.calls() == []


def form_of_call(client: object, the_day: TheDay) -> dict[str, str]:
    """What the form of the call holds."""
    page = page_of(client.get(TODAY))  # type: ignore[attr-defined]
    form = page.soup.select_one(f"form[action='/agents/a-appeler/{the_day.id}']")
    assert form is not None
    return {each["name"]: each["value"] for each in form("input")}


def test_a_delay_of_another_length_is_refused(the_day: TheDay) -> None:
    client = the_day.team.client("counsellor")
    form = page_of(client.get(TODAY)).soup.select_one("form[action$=retard] [name=csrf_token]")
    token = form["value"]  # type: ignore[index]
    for minutes in ("", "16", "²"):
        data = {"csrf_token": token, "minutes": minutes}
        assert client.post(f"{TODAY}/retard", data=data).status_code == 422


def test_nobody_waits_when_nobody_is_to_come(the_day: TheDay) -> None:
    the_day.go(timedelta(hours=8))
    client = the_day.team.client("counsellor")
    answer = client.submit(client.get(TODAY), "45 min de retard")
    assert "Personne n’attend" in words(client.get(answer.headers["Location"]))


def test_what_was_left_without_an_outcome_is_listed_the_next_day(the_day: TheDay) -> None:
    the_day.go(timedelta(days=1))
    page = the_day.team.client("counsellor").get(TODAY)
    assert f'href="{the_day.page}"' in page.text
    assert "À compléter" in words(page)


def test_the_sheet_of_the_day_has_no_phone_but_of_a_visit(the_day: TheDay) -> None:
    client = the_day.team.client("counsellor")
    said = words(client.get(SHEET))
    assert "Apolline B." in said
    assert "06 39" not in said
    with the_day.team.session() as session:
        visit = book_a_person(session, "breuillet", "Yvette", "Sablon", 7, is_visit=True)
    starts_at = the_day.row(visit).engagement.starts_at
    the_day.clock.move_to(starts_at - timedelta(hours=1), tick=False)
    for page in (SHEET, TODAY):
        said = words(the_day.team.client("counsellor").get(page))
        assert "4 rue des Essais, 17920 Breuillet" in said, page
    assert "06 39 98 00 07" in words(the_day.team.client("counsellor").get(SHEET))
    assert "Route" in said


def test_a_desk_sees_its_own_people_whole_and_initials_of_the_others(the_day: TheDay) -> None:
    the_day.change(commune_id=the_day.team.subjects["commune_id"][1])
    said = words(the_day.team.client("desk").get(TODAY))
    assert "Apolline B." in said
    assert "06 39 98" not in said
    the_day.change(commune_id=the_day.team.subjects["commune_id"][0])
    said = words(the_day.team.client("desk").get(TODAY))
    assert "Apolline Baiebrune" in said
    assert "Arrivé" not in said
    assert "Apolline B." in words(the_day.team.client("referent").get(SHEET))
    assert "Apolline" not in words(the_day.team.client("foreign_desk").get(TODAY))


def test_the_coordination_sees_what_needs_attention(the_day: TheDay) -> None:
    client = the_day.team.client("coordinator")
    said = words(client.get(TODAY))
    assert "Arvert : ni référent ni suppléant" in said
    assert "Référent de Breuillet : pas de suppléant" in said
    the_day.go(timedelta(hours=3))
    page = the_day.team.client("coordinator").get(TODAY)
    assert "À compléter" in words(page)
    assert f'href="{the_day.page}"' in page.text


@pytest.mark.parametrize("who", ["coordinator", "counsellor", "desk", "referent"])
def test_the_team_lands_there(the_day: TheDay, who: str) -> None:
    assert the_day.team.client(who).get("/agents").headers["Location"] == TODAY


def test_the_committee_has_no_day_of_its_own(the_day: TheDay) -> None:
    client = the_day.team.client("committee")
    assert client.get("/agents").headers["Location"] != TODAY
    assert client.get(TODAY).status_code == 403


def test_what_is_pressed_in_a_hurry_stands_just_under_the_title(the_day: TheDay) -> None:
    page = page_of(the_day.team.client("counsellor").get(TODAY))
    presses = page.soup.select_one("h1 + .hurry")
    assert presses is not None
    told = presses.get_text(" ", strip=True)
    assert "Venu sans rendez-vous" in told
    assert "J’ai du retard 15\u00a0min" in told, "each delay is one press, not folded"


def test_a_phone_shows_three_entries_of_the_menu_and_folds_the_others(the_day: TheDay) -> None:
    """On a wide screen the same list is whole: the fold is hidden there by the style sheet."""
    page = page_of(the_day.team.client("counsellor").get("/agents/mon-compte"))
    every, folded = page.soup.select_one(".staff-menu > ul"), page.soup.select_one("details ul")
    assert every is not None
    assert folded is not None
    links = [each["href"] for each in every("a")]
    assert [each["href"] for each in every.select("li:not(.staff-menu__rest) a")] == links[:3]
    assert [each["href"] for each in folded("a")] == links[3:]
    assert page.soup.select_one("summary.staff-menu__here"), "the page is one of the folded ones"


def test_a_visit_that_nobody_ended_is_told_to_the_team_until_all_is_well(the_day: TheDay) -> None:
    team = the_day.team
    with team.session() as session:
        visit = book_a_person(session, "breuillet", "Yvette", "Sablon", 7, is_visit=True)
        phone = {"phone": "+33639980099"}
        session.execute(update(User).where(User.id == team.users["counsellor"]).values(phone))
        session.commit()
    held = the_day.row(visit).engagement
    the_day.clock.move_to(held.ends_at + timedelta(minutes=31), tick=False)
    told = "devait finir à"
    counsellor, colleague = team.client("counsellor"), team.client("colleague")
    boss, desk = team.client("coordinator"), team.client("desk")
    assert told not in words(counsellor.get(TODAY)), "who is there has the button"
    assert told not in words(desk.get(TODAY))
    page = colleague.get(TODAY)
    assert told in words(page)
    assert 'href="tel:+33639980099"' in page.text
    assert "rue des Essais" not in page.text
    page = boss.get(TODAY)
    assert "4 rue des Essais, 17920 Breuillet" in words(page)
    assert 'href="tel:+33639980007"' in page.text
    done = boss.submit(page, "Tout va bien")
    assert "tout va bien, la visite est terminée" in words(boss.get(done.headers["Location"]))
    assert told not in words(colleague.get(TODAY))
    assert "Visite terminée à" in words(counsellor.get(TODAY))


def test_the_end_of_a_visit_is_one_press(the_day: TheDay) -> None:
    with the_day.team.session() as session:
        visit = book_a_person(session, "breuillet", "Yvette", "Sablon", 7, is_visit=True)
    starts_at = the_day.row(visit).engagement.starts_at
    the_day.clock.move_to(starts_at - timedelta(minutes=1), tick=False)
    client = the_day.team.client("counsellor")
    assert "Visite terminée" not in words(client.get(TODAY))
    the_day.clock.move_to(starts_at + timedelta(minutes=20), tick=False)
    page = client.get(client.submit(client.get(TODAY), "Visite terminée").headers["Location"])
    assert "C’est noté : la visite est terminée." in words(page)
    assert "Visite terminée à" in words(page)
