"""The phone desk without scripts: look, then save; what is shown and what is booked."""

import pytest
import time_machine
from sqlalchemy import select, update

from app.domain.appointment import (
    AppointmentStatus,
    CallReason,
    Channel,
    Deadline,
    MessageChannel,
)
from app.domain.journal import JournalAction
from app.domain.sharing import KeyKind, Part, SharingKey
from app.models.appointment import Appointment, CallTask, Resident
from app.models.journal import JournalEntry
from app.models.places import Commune, Territory, Venue
from app.services.sharing_keys import add_key
from tests.support.desk_call import CALL, TOPIC, a_call, look, offered, save, send
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.team import OWN, Team, book_a_person


@pytest.fixture
def clerk(team: Team) -> PageClient:
    return team.client("desk")


def test_the_page_comes_in_the_order_of_the_call(clerk: PageClient) -> None:
    page = page_of(clerk.get(CALL))
    assert page.h1 == "Rendez-vous par téléphone"
    names = [
        each["name"] for each in page.soup.select("main [name]") if each.get("type") != "hidden"
    ]
    asked = list(dict.fromkeys(names))
    assert asked == [
        "telephone", "prenom", "nom", "commune", "besoin", "deplacement", "adresse", "complement",
        "rappel", "delai", "message", "email", "note", "appel", "quand", "trajet",
    ]  # fmt: skip
    chosen = page.soup.select_one("select[name=commune] option[selected]")
    assert chosen
    assert chosen["value"] == OWN


def test_somebody_new_is_booked_in_two_steps(clerk: PageClient, team: Team) -> None:
    answer = a_call(clerk, note="Sonner  deux fois")
    assert answer.status_code == 303
    page = page_of(clerk.get(answer.headers["Location"]))
    assert page.h1 == "Le rendez-vous est enregistré"
    with team.session() as session:
        row = session.scalars(select(Appointment).order_by(Appointment.id.desc())).first()
        assert row
        assert (row.channel, row.booked_by_id) == (Channel.PHONE, team.users["desk"])
        assert (row.note, row.resident.to_reconcile) == ("Sonner deux fois", False)
        assert row.message_channel is MessageChannel.SMS


def test_what_is_read_aloud_has_hours_and_digits_in_words(clerk: PageClient) -> None:
    page = page_of(clerk.get(a_call(clerk).headers["Location"]))
    said = page.soup.select_one(".read-aloud")
    assert said
    text = " ".join(said.get_text(" ").split())
    assert "Je vous confirme : " in text.replace("\u00a0", " ")
    assert "à la mairie de Breuillet, 28 rue du Centre." in text
    assert "heure" in text.split("Mairie")[0]
    assert " — " in text
    assert "Pensez à apporter : téléphone" in text
    links = {each.get_text(strip=True): each["href"] for each in page.soup.select("main a.button")}
    assert list(links) == ["Nouvel appel", "Personne suivante, même lieu", "Imprimer la carte"]
    assert page_of(clerk.get(str(links["Imprimer la carte"]))).soup.select_one(".ticket")


def test_a_place_without_an_address_is_read_without_a_hole(clerk: PageClient, team: Team) -> None:
    with team.session() as session:
        session.execute(update(Venue).values(address=""))
        session.execute(update(Territory).values(revision=Territory.revision + 1))
        session.commit()
    page = page_of(clerk.get(a_call(clerk).headers["Location"]))
    said = page.soup.select_one(".read-aloud")
    assert said
    assert "à la mairie de Breuillet." in " ".join(said.get_text(" ").split())


def test_the_next_person_keeps_place_day_commune_and_need(clerk: PageClient) -> None:
    done = page_of(clerk.get(a_call(clerk).headers["Location"]))
    onward = done.soup.find("a", string=lambda text: bool(text and "même lieu" in text))
    link = next(each for each in done.soup.select("main a") if "même lieu" in each.get_text())
    assert onward is None or onward == link
    page = clerk.get(str(link["href"]))
    soup = page_of(page).soup
    assert soup.select_one(f"input[name=besoin][value={TOPIC}][checked]")
    assert soup.select_one("input[name=lieu][value=mairie-de-breuillet], input[name=lieu]")
    day = str(soup.select_one("input[name=des]")["value"])  # type: ignore[index]
    assert offered(page)[0].startswith(day)


def test_a_known_person_is_shown_and_booked_on_their_card(clerk: PageClient, team: Team) -> None:
    card_id = team.subjects["resident_id"][0]
    page = look(clerk, telephone="00 01", besoin=TOPIC, personne=str(card_id))
    text = page_of(page).text
    assert "Apolline Baiebrune" in text
    assert "Prochain rendez-vous" in text
    assert page_of(page).soup.select_one("#nom")["value"] == "Baiebrune"  # type: ignore[index]
    answer = save(clerk, page, choix=offered(page)[0])
    assert answer.status_code == 303
    told = "Cette personne a un autre rendez-vous la même semaine."
    done = page_of(clerk.get(answer.headers["Location"])).soup.select("main p")
    assert told in [" ".join(each.get_text().split()).replace("\u2011", "-") for each in done]
    with team.session() as session:
        assert len(session.scalars(select(Resident.id)).all()) == 2
        rows = session.scalars(select(Appointment).where(Appointment.resident_id == card_id))
        assert len(rows.all()) == 2


def test_who_did_not_come_twice_is_to_be_called_before_the_next_one(
    clerk: PageClient, team: Team
) -> None:
    """Told beside the card, at the desk and on its page; nothing is refused."""
    card_id = team.subjects["resident_id"][0]
    page = look(clerk, telephone="0001", besoin=TOPIC, personne=str(card_id))
    assert save(clerk, page, choix=offered(page)[0]).status_code == 303
    told = "2 absences sans prévenir : rappelez avant le prochain"
    assert told not in page.text.replace("\u00a0", " ")
    with team.session() as session:
        own = update(Appointment).where(Appointment.resident_id == card_id)
        session.execute(own.values(status=AppointmentStatus.NO_SHOW))
        session.commit()
    again = look(clerk, telephone="0001", besoin=TOPIC, personne=str(card_id))
    assert told in page_of(again).text.replace("\u00a0", " ")
    assert told in page_of(clerk.get(f"/agents/personnes/{card_id}")).text.replace("\u00a0", " ")
    assert save(clerk, again, choix=offered(again)[0]).status_code == 303


def test_a_commune_that_had_its_half_days_is_told_beside_the_times(
    team: Team, monday: time_machine.Traveller
) -> None:
    with team.session() as session:
        insee = session.scalar(select(Commune.insee_code).where(Commune.slug == OWN))
        other = session.scalar(select(Commune.insee_code).where(Commune.slug == "arvert"))
        parts = (Part(str(insee), 300), Part(str(other), 9_700))
        key = SharingKey(KeyKind.TIME, NOW.date(), parts)
        add_key(session, key, by=team.users["coordinator"], now=NOW)
    told = "Breuillet sont déjà utilisées."
    assert told not in look(team.client("desk"), besoin=TOPIC).text
    monday.shift(21 * 24 * 3600)
    page = look(team.client("desk"), besoin=TOPIC)
    assert told in page.text
    assert offered(page)


def test_a_card_may_be_given_by_the_address(clerk: PageClient, team: Team) -> None:
    page = clerk.get(f"{CALL}?personne={team.subjects['resident_id'][0]}")
    assert page_of(page).soup.select_one("#prenom")["value"] == "Apolline"  # type: ignore[index]


def test_a_card_that_is_opened_is_in_the_journal_once_a_call(
    clerk: PageClient, team: Team, monday: time_machine.Traveller
) -> None:
    card_id = team.subjects["resident_id"][0]

    def seen() -> int:
        with team.session() as session:
            about = select(JournalEntry).where(
                JournalEntry.action == JournalAction.PERSON_SEEN,
                JournalEntry.subject_id == card_id,
                JournalEntry.user_id == team.users["desk"],
            )
            return len(session.scalars(about).all())

    assert clerk.get(f"{CALL}?personne={team.subjects['resident_id'][1]}").status_code == 404
    assert seen() == 0
    page = clerk.get(f"{CALL}?personne={card_id}")
    assert seen() == 1
    assert save(clerk, page, appel="").status_code == 422
    assert seen() == 1
    monday.shift(30 * 60)
    clerk = team.client("desk")
    clerk.get(f"{CALL}?personne={card_id}")
    assert seen() == 2


def test_a_likely_double_is_told_beside_both_cards(clerk: PageClient, team: Team) -> None:
    with team.session() as session:
        book_a_person(session, OWN, "Apolline", "Baiebrune", 1)
    page = look(clerk, telephone="0001")
    assert page_of(page).text.count("Doublon possible : même nom, même téléphone.") == 2


def test_refused_times_come_with_their_reason(clerk: PageClient) -> None:
    page = look(clerk, besoin=TOPIC, voir="refusees")
    assert "Heures refusées" in page.text
    assert "déjà pris" in page.text
    assert "Voir les heures refusées" not in page.text


def test_further_dates_and_back(clerk: PageClient) -> None:
    page = look(clerk, besoin=TOPIC)
    later = page_of(page).soup.select_one("button[name=aller]")
    assert later
    further = send(clerk, page, f"{CALL}/chercher", aller=str(later["value"]))
    assert min(offered(further)) >= str(later["value"])
    assert "Voir les premières dates" in further.text


def test_somebody_without_a_phone_is_told_on_paper(clerk: PageClient, team: Team) -> None:
    answer = a_call(clerk, telephone="", message="PAPER")
    assert answer.status_code == 303
    with team.session() as session:
        row = session.scalars(select(Appointment).order_by(Appointment.id.desc())).first()
        assert row
        assert (row.resident.phone, row.message_channel) == (None, MessageChannel.PAPER)


def test_a_landline_is_put_on_the_list_of_calls(clerk: PageClient, team: Team) -> None:
    page = look(clerk, besoin=TOPIC, telephone="05 46 00 00 00")
    assert page_of(page).soup.select_one("input[name=message][value=VOICE][checked]")
    answer = save(clerk, page, prenom="Ida", nom="Serin", choix=offered(page)[-1])
    assert "il faut l’appeler" in clerk.get(answer.headers["Location"]).text
    with team.session() as session:
        reasons = session.scalars(select(CallTask.reason)).all()
    assert reasons == [CallReason.REMINDER]


def test_a_visit_asks_for_an_address(clerk: PageClient, team: Team) -> None:
    page = look(clerk, besoin=TOPIC, deplacement="non")
    answer = save(
        clerk, page, prenom="Ida", nom="Serin", telephone="06 39 98 77 02",
        adresse="4 rue des Essais", choix=offered(page)[0],
    )  # fmt: skip
    done = clerk.get(answer.headers["Location"])
    assert page_of(done).h1 == "La visite est enregistrée"
    assert "chez vous." in done.text
    assert "Nous vous appelons avant la visite." in done.text
    again = next(each for each in page_of(done).soup.select("main a") if "même lieu" in each.text)
    assert "deplacement=non" in str(again["href"])


def test_a_near_deadline_is_noted(clerk: PageClient, team: Team) -> None:
    assert a_call(clerk, delai="TAXES").status_code == 303
    with team.session() as session:
        row = session.scalars(select(Appointment).order_by(Appointment.id.desc())).first()
        assert row
        assert row.deadline is Deadline.TAXES


def test_the_journal_tells_the_search_and_the_booking(clerk: PageClient, team: Team) -> None:
    look(clerk, telephone="0001")
    a_call(clerk)
    with team.session() as session:
        rows = session.scalars(
            select(JournalEntry).where(JournalEntry.user_id == team.users["desk"])
        )
        told = {row.action: row for row in rows}
    assert {JournalAction.PERSON_SEARCHED, JournalAction.APPOINTMENT_BOOKED} <= set(told)
    assert "Serin" not in str([row.facts for row in told.values()])


def test_fragments_hold_the_lists_alone(clerk: PageClient) -> None:
    page = clerk.get(CALL)
    people = send(clerk, page, f"{CALL}/personnes", telephone="0001").get_json()
    assert people["said"] == "1 fiche trouvée. Entrée choisit la première."
    assert "Baiebrune" in people["html"]
    nobody = send(clerk, page, f"{CALL}/personnes", telephone="9999").get_json()
    assert nobody["said"] == "Aucune fiche. C’est une nouvelle personne."
    assert send(clerk, page, f"{CALL}/personnes").get_json()["said"] == ""
    times = send(clerk, page, f"{CALL}/heures", besoin=TOPIC, voir="refusees").get_json()
    assert 'name="choix"' in times["html"]
    assert "<html" not in times["html"]


def test_a_coordinator_chooses_the_commune_first(team: Team) -> None:
    coordinator = team.client("coordinator")
    page = look(coordinator, besoin=TOPIC)
    assert "Choisissez la commune et le besoin." in page.text
    assert offered(look(coordinator, besoin=TOPIC, commune=OWN))
