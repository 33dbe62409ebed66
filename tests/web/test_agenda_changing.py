"""Move, cancel, hand over: each with its reason, and never over somebody else's change."""

import re
from datetime import timedelta

from sqlalchemy import update
from werkzeug.test import TestResponse

from app.domain.appointment import AppointmentStatus, CancelledBy
from app.models.accounts import Counsellor
from app.models.places import Territory
from app.models.schedule import Absence, Availability
from tests.support.agenda_site import TheDay
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.team import book_a_person
from tests.web.test_agenda_today import words

WHY = {"motif": "PERSON_ASKED"}


def links(response: object) -> list[str]:
    """The addresses of the times on the page."""
    page = page_of(response)  # type: ignore[arg-type]
    return [str(link["href"]) for link in page.soup.select("a.time")]


def first_check(client: PageClient, the_day: TheDay) -> object:
    return client.get(links(client.get(f"{the_day.page}/deplacer"))[0])


def test_the_desk_cancels_for_the_person(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    form = desk.get(f"{the_day.page}/annuler")
    assert "Apolline Baiebrune" in words(form)
    answer = desk.submit(form, "Annuler le rendez-vous", **WHY)
    assert answer.headers["Location"] == f"{the_day.page}?fait=annule"
    row = the_day.row()
    assert (row.status, row.cancelled_by) == (AppointmentStatus.CANCELLED, CancelledBy.PERSON)
    page = desk.get(answer.headers["Location"])
    assert "Annulé par Desk, par téléphone. À la demande de la personne." in words(page)
    assert "Annulé (personne)" in words(page)
    assert "APPOINTMENT_CANCELLED" in the_day.acts()
    assert the_day.calls() == []


def test_the_service_cancels_and_the_person_is_to_be_called(the_day: TheDay) -> None:
    client = the_day.team.client("coordinator")
    form = client.get(f"{the_day.page}/annuler")
    client.submit(form, "Annuler le rendez-vous", motif="COUNSELLOR_AWAY", voie="DESK")
    assert "Annulé (service)" in words(client.get(the_day.page))
    assert [call.reason.value for call in the_day.calls()] == ["CANCELLED_BY_SERVICE"]
    assert "Rendez-vous annulé par le service" in words(client.get("/agents/a-appeler"))


def test_without_a_reason_nothing_happens(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    answer = desk.submit(desk.get(f"{the_day.page}/annuler"), "Annuler le rendez-vous")
    assert answer.status_code == 422
    assert "Choisissez pourquoi." in words(answer)
    other_way = WHY | {"voie": "PIGEON"}
    answer = desk.submit(answer, "Annuler le rendez-vous", **other_way)
    assert answer.status_code == 422
    assert "Choisissez une réponse de la liste." in words(answer)
    assert the_day.row().status is AppointmentStatus.BOOKED


def test_what_is_over_cannot_be_opened_for_a_change(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    desk.submit(desk.get(f"{the_day.page}/annuler"), "Annuler le rendez-vous", **WHY)
    for act in ("annuler", "deplacer"):
        assert desk.get(f"{the_day.page}/{act}").status_code == 409


def test_the_desk_moves_to_a_time_that_is_free(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    times = desk.get(f"{the_day.page}/deplacer")
    assert "Communes voisines" in words(times)
    check = desk.get(links(times)[0])
    assert "Vérifier le déplacement" in words(check)
    answer = desk.submit(check, "Déplacer le rendez-vous", **WHY)
    assert answer.headers["Location"] == f"{the_day.page}?fait=deplace"
    assert the_day.row().engagement.starts_at != the_day.starts_at
    said = words(desk.get(the_day.page))
    assert re.search(r"Déplacé par Desk, par téléphone\. À la demande .* Avant : .* Après : ", said)
    assert "APPOINTMENT_MOVED" in the_day.acts()


def test_a_visit_is_moved_within_its_commune(the_day: TheDay) -> None:
    with the_day.team.session() as session:
        held = book_a_person(session, "breuillet", "Yvette", "Sablon", 7, is_visit=True)
    desk = the_day.team.client("desk")
    times = desk.get(f"/agents/rendez-vous/{held}/deplacer")
    assert "Communes voisines" not in words(times)
    answer = desk.submit(desk.get(links(times)[-1]), "Déplacer le rendez-vous", **WHY)
    assert answer.status_code == 303
    assert "à domicile" in words(desk.get(answer.headers["Location"]))


def test_the_following_dates_are_a_link_away(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    page = page_of(desk.get(f"{the_day.page}/deplacer"))
    onward = page.soup.find("a", string="Voir les dates suivantes")
    assert onward is not None
    later = desk.get(str(onward["href"]))
    assert set(links(later)).isdisjoint(str(link["href"]) for link in page.soup.select("a.time"))


def test_a_time_that_cannot_be_read_leads_back_to_the_times(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    for query in ("", "?debut=demain", "?debut=2026-12-01T09:00&lieu=nulle-part"):
        answer = desk.get(f"{the_day.page}/deplacer/verifier{query}")
        assert answer.headers["Location"] == f"{the_day.page}/deplacer", query
    check = first_check(desk, the_day)
    answer = desk.submit(check, "Déplacer le rendez-vous", debut="", **WHY)  # type: ignore[arg-type]
    assert answer.headers["Location"] == f"{the_day.page}/deplacer"


def test_a_time_taken_meanwhile_is_told_with_the_nearest_ones(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    chosen = links(desk.get(f"{the_day.page}/deplacer"))[0]
    check = desk.get(chosen)
    with the_day.team.session() as session:
        other = book_a_person(session, "breuillet", "Gisèle", "Troisième", 9)
    mover = the_day.team.client("coordinator")
    same = chosen.replace(f"/{the_day.id}/", f"/{other}/")
    mover.submit(mover.get(same), "Déplacer le rendez-vous", **WHY)
    answer = desk.submit(check, "Déplacer le rendez-vous", motif="MISTAKE", voie="DESK")
    assert answer.status_code == 409
    assert "garde son heure" in words(answer)
    assert the_day.row().engagement.starts_at == the_day.starts_at
    again = desk.get(links(answer)[0])
    assert ticked(again) == ["MISTAKE", "DESK"]
    assert ticked(desk.get(f"{chosen}&motif=SANTE&voie=PIGEON")) == ["PHONE"]
    assert desk.submit(again, "Déplacer le rendez-vous").status_code == 303


def ticked(answer: TestResponse) -> list[str]:
    return [
        str(each["value"]) for each in page_of(answer).soup.select("input[type=radio][checked]")
    ]


def test_the_second_who_changes_is_told_who_did_what_and_loses_nothing(the_day: TheDay) -> None:
    desk, coordinator = the_day.team.client("desk"), the_day.team.client("coordinator")
    seen = coordinator.get(f"{the_day.page}/annuler")
    desk.submit(first_check(desk, the_day), "Déplacer le rendez-vous", **WHY)  # type: ignore[arg-type]
    answer = coordinator.submit(seen, "Annuler le rendez-vous", motif="MISTAKE", voie="DESK")
    assert answer.status_code == 409
    said = words(answer)
    assert "Desk a changé la même chose à" in said
    assert "Déplacé par Desk, par téléphone." in said
    assert ticked(answer) == ["MISTAKE", "DESK"]
    assert the_day.row().status is AppointmentStatus.BOOKED
    assert coordinator.submit(answer, "Annuler le rendez-vous").status_code == 303
    assert the_day.row().status is AppointmentStatus.CANCELLED


def test_a_move_over_a_move_is_told_too(the_day: TheDay) -> None:
    desk, coordinator = the_day.team.client("desk"), the_day.team.client("coordinator")
    seen = first_check(coordinator, the_day)
    cancel = desk.get(f"{the_day.page}/annuler")
    desk.submit(cancel, "Annuler le rendez-vous", **WHY)
    answer = coordinator.submit(seen, "Déplacer le rendez-vous", **WHY)  # type: ignore[arg-type]
    assert answer.status_code == 409
    assert "Ce rendez-vous ne peut plus changer." in words(answer)
    assert WHAT_CHANGED in words(answer)


def test_pressing_twice_is_pressing_once(the_day: TheDay) -> None:
    desk = the_day.team.client("desk")
    form = desk.get(f"{the_day.page}/annuler")
    for _ in range(2):
        assert desk.submit(form, "Annuler le rendez-vous", **WHY).status_code == 303
    assert the_day.acts().count("APPOINTMENT_CANCELLED") == 1


WHAT_CHANGED = "Ce qui a changé"
HANDED = {"motif": "COUNSELLOR_AWAY"}
TO_CONFIRM = "Confier le rendez-vous"


def hand_to_karim(the_day: TheDay) -> tuple[PageClient, TestResponse, str]:
    client = the_day.team.client("coordinator")
    form, karim = client.get(f"{the_day.page}/confier"), the_day.team.subjects["counsellor_id"][1]
    return client, form, str(karim)


def test_a_colleague_takes_over_at_the_same_hour(the_day: TheDay) -> None:
    client, form, karim = hand_to_karim(the_day)
    with the_day.team.session() as session:  # their own hours of that day leave the road free
        session.execute(update(Availability).values(valid_until=NOW.date()))
        session.execute(update(Territory).values(revision=Territory.revision + 1))
        session.commit()
    answer = client.submit(form, TO_CONFIRM, conseiller=karim, **HANDED)
    assert answer.status_code == 303
    said = words(client.get(answer.headers["Location"]))
    assert "De Jeanne à Karim" in said
    assert "APPOINTMENT_REASSIGNED" in the_day.acts()


def test_a_busy_colleague_or_one_who_has_left_takes_over_nothing(the_day: TheDay) -> None:
    client, form, karim = hand_to_karim(the_day)
    with the_day.team.session() as session:
        held = the_day.row().engagement
        times = {"starts_at": held.starts_at, "ends_at": held.ends_at, "recorded_at": NOW}
        session.add(Absence(counsellor_id=int(karim), **times))
        session.execute(update(Territory).values(revision=Territory.revision + 1))
        session.commit()
    busy = client.submit(form, TO_CONFIRM, conseiller=karim, **HANDED)
    assert busy.status_code == 409
    assert "Karim" in words(busy)
    assert WHAT_CHANGED not in words(busy)
    with the_day.team.session() as session:
        gone = update(Counsellor).where(Counsellor.id == int(karim))
        session.execute(gone.values(active=False))
        session.commit()
    late = client.submit(form, TO_CONFIRM, conseiller=karim, **HANDED)
    assert late.status_code == 422
    assert "S’il n’est plus dans la liste, il a quitté l’équipe." in words(late)
    assert "APPOINTMENT_REASSIGNED" not in the_day.acts()


def test_handing_over_says_to_whom_and_why(the_day: TheDay) -> None:
    client = the_day.team.client("counsellor")
    answer = client.submit(client.get(f"{the_day.page}/confier"), "Confier le rendez-vous")
    assert answer.status_code == 422
    assert "Choisissez pourquoi." in words(answer)


def test_nobody_hands_over_what_has_begun(the_day: TheDay) -> None:
    client = the_day.team.client("coordinator")
    assert f"{the_day.page}/confier" in client.get(the_day.page).text
    the_day.go(timedelta(minutes=5))
    assert f"{the_day.page}/confier" not in client.get(the_day.page).text
