"""« Horaires » as a page plans them: new hours of the own counsellor, and what the page says."""

from typing import Any

from app.services.planning_rule_lists import list_rules
from tests.support.page_client import PageClient
from tests.support.page_rules import Page
from tests.support.presquile import NOW
from tests.support.team import Team

PREVIEW = "Voir les rendez-vous touchés"


def text_of(page: str) -> str:
    plain = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2011": "-"})
    return Page(page, "/agents").text.translate(plain).replace(" .", ".")


def soup_of(page: str) -> Any:
    return Page(page, "/agents").soup


def own_rule(team: Team, rank: int = 0) -> Any:
    """A weekly permanence of the own (0) or the foreign (1) counsellor."""
    with team.session() as session:
        return next(
            each
            for each in list_rules(session, now=NOW)
            if each.counsellor_id == team.subjects["counsellor_id"][rank] and each.venue_slug
        )


def new_hours(client: PageClient, team: Team, **answers: str) -> Any:
    form = client.get("/agents/horaires/nouveau")
    given = {
        "conseiller": str(team.subjects["counsellor_id"][0]), "lieu": "mairie-breuillet",
        "jour": "5", "de": "09:00", "a": "12:00", "du": "2026-11-28",
    }  # fmt: skip
    return client.submit(form, PREVIEW, **{**given, **answers})


def venues(team: Team) -> str:
    return own_rule(team).venue_slug
