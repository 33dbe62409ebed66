"""The programme as residents read it: cards, one workshop, a month on paper, the feed."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.domain.workshops import Level, WorkshopStatus
from app.extensions import db
from tests.support.booking_walk import READING_S, errors, said
from tests.support.databases import Database
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.workshop_walk import ANSWERS, FIRST, Programme

ALL_COMMUNES = "Nous ne connaissons pas cette commune. Voici les ateliers de toutes les communes."
ALL_LEVELS = "Ce niveau n’existe pas. Voici les ateliers de tous les niveaux."
ALL_THEMES = "Ce thème n’existe pas. Voici les ateliers de tous les thèmes."


@pytest.fixture
def programme(
    presquile: Database, visitor: PageClient, monday: time_machine.Traveller
) -> Iterator[Programme]:
    engine = presquile.engine()
    with Session(engine) as session:
        yield Programme(session, visitor, monday)
    engine.dispose()


def test_the_programme_tells_what_is_free_full_under_way_and_off(programme: Programme) -> None:
    visitor = programme.client
    empty = visitor.get("/ateliers")
    assert "Pas d’atelier prévu pour le moment." in said(empty)
    slugs = [programme.plan(FIRST + timedelta(days=days)) for days in (0, 1, 2, 3)]
    cycle = programme.plan(FIRST + timedelta(days=6), dates=3, level=Level.ADVANCED)
    programme.set(slugs[1], capacity=2)
    programme.set(slugs[2], status=WorkshopStatus.CANCELLED)
    programme.set(slugs[3], capacity=1)
    programme.fill(slugs[3], 1)
    page = visitor.get("/ateliers")
    text = said(page)
    assert "Mardi 8 décembre, de 14 h à 16 h" in text
    for words in ("6 places libres", "Dernières places : 2", "Annulé", "Complet – liste d’attente"):
        assert words in text
    assert "3 dates à partir du lundi 14 décembre" in text
    assert said(visitor.get("/ateliers?niveau=avance")).count("Voir cet atelier") == 1
    assert "Pas d’atelier prévu avec ce choix." in said(visitor.get("/ateliers?commune=breuillet"))
    unknown = visitor.get("/ateliers?commune=nulle-part&niveau=expert&theme=rien&page=0")
    assert (unknown.status_code, errors(unknown)) == (404, [ALL_COMMUNES, ALL_LEVELS, ALL_THEMES])
    assert said(unknown).count("Voir cet atelier") == text.count("Voir cet atelier") == 5
    english = said(visitor.get("/en/ateliers"))
    assert "Passwords and scams" in english
    assert "Group workshops" in english
    detail = said(visitor.get(f"/ateliers/{cycle}"))
    assert "Une seule inscription pour toutes les dates." in detail
    assert "Lundi 21 décembre, de 14 h à 16 h" in detail
    assert "Cet atelier est annulé" in said(visitor.get(f"/ateliers/{slugs[2]}"))
    assert visitor.get(f"/ateliers/{slugs[2]}/inscription").status_code == 302
    assert visitor.get("/ateliers/nulle-part").status_code == 404


def test_the_feed_tells_dates_and_says_unchanged(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan(dates=2)
    feed = visitor.get("/ateliers.ics")
    text = feed.get_data(as_text=True)
    assert text.count("BEGIN:VEVENT") == 2
    programme.own_page(slug)
    again = visitor.get("/ateliers.ics", headers={"If-None-Match": feed.headers["ETag"]})
    assert again.status_code == 304
    assert "BEGIN:VEVENT" not in visitor.get("/ateliers.ics?commune=breuillet").text
    assert visitor.get("/ateliers.ics?commune=nulle-part").status_code == 422
    assert "Passwords" in visitor.get("/en/ateliers.ics").text


def test_a_month_is_printed_for_one_commune_or_for_all(programme: Programme) -> None:
    visitor = programme.client
    programme.plan(dates=2)
    programme.plan(datetime(2026, 12, 30, 13, tzinfo=UTC), dates=2)
    december = said(visitor.get("/ateliers/programme?mois=2026-12"))
    assert "Ateliers en groupe : décembre 2026" in december
    assert december.count("Mots de passe et arnaques") == 3
    assert "Date 1 sur 2" in december
    assert said(visitor.get("/ateliers/programme?mois=2027-01")).count("Mots de passe") == 1
    assert "Pas d’atelier ce mois-ci." in said(
        visitor.get("/ateliers/programme?mois=2026-12&commune=breuillet")
    )
    assert "novembre 2026" in said(visitor.get("/ateliers/programme"))
    assert visitor.get("/ateliers/programme?mois=demain").status_code == 404
    unknown = visitor.get("/ateliers/programme?mois=2026-12&commune=nulle-part")
    assert (unknown.status_code, errors(unknown)) == (404, [ALL_COMMUNES])


def test_filters_find_what_is_there(programme: Programme) -> None:
    visitor = programme.client
    programme.plan(themes=["email"])
    programme.plan(FIRST + timedelta(days=1))
    both = {"commune=arvert": 2, "theme=email": 1, "commune=arvert&theme=email&niveau=debutant": 1}
    for query, count in both.items():
        assert said(visitor.get(f"/ateliers?{query}")).count("Voir cet atelier") == count, query


def test_what_is_over_says_so_and_costs_no_query(programme: Programme) -> None:
    visitor = programme.client
    programme.plan()
    with visitor.application.app_context():
        engine = db.engine
    counts = []
    for days in (1, 2, 3, 9):
        over = programme.plan(NOW - timedelta(days=days))
        visitor.get("/ateliers")
        asked: list[object] = []

        def note(*given: object, asked: list[object] = asked) -> None:
            asked.append(given[2])

        event.listen(engine, "before_cursor_execute", note)
        visitor.get("/ateliers")
        event.remove(engine, "before_cursor_execute", note)
        counts.append(len(asked))
    assert counts == [counts[0]] * 4
    assert counts[0] > 0
    page = visitor.get(f"/ateliers/{over}")
    assert "Terminé" in said(page)
    assert "M’inscrire" not in said(page)
    assert said(visitor.get("/ateliers")).count("Voir cet atelier") == 1


def test_english_says_all_of_it_in_english(programme: Programme) -> None:
    visitor, slug = programme.client, programme.plan(dates=2)
    month = said(visitor.get("/en/ateliers/programme?mois=2026-12"))
    for words in ("Group workshops: December 2026", "Passwords and scams", "Date 1 of 2"):
        assert words in month
    detail = said(visitor.get(f"/en/ateliers/{slug}"))
    for words in ("One registration for all dates.", "Tuesday 8 December", "Your phone."):
        assert words in detail
    form = visitor.get(f"/en/ateliers/{slug}/inscription")
    programme.clock.shift(READING_S)
    check = visitor.submit(form, "Continue", **ANSWERS)
    assert page_of(check).h1 == "Check your registration"
    for words in ("Passwords and scams", "Tuesday 8 December", "Rose Serin"):
        assert words in said(check)
    for page in (visitor.get(f"/en/ateliers/{slug}"), check):
        assert "atelier" not in said(page).casefold().replace("/ateliers", "")
