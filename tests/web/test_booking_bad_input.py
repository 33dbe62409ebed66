"""What robots, broken browsers and broken databases send: a clear sentence, nothing lost."""

import re
from io import BytesIO

import pytest
import time_machine
from flask import Flask
from werkzeug.routing import Rule

from app.domain.appointment import AppointmentStatus, Channel
from app.models.appointment import Appointment
from tests.support.booking_walk import (
    ADDRESS,
    CHECK,
    CONFIRM,
    DETAILS,
    HELPER,
    HOME,
    PERSON,
    READING_S,
    VISIT,
    booked,
    confirm,
    count,
    dump,
    errors,
    one,
    press,
    rows,
    said,
    times,
    to_check,
    typed,
    without_counts,
)
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.site import MakeApp

NOT_OFFERED = "Cette heure n’est plus proposée. Choisissez une autre heure."
TOO_SOON = "Cette heure est trop proche. Choisissez une autre heure."
TOO_FAR = "Cette date est trop lointaine. Choisissez une autre heure."
AGAIN = "Cette page est restée ouverte longtemps. Appuyez encore sur le bouton."
OF_WORKSHOPS = ("/ateliers/", "/nouvelles/", "/r/<token>/une-personne", "/r/<token>/date/")
ONLY_PRESSED = {"/r/<token>/annulation", "/r/<token>/messages", "/r/<token>/plus-tot/demande"}
OF_OTHERS = ("/agents", "/offre/", "/liste-attente/", "/avis/", "/sms/", *OF_WORKSHOPS)


def posted(app: Flask) -> list[Rule]:
    """What residents send; the forms of the team, of other links and of machines have their own."""
    public = (rule for rule in app.url_map.iter_rules() if not rule.rule.startswith(OF_OTHERS))
    return [rule for rule in public if "POST" in (rule.methods or set())]


def address_of(rule: Rule, token: str, flow: str = "rendez-vous") -> str:
    """The address of a rule, with all that its page needs."""
    path = re.sub(r"<[^<>]*flow>", flow, rule.rule)
    path = re.sub(r"<[^<>]*token>", token, path)
    query = VISIT if flow == "visite-a-domicile" else DETAILS
    return f"{path}?{query.partition('?')[2]}"


# ---- methods and tokens, over every address that changes something


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_reading_never_changes_anything(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, method: str
) -> None:
    token = booked(visitor, monday)
    before = without_counts(dump(presquile))
    all_rules = visitor.application.url_map.iter_rules()
    readable = {rule.rule for rule in all_rules if "GET" in (rule.methods or set())}
    for rule in posted(visitor.application):
        for _ in range(2):
            response = visitor.open(address_of(rule, token), method=method)
            if rule.rule not in readable:
                assert response.status_code == 405, rule
                assert set(response.headers["Allow"].split(", ")) == {"OPTIONS", "POST"}
    assert without_counts(dump(presquile)) == before


@pytest.mark.parametrize("flow", ["rendez-vous", "visite-a-domicile"])
@pytest.mark.parametrize("foreign", ["", "IjEyMyI.aaaaaa.bbbbbbbbbbbbbbbb"])
def test_no_form_passes_without_a_token_of_ours(
    presquile: Database,
    visitor: PageClient,
    monday: time_machine.Traveller,
    flow: str,
    foreign: str,
) -> None:
    token = booked(visitor, monday, DETAILS.replace("T09:00", "T10:30"))
    answers = {**PERSON, **HOME, "numero": "100000", "debut": "2026-11-26T09:00", "message": "SMS"}
    answers["lieu"] = "mairie-breuillet"
    before = without_counts(dump(presquile))
    assert len(posted(visitor.application)) >= 7
    for rule in posted(visitor.application):
        data = {**answers, "csrf_token": foreign}
        response = visitor.post(address_of(rule, token, flow), data=data)
        assert 400 <= response.status_code < 500, rule
        assert errors(response) == [AGAIN], rule
        if rule.rule not in ONLY_PRESSED:
            kept = typed(response).items() & answers.items()
            assert {"telephone", "debut"} & {name for name, _ in kept}, rule
    assert without_counts(dump(presquile)) == before


@pytest.mark.parametrize("step", ["check", "confirm"])
def test_a_cookie_lost_half_way_costs_one_more_press(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, step: str
) -> None:
    page = visitor.get(DETAILS)
    monday.shift(READING_S)
    if step == "confirm":
        page = visitor.submit(page, "Continuer", **PERSON)
        visitor.delete_cookie("coclico")
        lost = press(visitor, page, "Confirmer le rendez-vous")
    else:
        visitor.delete_cookie("coclico")
        lost = visitor.submit(page, "Continuer", **PERSON)
    assert (lost.status_code, errors(lost)) == (422, [AGAIN])
    assert typed(lost).items() >= PERSON.items()
    assert count(presquile) == 0
    done = confirm(visitor, visitor.submit(lost, "Continuer"))
    assert page_of(done).h1 == "Votre rendez-vous est confirmé"


def test_over_tls_a_form_from_elsewhere_keeps_the_answers(
    presquile: Database, monday: time_machine.Traveller, make_app: MakeApp
) -> None:
    site = "https://rendez-vous.exemple.invalid"
    client = make_app(public_url=site).test_client()
    assert isinstance(client, PageClient)
    answers = typed(client.get(DETAILS, base_url=site)) | PERSON
    monday.shift(READING_S)
    for referer, status in (("https://ailleurs.example/", 422), (f"{site}{DETAILS}", 200)):
        headers = {"Referer": referer}
        response = client.post(CHECK, data=answers, base_url=site, headers=headers)
        assert response.status_code == status
        assert typed(response).items() >= PERSON.items()
    confirmed = client.post(
        CONFIRM, data=typed(response), base_url=site, headers={"Referer": f"{site}{CHECK}"}
    )
    assert confirmed.status_code == 303


def test_json_and_files_are_not_answers(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    token = typed(visitor.get(DETAILS))["csrf_token"]
    monday.shift(READING_S)
    sent = visitor.post(CHECK, json={"prenom": {"a": 1}}, headers={"X-CSRFToken": token})
    assert sent.status_code == 422
    files = {"prenom": (BytesIO(b"Rose"), "prenom.txt"), "csrf_token": token}
    assert visitor.post(CHECK, data=files).status_code == 422
    assert count(presquile) == 0


# ---- forged answers


def test_extra_fields_are_ignored(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    form = typed(to_check(visitor, monday))
    forged = {
        "id": "7", "statut": "ATTENDED", "status": "ATTENDED", "duree": "5", "topic_minutes": "5",
        "agent": "2", "counsellor_id": "2", "commune_id": "3", "role": "coordination",
        "channel": "PHONE", "reference": "100000", "ends_at": "2026-11-24T18:00",
        "form_digest": "x", "besoin": "demarche", "commune": "arvert", "debut": "2026-11-26T10:00",
    }  # fmt: skip
    assert visitor.post(CONFIRM, data={**form, **forged}).status_code == 303
    assert one(presquile, Appointment.status) is AppointmentStatus.BOOKED
    assert one(presquile, Appointment.topic_minutes) == 45
    assert one(presquile, Appointment.channel) is Channel.WEB
    (engaged,) = dump(presquile)["engagement"]
    assert "2026, 11, 24, 8, 0" in engaged
    assert "2026, 11, 24, 8, 45" in engaged


FORGED = [
    ("2026-11-24T09:00", "2026-11-24T09:07", NOT_OFFERED),
    ("2026-11-24T09:00", "2026-11-24T22:00", NOT_OFFERED),
    ("2026-11-24T09:00", "2026-11-29T09:00", NOT_OFFERED),
    ("2026-11-24T09:00", "2026-11-24T11:45", NOT_OFFERED),
    ("2026-11-24T09:00", "2026-11-17T09:00", TOO_SOON),
    ("2026-11-24T09:00", "2000-01-01T00:00", TOO_SOON),
    ("2026-11-24T09:00", "2027-02-02T09:00", TOO_FAR),
    ("2026-11-24T09:00", "2100-12-31T23:59", TOO_FAR),
    ("lieu=mairie-breuillet", "lieu=mairie-arvert", NOT_OFFERED),
    ("lieu=mairie-breuillet", "lieu=nulle-part", NOT_OFFERED),
    ("lieu=mairie-breuillet", "lieu=%00", NOT_OFFERED),
    ("&lieu=mairie-breuillet", "", NOT_OFFERED),
]


def test_a_time_that_is_not_offered_is_refused_at_every_step(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    form = typed(to_check(visitor, monday))
    for told, forged, sentence in FORGED:
        looked_at = visitor.get(DETAILS.replace(told, forged))
        assert (looked_at.status_code, errors(looked_at)) == (409, [sentence]), forged
        for address in (CHECK, CONFIRM):
            sent = visitor.post(address.replace(told, forged), data=form)
            assert (sent.status_code, errors(sent)) == (409, [sentence]), forged
            assert typed(sent).items() >= PERSON.items()
    assert count(presquile) == 0


def test_a_time_missing_from_a_form_is_asked_and_nothing_is_lost(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    form = typed(to_check(visitor, monday))
    for step in ("coordonnees", "verifier", "confirmer"):
        for debut in ("", "&debut=demain", "&debut=0001-01-01T00:00", "&debut=9999-12-31T23:59"):
            address = f"/rendez-vous/{step}?{ADDRESS}{debut}"
            response = visitor.post(address, data=form)
            assert (response.status_code, errors(response)) == (422, ["Choisissez une heure."])
            assert typed(response).items() >= PERSON.items()
    check = press(visitor, response, times(response)[0])
    assert rows(check)["Nom"] == "Rose Serin"


@pytest.mark.parametrize("given", ["commune=atlantide", "commune=autre", "besoin=jamais"])
def test_a_forged_commune_or_need_books_nothing(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller, given: str
) -> None:
    form = typed(to_check(visitor, monday))
    name, _, value = given.partition("=")
    address = re.sub(f"{name}=[^&]*", f"{name}={value}", CONFIRM)
    response = visitor.post(address, data=form)
    assert response.status_code == 422
    assert len(errors(response)) == 1
    assert typed(response).items() >= PERSON.items()
    assert count(presquile) == 0


def test_a_helper_forged_into_the_address_must_be_told_in_full(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    form = typed(to_check(visitor, monday))
    response = visitor.post(f"{CONFIRM}&pour=autre", data=form)
    assert response.status_code == 422
    assert typed(response).items() >= PERSON.items()
    confirmed = visitor.post(
        f"{CONFIRM}&pour=autre", data={**form, **HELPER, "destinataire": "PERSON"}
    )
    assert confirmed.status_code == 303


# ---- bytes that no page can hold


def test_a_path_with_bytes_that_are_no_letters_is_not_found(visitor: PageClient) -> None:
    for address in ("/rendez-vous/%00", "/%00/besoin", "/r/%00", "/visite-a-domicile/%ff"):
        assert visitor.get(address).status_code == 404, address
        assert visitor.post(address).status_code in {400, 404, 405}, address


@pytest.mark.both_databases
def test_nul_bytes_in_a_query_or_in_a_form_are_asked_again(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> None:
    form = typed(to_check(visitor, monday))
    for name in ("commune", "besoin", "moment", "voisines", "des", "pour"):
        response = visitor.get(
            f"/rendez-vous/heure?{ADDRESS}&{name}=%00%ff%0d", follow_redirects=True
        )
        assert response.status_code in {200, 422}
        assert "\x00" not in response.text
    for name in [*PERSON, "email", "message", "cle"]:
        response = visitor.post(CONFIRM, data={**form, name: "a\x00\x08\ufffe"})
        assert response.status_code in {409, 422}, name
        assert "\x00" not in response.text
    found = visitor.submit(visitor.get("/mon-rendez-vous"), numero="1\x00", telephone="0\x00")
    assert found.status_code == 422
    assert count(presquile) == 0


def test_what_looks_like_a_page_is_shown_as_text(
    visitor: PageClient, monday: time_machine.Traveller
) -> None:
    payload = "</form><script>alert('é')</script>{{7*7}}"
    refused = to_check(visitor, monday, nom=payload, email=payload)
    assert refused.status_code == 422
    assert typed(refused)["nom"] == payload
    assert "alert(" not in said(refused)
    assert "49" not in said(refused).replace("05 36 49 00 00", "")
    for name in ("commune", "besoin", "des", "moment", "lieu", "debut", "pour"):
        address = f"/rendez-vous/heure?{ADDRESS}&{name}={payload}"
        assert "alert(" not in said(visitor.get(address, follow_redirects=True))


def test_too_long_an_answer_is_said_to_be_so(visitor: PageClient) -> None:
    form = typed(visitor.get(DETAILS))
    response = visitor.post(CHECK, data={**form, "nom": "🌹" * 30_000})
    assert response.status_code == 413
    assert page_of(response).h1 == "Votre réponse est trop longue."
