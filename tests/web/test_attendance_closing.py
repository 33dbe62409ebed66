"""Closing: one person, a half-day, a workshop; the pages that say it is done already."""

from datetime import timedelta

from sqlalchemy import select
from werkzeug.test import TestResponse

from app.domain.appointment import AppointmentStatus, CancelledBy
from app.domain.attendance import AttendanceRecord
from app.domain.half_year import HalfYear
from app.models.appointment import Appointment, Engagement
from app.models.attendance import AttendanceRow, HalfYearClosing
from app.services.attendance_record_rows import record_of
from tests.support.agenda_site import TheDay
from tests.support.page_client import PageClient, filled, form_of, page_of
from tests.support.records import held_workshop
from tests.support.team import book_a_person

LIST = "/agents/frequentation"


def words(response: TestResponse) -> str:
    return page_of(response).text.replace("\u00a0", " ")


def kept(the_day: TheDay) -> list[AttendanceRecord]:
    with the_day.team.session() as session:
        return [record_of(row) for row in session.scalars(select(AttendanceRow))]


def send(client: PageClient, page: TestResponse, button: str, **answers: object) -> TestResponse:
    """Tick boxes as a browser does: several answers of one name."""
    form = form_of(page_of(page), button)
    values: dict[str, object] = {**filled(form), **answers}
    asked = {control["name"] for control in form.select("[name]")}
    assert set(answers) <= asked, set(answers) - asked
    return client.post(str(form["action"]), data=values)


def test_from_today_to_done(the_day: TheDay) -> None:
    the_day.go(timedelta(minutes=50))
    client = the_day.team.client("counsellor")
    (link,) = page_of(client.get("/agents/aujourdhui")).soup.select(f"#rdv-{the_day.id} a.button")[
        -1:
    ]
    page = client.get(str(link["href"]))
    assert "Comment s’est passé ce rendez-vous ?" in words(page)
    first = [box["value"] for box in page_of(page).soup.select("input[name=themes]")][:3]
    assert first[0] == "email", "the need of the appointment comes first"
    done = send(client, page, "Terminer", themes=["email"], age="70p")
    assert done.status_code == 303
    assert "C’est noté : le relevé est fait." in words(client.get(done.headers["Location"]))
    (record,) = kept(the_day)
    assert (record.ages, record.minutes, record.genders) == ({"70p": 1}, 45, {"nc": 1})
    assert (the_day.row().status, the_day.row().is_recorded) == (AppointmentStatus.ATTENDED, True)
    again = send(client, page, "Terminer", themes=["email"], age="70p")
    assert again.status_code == 409
    assert "Ce relevé est déjà fait." in words(again)
    assert len(kept(the_day)) == 1


def test_a_bad_answer_is_told_beside_its_question_and_all_stays(the_day: TheDay) -> None:
    the_day.go(timedelta(minutes=50))
    client = the_day.team.client("counsellor")
    page = client.get(f"{the_day.page}/releve")
    answers = {"age": "70p", "duree": "personnaliser", "minutes": "400000", "suite": "rendez-vous"}
    told = send(client, page, "Terminer", **answers)
    assert told.status_code == 422
    assert "Écrivez une durée de 1 à 1439 minutes." in words(told)
    soup = page_of(told).soup
    assert soup.select_one("input[name=age][value='70p'][checked]")
    assert soup.select_one("input[name=minutes][value='400000']")
    told = send(client, told, "Terminer", duree="45")
    assert "Écrivez une durée" in words(told), "what was typed is not dropped for a step"
    told = send(client, told, "Terminer", minutes="50")
    assert "Choisissez au moins un thème." in words(told)
    told = send(client, told, "Terminer", themes=["minitel"])
    assert "Cette réponse n’existe pas." in words(told)
    assert kept(the_day) == []
    done = send(client, told, "Terminer", themes=["email"])
    assert done.headers["Location"].startswith("/agents/telephone?")
    (record,) = kept(the_day)
    assert record.minutes == 50, "the planned step was still ticked"


def test_what_cannot_be_closed_says_why(the_day: TheDay) -> None:
    the_day.go(-timedelta(days=1))
    client = the_day.team.client("counsellor")
    assert client.get(f"{the_day.page}/releve").status_code == 409
    assert "Tout est fait. Merci." in words(client.get(LIST))


def test_a_record_by_mistake_is_withdrawn_by_who_knows(the_day: TheDay) -> None:
    the_day.go(timedelta(minutes=50))
    client = the_day.team.client("counsellor")
    assert "rien à retirer" in words(client.get(f"{the_day.page}/releve/retirer"))
    send(client, client.get(f"{the_day.page}/releve"), "Terminer", themes=["email"])
    told = client.submit(client.get(f"{the_day.page}/releve/retirer"), "Retirer ce relevé")
    assert told.status_code == 422
    page = client.get(f"{the_day.page}/releve/retirer")
    assert "supprimez-le là-bas aussi" in words(page)
    line = str(page_of(page).soup.select_one("input[name=ligne]")["value"])  # type: ignore[index]
    client.submit(client.get(f"{LIST}/releves/{line}"), "Saisi")
    page = client.get(f"{the_day.page}/releve/retirer")
    assert words(page).count(". Saisi") == 1
    done = client.submit(page, "Retirer ce relevé", ligne=line)
    assert "de nouveau à compléter" in words(client.get(done.headers["Location"]))
    assert kept(the_day) == []
    assert not the_day.row().is_recorded
    send(client, client.get(f"{the_day.page}/releve"), "Terminer", themes=["email"])
    half, on = HalfYear.of(the_day.starts_at.date()), the_day.starts_at.date()
    with the_day.team.session() as session:
        by = the_day.team.users["coordinator"]
        session.add(HalfYearClosing(half_year=half.code, closed_on=on, closed_by_id=by, missing=0))
        session.commit()
    assert "Son semestre est clos" in words(client.get(f"{the_day.page}/releve/retirer"))


def a_second_person(the_day: TheDay) -> int:
    """Somebody of the own counsellor, in the same half-day."""
    with the_day.team.session() as session:
        other = book_a_person(session, "breuillet", "Basile", "Tramontane", 5)
        held = session.get_one(Engagement, session.get_one(Appointment, other).engagement_id)
        held.counsellor_id = the_day.team.subjects["counsellor_id"][0]
        held.starts_at = the_day.starts_at + timedelta(minutes=45)
        held.ends_at = held.starts_at + timedelta(minutes=45)
        session.commit()
    return other


def test_a_half_day_is_closed_on_one_page(the_day: TheDay) -> None:
    other = a_second_person(the_day)
    the_day.go(timedelta(hours=3))
    client = the_day.team.client("counsellor")
    listed = client.get(LIST)
    assert "Basile T." in words(listed)
    together = page_of(listed).soup.select_one("a[href*=demi-journee]")
    assert together is not None
    page = client.get(str(together["href"]))
    button = "Terminer la demi-journée"
    told = send(client, page, button, themes=["email"], **{f"venue_{the_day.id}": "present"})
    assert told.status_code == 422
    assert "Choisissez « Présent », « Absent » ou « Plus tard »" in words(told)
    assert kept(the_day) == []
    done = send(client, told, button, **{f"venue_{other}": "absent", f"age_{the_day.id}": "18_24"})
    assert done.status_code == 303
    (record,) = kept(the_day)
    assert (record.themes, record.ages) == (frozenset({"email"}), {"18_24": 1})
    assert the_day.row(other).status is AppointmentStatus.NO_SHOW
    assert "Tout est fait. Merci." in words(client.get(LIST))


def _nobody_came(client: PageClient, held: int) -> None:
    """Said by mistake, then taken back; a record of 0 people is no way to say it."""
    done = send(client, client.get(f"{LIST}/atelier/{held}"), "Personne n’est venu")
    listed = words(client.get(done.headers["Location"]))
    assert "C’est noté : personne n’est venu à cet atelier." in listed
    assert "Ateliers où personne n’est venu" in listed
    page = client.get(f"{LIST}/atelier/{held}")
    assert "Ses heures comptent comme tenues et libres." in words(page)
    back = send(client, page, "Quelqu’un est venu")
    assert back.headers["Location"].endswith(f"/atelier/{held}")


def test_one_refused_of_a_half_day_is_named_and_nothing_is_lost(the_day: TheDay) -> None:
    other = a_second_person(the_day)
    the_day.go(timedelta(hours=3))
    client = the_day.team.client("counsellor")
    on = the_day.starts_at.date().isoformat()
    page = client.get(f"{LIST}/demi-journee?jour={on}&moment={half_of(the_day)}")
    both = {f"venue_{the_day.id}": "present", f"venue_{other}": "present"}
    button = "Terminer la demi-journée"
    told = send(client, page, button, themes=["email"], **both, **{f"age_{other}": "centenaire"})
    assert marked(told, f"age_{other}").startswith("Erreur : Basile T. : Cette réponse n’existe")
    told = send(client, page, button, themes=["minitel"], **both)
    assert (
        marked(told, "themes")
        == "Erreur : Cette réponse n’existe pas. Choisissez une réponse dans la liste."
    )
    with the_day.team.session() as session:
        gone = session.get_one(Appointment, other)
        gone.status, gone.cancelled_by = AppointmentStatus.CANCELLED, CancelledBy.PERSON
        session.commit()
    told = send(client, page, button, themes=["email"], **both, **{f"age_{the_day.id}": "18_24"})
    assert told.status_code == 409
    assert marked(told, f"venue_{other}").startswith(
        "Erreur : Basile T. : Ce rendez-vous n’est plus"
    )
    assert page_of(told).soup.select_one(f"a[href='#venue_{other}']")
    assert not page_of(told).soup.select_one(f"#venue_{the_day.id}-error")
    assert kept(the_day) == []
    done = send(client, told, button, themes=["email"], **{f"venue_{other}": "plus-tard"})
    assert done.status_code == 303
    (record,) = kept(the_day)
    assert record.ages == {"18_24": 1}


def half_of(the_day: TheDay) -> str:
    return "matin" if the_day.starts_at.hour < 11 else "apres-midi"


def marked(response: TestResponse, field: str) -> str:
    """What is said beside that question."""
    told = page_of(response).soup.select_one(f"#{field}-error")
    assert told is not None, field
    return " ".join(told.get_text().replace("\u00a0", " ").split())


def test_a_workshop_is_closed_by_counts(the_day: TheDay) -> None:
    client = the_day.team.client("counsellor")
    with the_day.team.session() as session:
        held = held_workshop(session, the_day.team.subjects["counsellor_id"][0])
    _nobody_came(client, held)
    page = client.get(f"{LIST}/atelier/{held}")
    assert client.get(LIST).text.count(f"/atelier/{held}") == 1
    for people, said in (("400", "de 0 à 50"), ("0", "de 1 à 50")):
        told = send(client, page, "Terminer", participants=people)
        assert told.status_code == 422
        assert said in words(told)
    told = send(client, page, "Terminer", participants="3", age_70p="4")
    assert "Le total doit faire 3, et il fait 4." in words(told)
    done = send(client, told, "Terminer", age_70p="2", sans_inscription="1", deja_accompagnes="1")
    assert done.status_code == 303
    (record,) = kept(the_day)
    assert (record.participants, record.ages) == (4, {"70p": 2, "nc": 2})
    assert (record.title, record.level) == ("Mots de passe et arnaques", "debutant")
    assert client.get(f"{LIST}/atelier/{held}").status_code == 409
    assert send(client, page, "Terminer", participants="3").status_code == 409
    assert len(kept(the_day)) == 1
