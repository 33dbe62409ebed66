"""The pages of people: found, seen, corrected, brought together; each role sees its own."""

import pytest
import time_machine
from sqlalchemy import select, update

from app.domain.appointment import Recipient
from app.domain.journal import JournalAction
from app.models.appointment import Appointment, Resident
from app.models.journal import JournalEntry
from tests.support.booking_walk import said
from tests.support.page_client import PageClient, filled, form_of, page_of
from tests.support.people_pages import FIND, acts, card, search
from tests.support.team import OWN, Team, book_a_person


@pytest.fixture
def boss(team: Team) -> PageClient:
    return team.client("coordinator")


@pytest.fixture
def clerk(team: Team) -> PageClient:
    return team.client("desk")


# ---- finding


def test_the_list_of_cards_to_bring_together_is_told_as_a_search(
    clerk: PageClient, team: Team
) -> None:
    before = acts(team).count(JournalAction.PERSON_SEARCHED)
    assert "Fiches à rapprocher" not in said(clerk.get(FIND))
    assert acts(team).count(JournalAction.PERSON_SEARCHED) == before
    with team.session() as session:
        book_a_person(session, OWN, "Apolline", "Baiebrune", 1)
    assert "Fiches à rapprocher" in said(clerk.get(FIND))
    assert acts(team).count(JournalAction.PERSON_SEARCHED) == before + 1


@pytest.mark.parametrize("typed", ["0001", "06 39 98 00 01", "baie", "BAIEBRUNE apo"])
def test_a_clerk_finds_a_card_of_their_commune(clerk: PageClient, typed: str) -> None:
    assert "1 fiche trouvée Apolline Baiebrune 06 39 98 00 01 Breuillet" in search(clerk, typed)


def test_a_card_of_elsewhere_has_no_name(clerk: PageClient, boss: PageClient) -> None:
    page = search(clerk, "0002")
    assert "Aucune fiche trouvée" in page
    assert "Cette personne est connue dans une autre commune." in page
    assert "Ramendou" not in page
    assert "Ramendou" in search(boss, "0002")
    assert "connue dans une autre commune" not in search(clerk, "0999")


def test_the_number_of_the_appointment_finds_its_card(clerk: PageClient, team: Team) -> None:
    with team.session() as session:
        number = session.scalars(
            select(Appointment.reference).where(
                Appointment.id == team.subjects["appointment_id"][0]
            )
        ).one()
    assert "Apolline Baiebrune" in search(clerk, str(number))


def test_too_little_is_refused_beside_the_field(clerk: PageClient) -> None:
    response = clerk.submit(clerk.get(FIND), "Chercher", recherche="ab")
    assert response.status_code == 422
    assert "Écrivez au moins 4 chiffres du téléphone, ou 3 lettres du nom." in said(response)
    assert page_of(response).soup.select_one("#recherche")["value"] == "ab"


def test_a_search_is_journalled_without_its_content(clerk: PageClient, team: Team) -> None:
    search(clerk, "baiebrune")
    assert acts(team) == [JournalAction.PERSON_SEARCHED]
    with team.session() as session:
        row = session.scalars(select(JournalEntry).order_by(JournalEntry.id.desc())).first()
        assert row is not None
        assert (row.user_id, row.subject_id, row.facts) == (team.users["desk"], None, {})


def test_nobody_copies_the_list_by_searching(clerk: PageClient) -> None:
    page = clerk.get(FIND)
    clerk.checks_pages = False  # 120 times the same page
    for _ in range(120):
        assert clerk.submit(page, "Chercher", recherche="zzz").status_code == 200
    assert clerk.submit(page, "Chercher", recherche="zzz").status_code == 429


def test_what_is_typed_is_never_in_an_address(clerk: PageClient) -> None:
    form = page_of(clerk.get(FIND)).soup.main.form
    assert form["method"] == "post"


# ---- the card


def test_a_look_at_a_card_is_journalled(clerk: PageClient, team: Team) -> None:
    page = said(clerk.get(card(team)))
    for words_of_card in ("Apolline Baiebrune", "06 39 98 00 01", "Breuillet", "Confirmé"):
        assert words_of_card in page
    assert acts(team) == [JournalAction.PERSON_SEEN]
    assert clerk.get(card(team, 1)).status_code == 404
    assert clerk.get(f"{FIND}/999").status_code == 404
    assert acts(team) == [JournalAction.PERSON_SEEN]


def test_a_desk_forgets_a_card_after_thirty_days(
    team: Team, monday: time_machine.Traveller
) -> None:
    monday.shift(29 * 24 * 3600)
    assert team.client("desk").get(card(team)).status_code == 200
    monday.shift(3 * 24 * 3600)
    assert team.client("desk").get(card(team)).status_code == 404
    assert "Aucune fiche trouvée" in search(team.client("desk"), "0001")
    assert team.client("coordinator").get(card(team)).status_code == 200


def test_what_the_reader_may_not_see_of_a_card_is_only_counted(team: Team) -> None:
    with team.session() as session:
        own, foreign = team.subjects["resident_id"]
        session.execute(
            update(Appointment).where(Appointment.resident_id == foreign).values(resident_id=own)
        )
        session.commit()
    page = said(team.client("desk").get(card(team)))
    assert "1 ancien rendez-vous n’est plus montré." in page
    assert "Vaux-sur-Mer" not in page


def test_a_referent_looks_and_changes_nothing(team: Team) -> None:
    page = said(team.client("referent").get(card(team)))
    assert "Corriger la fiche" not in page
    assert "Demander l’effacement" in page  # they pass it on; the coordination answers
    assert "Voir tout ce qui est gardé" not in page
    assert team.client("referent").get(f"{card(team)}/corriger").status_code == 403


def test_the_desk_writes_what_a_person_wants_no_more(clerk: PageClient, team: Team) -> None:
    page = clerk.get(card(team))
    assert "Refuse Rien" in said(page)
    values = filled(form_of(page_of(page), "Enregistrer ses choix"))
    assert {"sms", "email", "rappels"} <= values.keys()
    del values["email"], values["rappels"]
    done = clerk.post(f"{card(team)}/messages", data=values)
    page = clerk.get(done.headers["Location"])
    assert "Ses choix sont notés. Ses rendez-vous ne changent pas." in said(page)
    assert "Refuse Les e-mails, les rappels" in said(page)
    assert JournalAction.CHANNELS_REFUSED in acts(team)
    ticked = filled(form_of(page_of(page), "Enregistrer ses choix"))
    assert {"sms", "email", "rappels"} & ticked.keys() == {"sms"}


def test_stop_is_recorded_for_every_card_of_that_number(clerk: PageClient, team: Team) -> None:
    with team.session() as session:
        own, foreign = team.subjects["resident_id"]
        shared = session.get_one(Resident, own).phone
        session.get_one(Resident, foreign).phone = shared
        session.commit()
    done = clerk.submit(clerk.get(card(team)), "Cette personne a répondu STOP")
    page = clerk.get(done.headers["Location"])
    assert "« STOP » est noté : plus aucun SMS ne part vers ce numéro" in said(page)
    assert "Refuse Les SMS" in said(page)
    assert "a répondu STOP" not in said(page)
    with team.session() as session:
        refusals = session.scalars(select(Resident.refuses_sms).where(Resident.phone == shared))
        assert list(refusals) == [True, True]
    assert acts(team).count(JournalAction.STOP_RECORDED) == 2


def test_stop_of_a_helper_is_recorded_on_the_card_of_whom_they_help(
    clerk: PageClient, team: Team
) -> None:
    own, _ = team.subjects["resident_id"]
    with team.session() as session:
        held = session.scalars(select(Appointment).where(Appointment.resident_id == own)).all()
        held[0].helper_phone, held[0].message_to = "+33639980777", Recipient.HELPER
        session.commit()
    page = clerk.get(card(team))
    done = clerk.submit(page, "L’aidant, au 06 39 98 07 77, a répondu STOP")
    told = said(clerk.get(done.headers["Location"]))
    assert "plus aucun SMS ne part vers le numéro de cet aidant" in told
    assert "Refuse Les SMS" in told
    assert "a répondu STOP" not in told
    forged = filled(form_of(page_of(page), "Enregistrer ses choix")) | {"aidant": "+33600000000"}
    assert clerk.post(f"/agents/personnes/{own}/stop", data=forged).status_code == 404
