"""Lines that are kept: the month, the copy sheet, « saisi », correcting, copying, the table."""

import base64
import json
import re
import zlib
from dataclasses import replace
from datetime import date
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from werkzeug.test import TestResponse

from app.domain.attendance import AttendanceRecord
from app.models.accounts import Counsellor
from app.services.attendance_lines import read_line
from app.web.attendance.words import line_id_of
from tests.support.golden import assert_golden
from tests.support.page_client import PageClient, page_of
from tests.support.records import held_workshop, keep_record, record
from tests.support.site import MakeApp
from tests.support.team import MakeTeam, Team
from tests.web.test_agenda_week import counting
from tests.web.test_attendance_closing import marked, send, words

LINES = "/agents/frequentation/releves"
FULL = {
    "procedures": frozenset({"logement", "argent_impots"}),
    "themes": frozenset({"aide_aux_demarches_administratives", "sante"}),
    "devices": frozenset({"telephone"}),
    "result": "oriente",
    "redirection": "aide_sociale",
    "autonomy": "autonome",
    "already_helped": 1,
    "residences": {"17064": 1},
}
WORKSHOP = {
    "type": "collectif", "participants": 6, "minutes": 120, "title": "=Photos",
    "level": "debutant", "genders": {"f": 4, "m": 1, "nc": 1}, "ages": {"70p": 5, "nc": 1},
    "statuses": {"retraite": 6}, "residences": {"17064": 4, "autre": 2},
    "place_kind": "autre", "venue": None, "is_copied": True,
}  # fmt: skip


def own_code(team: Team) -> str:
    with team.session() as session:
        return session.get_one(Counsellor, team.subjects["counsellor_id"][0]).code


def keep(team: Team, **changes: object) -> str:
    with team.session() as session:
        return keep_record(session, record(own_code(team), **changes))


def now(team: Team, line_id: str) -> AttendanceRecord:
    with team.session() as session:
        return read_line(session, line_id_of(line_id)).record


@pytest.fixture
def client(team: Team) -> PageClient:
    return team.client("counsellor")


def test_the_sheet_is_in_the_order_and_words_of_the_national_form(
    team: Team, client: PageClient
) -> None:
    line = keep(team, **FULL)
    assert "1 relevé, 1 à saisir" in words(client.get(LINES))
    page = client.get(f"{LINES}/{line}")
    keys = [each.get_text(strip=True) for each in page_of(page).soup.select("dt")]
    assert keys == [
        "Type", "Date", "Durée", "Lieu", "Nom du lieu", "Commune du lieu", "Thématiques",
        "Démarches administratives", "Matériel", "Autonomie", "Orienté vers une structure",
        "Structure de redirection", "Genre", "Tranche d’âge", "Statut", "Déjà accompagné",
        "Commune de résidence",
    ]  # fmt: skip
    assert "Santé, Aide aux démarches administratives" in words(page)
    assert "Logement, Argent - Impôts" in words(page)
    done = client.get(client.submit(page, "Saisi").headers["Location"])
    assert "C’est noté : saisi." in words(done)
    assert now(team, line).is_copied
    assert words(client.get(f"{LINES}?saisi=non")).count("Breuillet") == 0
    client.submit(done, "Pas encore saisi")
    assert not now(team, line).is_copied


def test_a_line_is_corrected_and_a_bad_answer_stays_in_the_page(
    team: Team, client: PageClient
) -> None:
    line = keep(team, **FULL)
    page = client.get(f"{LINES}/{line}/corriger")
    same = send(
        client, page, "Enregistrer", themes=sorted(FULL["themes"]), demarches=["logement"],
        appareils=["telephone"],
    )  # fmt: skip
    assert same.status_code == 303
    assert now(team, line) == replace(
        record(own_code(team), **FULL), procedures=frozenset({"logement"})
    )
    told = send(client, page, "Enregistrer", themes=["email"], appareils=["telephone"])
    assert told.status_code == 409
    assert "a changé la même chose" in words(told)
    told = send(client, told, "Enregistrer", themes=["email"], demarches=["logement"])
    assert "Choisissez aussi « Aide aux démarches administratives »." in words(told)
    told = send(client, told, "Enregistrer", themes=["email"], demarches=[], resultat="regle")
    assert "Choisissez d’abord le résultat" in words(told)
    done = send(client, told, "Enregistrer", themes=["email"], resultat="", orientation="")
    assert done.status_code == 303
    assert now(team, line).themes == frozenset({"email"})
    for typed, kept in (({"minutes": "50"}, 50), ({"duree": "60"}, 60), ({"minutes": "75"}, 75)):
        page = client.get(f"{LINES}/{line}/corriger")
        assert send(client, page, "Enregistrer", themes=["email"], **typed).status_code == 303
        assert now(team, line).minutes == kept, typed


def test_a_copy_is_one_more_activity_of_the_day_that_is_written(
    team: Team, client: PageClient
) -> None:
    line = keep(team)
    page = client.get(f"{LINES}/{line}/dupliquer")
    for wrong in ("", "2026-02-30", "9999-01-01"):
        told = send(client, page, "Ajouter ce relevé", themes=["email"], jour=wrong)
        assert told.status_code == 422, wrong
    told = send(client, page, "Ajouter ce relevé", themes=["email"], jour="2099-01-01")
    assert "Ce jour n’est pas encore venu." in marked(told, "jour")
    for _ in range(2):
        done = send(client, page, "Ajouter ce relevé", themes=["email"])
        assert done.status_code == 303
    assert "2 relevés" in words(client.get(done.headers["Location"]))


def test_a_workshop_is_corrected_by_its_counts(team: Team, client: PageClient) -> None:
    line = keep(team, **WORKSHOP)
    page = client.get(f"{LINES}/{line}/corriger")
    assert "Déjà saisi dans l’outil national : corrigez-le là-bas aussi." in words(page)
    told = send(client, page, "Enregistrer", themes=["email"], participants="5")
    assert "Le total doit faire 5, et il fait 6." in words(told)
    done = send(client, page, "Enregistrer", themes=["email"], participants="7", age_70p="6")
    assert "est corrigé. Déjà saisi dans" in words(client.get(done.headers["Location"]))
    assert now(team, line).ages == {"70p": 6, "nc": 1}
    assert "6 personnes" not in words(client.get(LINES))


def test_the_table_has_one_row_per_activity(team: Team, client: PageClient) -> None:
    """Byte for byte what a spreadsheet opens: no formula, several values one under the other."""
    for told in ({}, FULL, WORKSHOP):
        keep(team, **told)
    answer = client.get(f"{LINES}.csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    rows = answer.data.decode().split("\r\n")
    told = "\r\n".join([rows[0], *sorted(rows[1:])])
    assert_golden("csv/releves.csv", told.encode())


def test_the_table_is_of_the_days_that_are_asked(team: Team, client: PageClient) -> None:
    for day in (date(2026, 9, 30), date(2026, 10, 1), date(2026, 11, 20)):
        keep(team, on=day)
    months = {"du": "2026-09-01", "au": "2026-10-31"}
    answer = client.submit(client.get(LINES), "Enregistrer", **months)
    name = answer.headers["Content-Disposition"]
    assert name == 'attachment; filename="releves-2026-09-01-2026-10-31.csv"'
    assert sorted(re.findall(r"^\d\d/\d\d/\d{4}", answer.text, re.MULTILINE)) == [
        "01/10/2026",
        "30/09/2026",
    ]
    for wrong, said in (
        ({"du": "2026-02-30"}, "Écrivez"),
        ({"au": ""}, "Écrivez"),
        ({"au": "2026-08-31"}, "La fin est avant le début."),
        ({"au": "2027-10-31"}, "un an au plus"),
    ):
        told = client.get(f"{LINES}.csv", query_string=months | wrong)
        assert told.status_code == 422
        assert said in words(told)
        ((name, typed),) = wrong.items()
        assert page_of(told).soup.select_one(f"#{name}[aria-invalid]")["value"] == typed  # type: ignore[index]


def test_the_coordination_sees_all_lines_and_closes_nothing(team: Team) -> None:
    line, client = keep(team), team.client("coordinator")
    assert client.get("/agents/frequentation").headers["Location"] == LINES
    page = client.get(LINES)
    assert own_code(team).title() in words(page)
    assert client.get(f"{LINES}/{line}/corriger").status_code == 200


BREUILLET = {
    "id": "17064", "commune": "Breuillet", "codePostal": "17920", "codeInsee": "17064",
    "nom": "Breuillet", "contexte": "",
}  # fmt: skip
PERSON_FIELDS = {
    "date": "2026-11-23",
    "duree": {"duree": "45"},
    "typeLieu": "lieu_activite",
    "thematiques": ["aide_aux_demarches_administratives", "sante", "argent_impots", "logement"],
    "materiel": ["telephone"],
    "autonomie": "autonome",
    "orienteVersStructure": "yes",
    "structureDeRedirection": "aide_sociale",
    "beneficiaire": {
        "genre": "feminin",
        "trancheAge": "soixante_dix_plus",
        "statutSocial": "retraite",
        "dejaAccompagne": True,
        "communeResidence": BREUILLET,
    },
}
WORKSHOP_FIELDS = {
    "date": "2026-11-23",
    "duree": {"duree": "120"},
    "typeLieu": "autre",
    "thematiques": ["email"],
    "materiel": [],
    "lieuCommuneData": BREUILLET,
    "titreAtelier": "=Photos",
    "niveau": "debutant",
    "participantsAnonymes": {
        "total": 6,
        "dejaAccompagne": 0,
        "genreFeminin": 4,
        "genreMasculin": 1,
        "genreNonCommunique": 1,
        "trancheAgeSoixanteDixPlus": 5,
        "trancheAgeNonCommunique": 1,
        "statutSocialRetraite": 6,
    },
}


def link_to_the_form(page: TestResponse) -> tuple[str, dict[str, object]]:
    """Which form of the national tool the page opens, and the fields that travel there."""
    (link,) = page_of(page).soup.select("a[rel=noreferrer][referrerpolicy=no-referrer]")
    parts = urlsplit(str(link["href"]))
    (packed,) = parse_qs(parts.query)["v"]
    state = zlib.decompress(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    told = json.loads(state)
    assert list(told) == ["json"]
    return f"{parts.scheme}://{parts.netloc}{parts.path}", told["json"]


def test_the_national_form_opens_filled_where_the_site_names_it(
    make_team: MakeTeam, monday: time_machine.Traveller, make_app: MakeApp
) -> None:
    """Every field that leaves is written here: codes and counts, no name and no words of ours."""
    app = make_app(national_form_url="https://outil.example/cra")
    team = make_team(app)
    client = team.client("counsellor")
    page = client.get(f"{LINES}/{keep(team, **FULL)}")
    assert "Vérifiez que c’est bien : Mairie de Breuillet." in words(page)
    assert link_to_the_form(page) == ("https://outil.example/cra/individuel", PERSON_FIELDS)
    page = client.get(f"{LINES}/{keep(team, **WORKSHOP)}")
    assert "Vérifiez que c’est bien" not in words(page)
    assert link_to_the_form(page) == ("https://outil.example/cra/collectif", WORKSHOP_FIELDS)
    for minutes, length in (
        (50, {"dureePersonnaliseeType": "minutes", "dureePersonnaliseeMin": 50}),
        (180, {"dureePersonnaliseeType": "heures", "dureePersonnaliseeMin": 3}),
    ):
        page = client.get(f"{LINES}/{keep(team, minutes=minutes)}")
        assert link_to_the_form(page)[1]["duree"] == {"duree": "personnaliser"} | length


def test_no_link_leaves_where_the_site_names_no_form(team: Team, client: PageClient) -> None:
    page = client.get(f"{LINES}/{keep(team, **FULL)}")
    assert not page_of(page).soup.select("a[rel=noreferrer]")
    assert "outil national propose" not in words(page)


def test_a_long_month_asks_no_more_than_a_short_one(team: Team, client: PageClient) -> None:
    asked = []
    for how_many in (1, 12):
        for _ in range(how_many):
            keep(team, **FULL)
        client.get(LINES)
        with counting() as statements:
            client.get(LINES)
            client.get(f"{LINES}.csv")
        asked.append(len(statements))
    assert asked[0] == asked[1]


def test_a_copy_by_mistake_and_a_workshop_are_removed(team: Team, client: PageClient) -> None:
    page = client.get(f"{LINES}/{keep(team)}/supprimer")
    assert "celui d’un rendez-vous" not in words(page), "nothing was recorded: it is a copy"
    done = client.submit(page, "Supprimer ce relevé")
    assert "Le relevé est supprimé." in words(client.get(done.headers["Location"]))
    with team.session() as session:
        held = held_workshop(session, team.subjects["counsellor_id"][0])
    send(client, client.get(f"/agents/frequentation/atelier/{held}"), "Terminer", participants="3")
    told = client.get(f"/agents/frequentation/atelier/{held}")
    assert "choisissez « Supprimer ce relevé »" in words(told)
    (line,) = page_of(client.get(f"{LINES}?mois=2026-11")).soup.select(".records a")
    page = client.get(f"{line['href']}/supprimer")
    for wrong in ("", "x", "copie", "999999999"):
        assert client.submit(page, "Supprimer ce relevé", seance=wrong).status_code in (409, 422)
    done = client.submit(page, "Supprimer ce relevé")
    assert "de nouveau à compléter" in words(client.get(done.headers["Location"]))
    assert client.get(f"/agents/frequentation/atelier/{held}").status_code == 200
    assert client.get(f"{line['href']}/supprimer").status_code == 404
