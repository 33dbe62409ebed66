"""The page of one appointment: what each may read of it, its note, its paper card."""

from datetime import timedelta

import pytest

from tests.support.agenda_site import TheDay
from tests.support.page_client import page_of
from tests.support.team import book_a_person
from tests.web.test_agenda_today import words


def test_a_desk_reads_all_that_concerns_its_resident(the_day: TheDay) -> None:
    said = words(the_day.team.client("desk").get(the_day.page))
    for part in (
        "Apolline Baiebrune", "06 39 98 00 01", "Mairie de Breuillet", "Avec Jeanne",
        "45 minutes", "Téléphone ou ordinateur", "Aucun message",
        "Pris par la personne, sur le site",
    ):  # fmt: skip
        assert part in said


def test_a_colleague_sees_an_initial_and_may_still_act(the_day: TheDay) -> None:
    page = the_day.team.client("colleague").get(the_day.page)
    said = words(page)
    assert "Apolline B." in said
    assert "Baiebrune" not in said
    assert "06 39" not in said
    assert "Besoin" not in said
    assert "Note" not in page.text
    assert f"{the_day.page}/annuler" in page.text
    assert f"{the_day.page}/imprimer" not in page.text
    assert the_day.team.client("colleague").get(f"{the_day.page}/imprimer").status_code == 404


def test_a_foreign_appointment_does_not_exist(the_day: TheDay) -> None:
    foreign = f"/agents/rendez-vous/{the_day.foreign_id}"
    for page in (foreign, f"{foreign}/annuler", "/agents/rendez-vous/99999"):
        assert the_day.team.client("desk").get(page).status_code == 404, page


def test_a_look_is_journalled_once_a_day_for_each(the_day: TheDay) -> None:
    desk, coordinator = the_day.team.client("desk"), the_day.team.client("coordinator")
    for client in (desk, desk, coordinator):
        client.get(the_day.page)
    assert the_day.acts() == ["APPOINTMENT_SEEN"] * 2
    the_day.go(timedelta(days=1))
    the_day.team.client("desk").get(the_day.page)
    assert the_day.acts() == ["APPOINTMENT_SEEN"] * 3


def test_the_note_is_written_read_and_journalled_without_its_words(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    page = desk.get(the_day.page)
    assert "N’écrivez rien sur la santé" in words(page)
    answer = desk.submit(page, "Enregistrer la note", note="Vient avec sa fille")
    assert answer.headers["Location"] == f"{the_day.page}?fait=note"
    assert the_day.row().note == "Vient avec sa fille"
    assert "NOTE_WRITTEN" in the_day.acts()
    referent = the_day.team.client("referent").get(the_day.page)
    assert "Vient avec sa fille" in words(referent)
    assert "Enregistrer la note" not in words(referent)


def test_a_note_that_is_too_long_stays_in_its_field(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    answer = desk.submit(desk.get(the_day.page), "Enregistrer la note", note="n" * 201)
    assert answer.status_code == 422
    assert "n" * 201 in answer.text
    assert the_day.row().note is None


def test_two_who_write_a_note_the_second_is_told_and_loses_nothing(the_day: TheDay) -> None:
    desk, counsellor = the_day.team.client("desk"), the_day.team.client("counsellor")
    seen = counsellor.get(the_day.page)
    desk.submit(desk.get(the_day.page), "Enregistrer la note", note="Vient avec sa fille")
    answer = counsellor.submit(seen, "Enregistrer la note", note="Apporte deux téléphones")
    assert answer.status_code == 409
    said = words(answer)
    assert "Desk a changé la même chose à" in said
    assert "Note enregistrée : « Vient avec sa fille »" in said
    assert 'value="Apporte deux téléphones"' in answer.text
    assert the_day.row().note == "Vient avec sa fille"
    counsellor.submit(answer, "Enregistrer la note")
    assert the_day.row().note == "Apporte deux téléphones"


def test_one_writes_twice_from_two_tabs(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    seen = desk.get(the_day.page)
    for text in ("Vient avec sa fille", "Vient seule", "Vient seule"):
        assert desk.submit(seen, "Enregistrer la note", note=text).status_code == 303
    assert the_day.row().note == "Vient seule"


def test_the_note_is_sent_again_where_the_page_was_too_old(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    answer = desk.post(f"{the_day.page}/note", data={"note": "Vient seule", "lue": ""})
    assert answer.status_code == 422
    assert 'value="Vient seule"' in answer.text


def test_what_is_pressed_on_the_page_comes_back_to_it(the_day: TheDay) -> None:
    counsellor = the_day.team.client("counsellor")
    answer = counsellor.submit(counsellor.get(the_day.page), "Arrivé Apolline")
    assert answer.headers["Location"] == f"{the_day.page}?fait=arrive"
    page = counsellor.get(answer.headers["Location"])
    assert "Arrivé à" in words(page)
    the_day.go(timedelta())
    answer = counsellor.submit(counsellor.get(the_day.page), "Présent Apolline")
    assert "Présent" in words(counsellor.get(answer.headers["Location"]))


@pytest.mark.parametrize("is_visit", [False, True])
def test_the_card_on_paper_has_the_number_and_no_street_of_a_home(
    the_day: TheDay, is_visit: bool
) -> None:
    held = the_day.id
    if is_visit:
        with the_day.team.session() as session:
            held = book_a_person(session, "breuillet", "Yvette", "Sablon", 7, is_visit=True)
    page = the_day.team.client("desk").get(f"/agents/rendez-vous/{held}/imprimer")
    reference = str(the_day.row(held).reference)
    assert f"{reference[:3]} {reference[3:]}" in words(page)
    assert "rue des Essais" not in words(page)
    assert "sheet" in str(page_of(page).soup.body["class"])  # type: ignore[index]
    assert ("À préparer" if is_visit else "À apporter") in words(page)


def test_a_visit_shows_its_address_to_who_may_go_there(the_day: TheDay) -> None:
    with the_day.team.session() as session:
        held = book_a_person(session, "breuillet", "Yvette", "Sablon", 7, is_visit=True)
    page = f"/agents/rendez-vous/{held}"
    assert "4 rue des Essais, 17920 Breuillet" in words(the_day.team.client("desk").get(page))
    assert "rue des Essais" not in words(the_day.team.client("colleague").get(page))


def test_a_new_appointment_for_the_same_person_keeps_the_counsellor(the_day: TheDay) -> None:
    words_of_link = "Nouveau rendez-vous avec la même personne"
    client = the_day.team.client("desk")
    links = page_of(client.get(the_day.page)).soup.select("a[href^='/agents/telephone?']")
    (link,) = [each for each in links if words_of_link in each.get_text().replace("\u00a0", " ")]
    page = client.get(str(link["href"]))
    soup = page_of(page).soup
    assert soup.select_one("#prenom")["value"] == "Apolline"  # type: ignore[index]
    holder = the_day.row().engagement.counsellor_id
    assert soup.select_one("[name=conseiller]")["value"] == str(holder)  # type: ignore[index]
    assert soup.select_one(".desk-times h3").get_text(strip=True) == "Breuillet, avec Jeanne"  # type: ignore[union-attr]
    colleague = the_day.team.client("colleague").get(the_day.page)
    assert words_of_link not in words(colleague)


@pytest.mark.parametrize("page", ["imprimer", "lettre", "annuler", "deplacer"])
def test_each_page_that_shows_an_appointment_is_in_the_journal(the_day: TheDay, page: str) -> None:
    path, before = f"{the_day.page}/{page}", the_day.acts()
    assert the_day.team.client("foreign_desk").get(path).status_code == 404
    assert the_day.team.client("coordinator").get(path).status_code == 200
    assert the_day.acts() == [*before, "APPOINTMENT_SEEN"]
