"""Feeds as programs read them, and the pages where they are made and stopped."""

import gzip
import re
from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import func, select, update

from app import extensions
from app.domain.feeds import FeedLevel
from app.models.accounts import User
from app.models.appointment import Appointment
from app.models.calendars import CalendarFeed
from app.services.feeds import create_feed, feed_owners, revoke_feed
from tests.support.page_client import PageClient, page_of
from tests.support.presquile import NOW
from tests.support.site import MakeApp
from tests.support.team import Team, book_a_person

ADDRESS = re.compile(r"http://[^<>\s]+/agendas/([\w-]{22})\.ics")


def make_feed(team: Team, key: str, by: str = "coordinator", **how: object) -> str:
    """The path of a new feed; `key` as the form names its owner."""
    level = how.get("level", FeedLevel.BUSY)
    with team.session() as session:
        owner = next(each for each in feed_owners(session) if each.key == key)
        user = team.users[by]
        token = create_feed(session, owner, level, with_travel=False, by=user, now=NOW)  # type: ignore[arg-type]
    return f"/agendas/{token}.ics"


@pytest.fixture
def own(team: Team) -> str:
    """The path of a feed of the first counsellor."""
    return make_feed(team, f"conseiller-{team.subjects['counsellor_id'][0]}")


@pytest.fixture
def program(team: Team) -> PageClient:
    """A calendar program: nobody is signed in."""
    client = team.app.test_client()
    assert isinstance(client, PageClient)
    return client


def test_a_program_reads_the_feed(program: PageClient, own: str) -> None:
    answer = program.get(own, headers={"User-Agent": "Google-Calendar-Importer"})
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "private, max-age=300"
    assert "Last-Modified" in answer.headers
    assert not {"Content-Disposition", "Set-Cookie"} & set(answer.headers.keys())
    etag, is_weak = answer.get_etag()
    assert etag
    assert not is_weak
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["SUMMARY"] == "Occupé"
    assert program.get(own).data == answer.data


def test_what_has_not_changed_is_not_sent_again(
    program: PageClient, own: str, team: Team, monday: time_machine.Traveller
) -> None:
    first = program.get(own)
    again = program.get(own, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Cache-Control"] == "private, max-age=300"
    with team.session() as session:
        book_a_person(session, "breuillet", "Ysoline", "Bourrasque", 3)
    changed = program.get(own, headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_date_alone_is_never_enough(program: PageClient, own: str) -> None:
    """What leaves a feed leaves no later date behind."""
    since = {"If-Modified-Since": program.get(own).headers["Last-Modified"]}
    assert program.get(own, headers=since).status_code == 200
    assert program.get(own, headers=since | {"Accept-Encoding": "gzip"}).status_code == 200


def test_it_is_packed_where_asked_under_a_tag_of_its_own(program: PageClient, own: str) -> None:
    plain = program.get(own)
    packed = program.get(own, headers={"Accept-Encoding": "gzip, deflate, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert program.get(own, headers={"Accept-Encoding": "gzip"}).data == packed.data
    for known in (plain, packed):
        headers = {"If-None-Match": known.headers["ETag"], "Accept-Encoding": "gzip"}
        assert program.get(own, headers=headers).status_code == 304


def test_head_tells_the_same_without_the_file(program: PageClient, own: str) -> None:
    whole, head = program.get(own), program.head(own)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(whole.data))


def test_a_stopped_or_wrong_address_is_not_found(program: PageClient, own: str, team: Team) -> None:
    with team.session() as session:
        feed_id = session.scalars(select(CalendarFeed.id)).one()
        revoke_feed(session, feed_id, by=team.users["coordinator"], now=NOW)
    for path in (own, "/agendas/x.ics", f"/agendas/{'A' * 22}.ics", f"/agendas/{'é' * 400}.ics"):
        assert program.get(path).status_code == 404
    assert program.get("/agendas/x").status_code == 404


def test_many_wrong_addresses_are_slowed_down(program: PageClient, own: str) -> None:
    for _ in range(30):
        assert program.get("/agendas/x.ics").status_code == 404
    assert program.get("/agendas/x.ics").status_code == 429
    assert program.get(own).status_code == 200


def test_robots_may_read_it(program: PageClient) -> None:
    assert "agendas" not in program.get("/robots.txt").text


def read(client: PageClient, path: str) -> tuple[int, str]:
    answer = client.get(path)
    return answer.status_code, page_of(answer).text


def test_a_counsellor_makes_an_address_shown_once(team: Team, program: PageClient) -> None:
    client = team.client("counsellor")
    assert "Mes agendas" in read(client, "/agents/mon-compte")[1]
    assert "Aucune adresse en service" in read(client, "/agents/mon-compte/agendas")[1]
    form = client.get("/agents/agendas/nouveau")
    assert len(page_of(form).soup.select("input[name=agenda]")) == 1
    made = client.submit(form, "Créer l’adresse", niveau="DETAIL", trajets="oui")
    assert made.status_code == 200
    found = ADDRESS.search(made.text)
    assert found
    assert f'href="webcal://{found[0].removeprefix("http://")}"' in made.text
    soup = page_of(made).soup
    assert soup.select_one(".qr-frame svg")
    assert [len(each("li")) for each in soup.main("ol")] == [3, 3, 3]  # type: ignore[union-attr]
    told = program.get(f"/agendas/{found[1]}.ics", headers={"User-Agent": "Thunderbird/128"})
    assert "Apolline B." in told.text
    assert "Baiebrune" not in told.text
    status, text = read(client, "/agents/mon-compte/agendas")
    assert status == 200
    assert found[1] not in text
    assert "Détail, trajets" in text
    assert re.search(r"lundi 23 novembre à 10\sh, par Thunderbird", text)


def test_a_browser_that_reads_a_feed_is_told_as_such(
    team: Team, program: PageClient, own: str
) -> None:
    program.get(own, headers={"User-Agent": "Mozilla/5.0 Firefox/132.0"})
    text = read(team.client("counsellor"), "/agents/mon-compte/agendas")[1]
    assert "par un navigateur" in text


def test_stopping_is_at_once(team: Team, program: PageClient, own: str) -> None:
    client = team.client("counsellor")
    stopped = client.submit(client.get("/agents/mon-compte/agendas"), "Arrêter")
    assert stopped.status_code == 303
    assert program.get(own).status_code == 404
    told = read(client, stopped.headers["Location"])[1]
    assert "L’adresse est arrêtée." in told
    assert "Aucune adresse en service" in told


@pytest.mark.parametrize("name", ["counsellor", "desk", "referent"])
def test_a_foreign_feed_is_neither_seen_made_nor_stopped(team: Team, name: str) -> None:
    counsellor, venue = team.subjects["counsellor_id"][1], team.subjects["venue_id"][1]
    for key in (f"conseiller-{counsellor}", f"lieu-{venue}"):
        make_feed(team, key)
    client = team.client(name)
    assert "Aucune adresse en service" in read(client, "/agents/mon-compte/agendas")[1]
    with team.session() as session:
        feed_ids = session.scalars(select(CalendarFeed.id)).all()
    form = client.get("/agents/agendas/nouveau")
    token = page_of(form).soup.select_one("main input[name=csrf_token]")
    assert token
    for feed_id in (*feed_ids, 999_999):
        fields = {"agenda": str(feed_id), "csrf_token": str(token["value"])}
        assert client.post("/agents/agendas/arret", data=fields).status_code == 404
    fields = {"agenda": f"conseiller-{counsellor}", "csrf_token": str(token["value"])}
    refused = client.post("/agents/agendas/nouveau", data=fields | {"niveau": "BUSY"})
    assert refused.status_code == 422
    assert "Choisissez l’agenda à suivre." in page_of(refused).text
    with team.session() as session:
        count = select(func.count()).select_from(CalendarFeed)
        assert session.scalars(count.where(CalendarFeed.revoked_at.is_(None))).one() == 2


def test_a_desk_has_the_venues_of_its_commune(team: Team, program: PageClient) -> None:
    client = team.client("desk")
    form = client.get("/agents/agendas/nouveau")
    offered = [each["value"] for each in page_of(form).soup.select("input[name=agenda]")]
    assert f"lieu-{team.subjects['venue_id'][0]}" in offered
    assert not [each for each in offered if str(each).startswith("conseiller")]
    assert "trajets" not in form.text
    made = client.submit(form, "Créer l’adresse", agenda=str(offered[0]), niveau="BUSY")
    found = ADDRESS.search(made.text)
    assert found
    assert program.get(f"/agendas/{found[1]}.ics").status_code == 200


def test_the_coordinator_sees_and_stops_all(team: Team, own: str, program: PageClient) -> None:
    venue = make_feed(team, f"lieu-{team.subjects['venue_id'][1]}", by="foreign_desk")
    client = team.client("coordinator")
    page = client.get("/agents/agendas")
    rows = page_of(page).soup.select("main tbody tr")
    assert len(rows) == 2
    fields = {each["name"]: str(each["value"]) for each in rows[1].select("input[name]")}
    assert client.post("/agents/agendas/arret", data=fields).status_code == 303
    assert program.get(venue).status_code == 404
    assert program.get(own).status_code == 200


def test_an_address_that_died_with_its_maker_says_so(
    team: Team, own: str, program: PageClient
) -> None:
    """The coordinator who made it for a counsellor is gone: somebody must make another."""
    client, warning = team.client("counsellor"), "ne marche plus"
    assert warning not in page_of(client.get("/agents/agendas")).text
    with team.session() as session:
        session.execute(update(User).where(User.role == "COORDINATOR").values(active=False))
        session.commit()
    assert program.get(own).status_code == 404
    text = page_of(client.get("/agents/agendas")).text
    assert text.count(warning) == 2  # beside the address, and why
    assert "créez une nouvelle adresse" in text


def test_answers_are_asked_for(team: Team) -> None:
    client = team.client("coordinator")
    form = client.get("/agents/agendas/nouveau")
    refused = client.submit(form, "Créer l’adresse", niveau="TOUT")
    assert refused.status_code == 422
    text = page_of(refused).text
    assert "Choisissez l’agenda à suivre." in text
    assert "Choisissez ce que l’agenda montre." in text


def week(client: PageClient, query: str = "") -> tuple[int, list[str]]:
    answer = client.get(f"/agents/agenda/semaine.ics{query}")
    if answer.status_code != 200:
        return answer.status_code, []
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert answer.headers["Cache-Control"] == "no-store"
    events = Calendar.from_ical(answer.data).walk("VEVENT")
    return 200, sorted(str(each["SUMMARY"]) for each in events)


def test_a_week_as_a_file_is_of_ones_own(team: Team) -> None:
    own_id, foreign_id = team.subjects["counsellor_id"]
    with team.session() as session:
        foreign = session.get_one(Appointment, team.subjects["appointment_id"][1])
        later = f"?debut={foreign.engagement.starts_at.date().isoformat()}"
    this_week, of_foreign = f"?conseiller={own_id}", f"{later}&conseiller={foreign_id}"
    assert week(team.client("coordinator")) == (200, ["Apolline B. (Jeanne)"])
    assert week(team.client("coordinator"), of_foreign) == (200, ["Gaspard R."])
    assert week(team.client("coordinator"), "?conseiller=999999") == (404, [])
    assert week(team.client("counsellor")) == (200, ["Apolline B."])
    assert week(team.client("counsellor"), this_week) == (200, ["Apolline B."])
    assert week(team.client("counsellor"), of_foreign) == (404, [])
    assert week(team.client("desk")) == (200, ["Apolline B. (Jeanne)"])
    assert week(team.client("desk"), later) == (200, [])
    assert week(team.client("desk"), this_week) == (404, [])
    assert week(team.client("committee")) == (403, [])


DAYS = ["?debut=hier", "?debut=2026-11-26", "?debut=0001-01-01", "?debut=9999-12-31", "?debut="]


@pytest.mark.parametrize("query", [*DAYS, "?conseiller=x"])
def test_any_day_names_its_week(team: Team, query: str) -> None:
    client = team.client("counsellor")
    assert week(client, query) == week(client)
    disposition = client.get(f"/agents/agenda/semaine.ics{query}").headers["Content-Disposition"]
    assert disposition == 'attachment; filename="agenda-2026-11-23.ics"'
    later = NOW.date() + timedelta(days=28)
    assert week(client, f"?debut={later.isoformat()}") == (200, [])


def test_a_failing_note_never_keeps_the_agenda(
    program: PageClient, own: str, team: Team, monkeypatch: pytest.MonkeyPatch, make_app: MakeApp
) -> None:
    """Somebody else is writing all the time; the program has its answer all the same."""
    monkeypatch.setattr(extensions, "BUSY_TIMEOUT_MS", 20)
    engine = team.database.engine()
    with engine.connect().execution_options(write_transaction=True) as writer:
        writer.begin()
        assert make_app().test_client().get(own).status_code == 200
    engine.dispose()
    with team.session() as session:
        assert session.scalars(select(CalendarFeed.fetched_at)).all() == [None]
