"""Fifty people press « Confirmer » for one place, each with a browser, on real gunicorn."""

import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPMessage
from http.cookiejar import CookieJar
from pathlib import Path
from threading import Barrier

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from app.models.appointment import Appointment, Engagement, Resident
from tests.support.databases import Database
from tests.support.page_client import filled, form_of
from tests.support.page_rules import Page
from tests.support.site import CREDULOUS, serving
from tests.support.stage import Stage
from tests.support.stage_plan import NOW, at

RACERS = 50
WHEN = "2026-11-27T09:00"
"""A Friday morning that only Jeanne holds: one place."""
PLACE = f"/rendez-vous/coordonnees?commune=amont&besoin=email&debut={WHEN}&lieu=mairie-amont"
LONGEST_ANSWER_S = 60


class StayHere(urllib.request.HTTPRedirectHandler):
    """A redirection is an answer like another one."""

    def redirect_request(self, *_: object) -> None:
        return None


@dataclass
class Answer:
    status: int
    headers: HTTPMessage
    page: Page


@dataclass
class Visitor:
    """A browser with its own cookies, and somebody with their own answers."""

    site: str
    rank: int
    cookies: CookieJar = field(default_factory=CookieJar)

    def __post_init__(self) -> None:
        jar = urllib.request.HTTPCookieProcessor(self.cookies)
        self.browser = urllib.request.build_opener(jar, StayHere)

    @property
    def answers(self) -> dict[str, str]:
        return {
            "prenom": f"Rose{chr(65 + self.rank // 26)}{chr(65 + self.rank % 26)}",
            "nom": "Serin",
            "telephone": f"06 39 98 11 {self.rank:02}",
            "message": "NONE",
        }

    def open(self, path: str, form: Mapping[str, str] | None = None) -> Answer:
        body = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            response = self.browser.open(f"{self.site}{path}", body, timeout=LONGEST_ANSWER_S)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            page = Page(response.read().decode(), path)
            return Answer(response.status, response.headers, page)

    def press(self, answer: Answer, button: str, **typed: str) -> Answer:
        form = form_of(answer.page, button)
        return self.open(str(form["action"]), filled(form) | typed)


def test_of_fifty_people_one_has_the_place_and_the_others_lose_nothing(
    stage: Stage, database: Database, engine: Engine, tmp_path: Path
) -> None:
    with serving(database, log=tmp_path / "gunicorn.log", at=NOW, **CREDULOUS) as site:
        answers = race([Visitor(site, rank) for rank in range(RACERS)])
    assert Counter(answer.status for answer in answers) == {303: 1, 409: RACERS - 1}
    for rank, answer in enumerate(answers):
        if answer.status == 409:
            assert Visitor(site, rank).answers.items() <= filled(form_of(answer.page)).items()
            assert len(answer.page.soup.select("button[name=choix]")) == 3
    with Session(engine) as session:
        (winner,) = [rank for rank, answer in enumerate(answers) if answer.status == 303]
        held = select(Resident.first_name, Engagement.starts_at).select_from(Appointment)
        rows = session.execute(held.join(Resident).join(Engagement)).all()
        assert rows == [(Visitor(site, winner).answers["prenom"], at(WHEN))]
    confirmation = answers[winner].headers["Location"]
    assert confirmation.startswith("/rendez-vous/confirme/")


def race(visitors: list[Visitor]) -> list[Answer]:
    """Everybody reads, fills, checks; then all press the last button at once."""
    with ThreadPoolExecutor(RACERS) as people:
        contacts = list(people.map(lambda each: each.open(PLACE), visitors))
        assert {answer.status for answer in contacts} == {200}
        checks = list(
            people.map(
                lambda each, page: each.press(page, "Continuer", **each.answers), visitors, contacts
            )
        )
        assert {answer.status for answer in checks} == {200}
        start = Barrier(RACERS)

        def confirm(visitor: Visitor, check: Answer) -> Answer:
            start.wait(LONGEST_ANSWER_S)
            return visitor.press(check, "Confirmer le rendez-vous")

        return list(people.map(confirm, visitors, checks))
