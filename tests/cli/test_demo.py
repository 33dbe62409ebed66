"""flask demo create: the same data for the same day, believable, with free times where promised."""

import re
import sqlite3
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import Engine, func, select, text, update
from sqlalchemy.orm import Session

from app.domain.appointment import (
    AppointmentStatus,
    CallReason,
    CancelledBy,
    EventKind,
    MessageChannel,
)
from app.domain.availability import AvailabilityKind
from app.domain.messages import OutboxState, Receipt
from app.models import Base
from app.models.appointment import Appointment, AppointmentEvent, CallTask, Engagement, Resident
from app.models.outbox import OutboxMessage
from app.models.places import Commune, Territory, Topic
from app.models.schedule import Absence, Closure, Replacement
from app.services.appointment_facts import facts_by_token, token_by_reference
from app.services.catalogue import read_catalogue
from app.services.orphans import find_orphans
from app.services.times import Search, find_times
from tests.support.databases import Database, WipedDatabase
from tests.support.demo_days import DAYS, LINKS, PLAIN, Demo, demo_config, demo_of, run_demo

ALWAYS_FREE = ("breuillet", "vaux-sur-mer", "saint-palais-sur-mer")
ONE_DAY = timedelta(days=1)
PARIS = ZoneInfo("Europe/Paris")
FICTIONAL = re.compile(r"\+33(63998|53649)\d{4}")


@pytest.fixture(params=DAYS, ids=str)
def demo(request: pytest.FixtureRequest, run_folder: Path) -> Demo:
    return demo_of(run_folder, request.param)


@pytest.fixture
def plain(run_folder: Path) -> Demo:
    return demo_of(run_folder, PLAIN)


# -- the command -------------------------------------------------------------------------------


def test_outside_the_demo_the_command_touches_nothing(run: Any, engine: Engine) -> None:
    result = run("demo", "create", "--today", PLAIN)
    assert result.exit_code == 1
    assert "COCLICO_DEMO=1" in result.stderr
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM alembic_version")) == 1


@pytest.mark.parametrize("today", ["2026-13-01", "demain", "1999-12-31", "2091-01-01"])
def test_a_day_out_of_reason_is_refused_in_a_sentence(database: Database, today: str) -> None:
    result = run_demo(demo_config(database.url), "--today", today)
    assert result.exit_code in {1, 2}
    assert "--today" in result.stderr
    assert "Traceback" not in result.output


def test_real_appointments_are_never_erased(plain: Demo, tmp_path: Path) -> None:
    """A database of an operator who left COCLICO_DEMO=1 behind."""
    config = demo_config(f"sqlite:///{_copy(plain, tmp_path)}")
    real = Demo(PLAIN, config.database_url, "")
    with real.session() as session:
        service = session.scalars(select(Territory.service)).one()
        session.execute(update(Territory).values(service=service | {"email": "mairie@exemple.fr"}))
        session.commit()
    result = run_demo(config)
    assert result.exit_code == 1
    assert result.stderr == "Cette base contient de vrais rendez-vous : rien n'a été effacé.\n"
    with real.session() as session:
        assert count(session, Appointment) > 200


def test_the_same_day_gives_the_same_data_even_over_another_demo(
    plain: Demo, run_folder: Path, tmp_path: Path
) -> None:
    """Without --today it is the day of the clock, on the wall of the territory."""
    config = demo_config(f"sqlite:///{_copy(demo_of(run_folder, DAYS[1]), tmp_path)}")
    with time_machine.travel(f"{PLAIN - ONE_DAY}T23:30:00+00:00", tick=False):
        assert run_demo(config).stdout == plain.words
    assert _dump(config.database_url) == _dump(plain.url)


def _copy(demo: Demo, folder: Path) -> Path:
    file = folder / "copy.sqlite"
    with sqlite3.connect(_file(demo.url)) as source, sqlite3.connect(file) as copy:
        source.backup(copy)
    return file


def _dump(url: str) -> list[str]:
    """Sorted: a migration may make the indexes of a table in any order."""
    with sqlite3.connect(_file(url)) as connection:
        return sorted(connection.iterdump())


def _file(url: str) -> str:
    return url.removeprefix("sqlite:///")


def test_postgresql_gets_the_same_rows(plain: Demo, wiped_database: WipedDatabase) -> None:
    wiped_database.wipe()
    url = wiped_database.url.render_as_string(hide_password=False)
    assert run_demo(demo_config(url), "--today", str(PLAIN)).stdout == plain.words
    with plain.session() as one, Demo(PLAIN, url, "").session() as another:
        for table in Base.metadata.sorted_tables:
            query = select(table).order_by(*table.primary_key)
            assert one.execute(query).all() == another.execute(query).all(), table.name


def test_the_words_open_an_appointment(plain: Demo) -> None:
    link = re.search(r"/r/(\w{12})\n", plain.words)
    told = re.search(r"numéro (\d{3}) (\d{3}), téléphone 0([\d ]+)", plain.words)
    assert link
    assert told
    reference, phone = int(told[1] + told[2]), "+33" + told[3].replace(" ", "")
    now = datetime.combine(PLAIN, time(23), UTC)
    with plain.session() as session:
        catalogue = read_catalogue(session)
        assert token_by_reference(session, reference, phone, now=now, links=LINKS) == link[1]
        facts = facts_by_token(session, catalogue, link[1], now=now, links=LINKS)
        assert facts.status is AppointmentStatus.BOOKED
        assert facts.starts_at > now + timedelta(days=2)
    assert "/rendez-vous?commune=breuillet" in plain.words


# -- what is promised --------------------------------------------------------------------------


def at_hours(demo: Demo) -> list[datetime]:
    """The demo is shown at any hour, and left running for a few days."""
    starts = datetime.combine(demo.day, time.min, UTC)
    return [starts + timedelta(hours=hours) for hours in (0, 9, 21, 69)]


def is_free(session: Session, slug: str, kind: AvailabilityKind, code: str, now: datetime) -> bool:
    catalogue = read_catalogue(session)
    topic = catalogue.topic(code)
    search = Search(kind, catalogue.commune(slug), topic, topic.minutes)
    return bool(find_times(session, catalogue, search, now=now).days)


@pytest.mark.parametrize("kind", list(AvailabilityKind))
def test_three_communes_always_have_free_times(demo: Demo, kind: AvailabilityKind) -> None:
    with demo.session() as session:
        topics = [topic.code for topic in read_catalogue(session).offered_topics()]
        lacking = [
            (slug, topic, now)
            for now in at_hours(demo)
            for slug in ALWAYS_FREE
            for topic in topics
            if not is_free(session, slug, kind, topic, now)
        ]
    assert lacking == []


def test_chaillevette_has_nothing_free(demo: Demo) -> None:
    with demo.session() as session:
        assert [
            topic.code
            for topic in read_catalogue(session).offered_topics()
            for now in at_hours(demo)
            if is_free(session, "chaillevette", AvailabilityKind.PERMANENCE, topic.code, now)
        ] == []


def test_no_appointment_is_an_orphan(demo: Demo) -> None:
    with demo.session() as session:
        assert find_orphans(session, now=at_hours(demo)[0]) == []


# -- what makes it believable ------------------------------------------------------------------


def count(session: Session, table: Any, *where: Any) -> int:
    return session.scalars(select(func.count()).select_from(table).where(*where)).one()


def test_several_hundred_people_of_every_sort(demo: Demo) -> None:
    midnight = datetime.combine(demo.day, time.min, UTC) - timedelta(hours=2)
    with demo.session() as session:
        assert 250 <= count(session, Appointment) <= 600
        assert count(session, Appointment, Appointment.helper_name.is_not(None)) >= 10
        assert count(session, Appointment, Appointment.language == "en") >= 3
        assert count(session, Appointment, Appointment.address_line1.is_not(None)) >= 10
        cancelled = Counter(session.scalars(select(Appointment.cancelled_by)))
        assert cancelled[CancelledBy.PERSON] >= 3
        assert cancelled[CancelledBy.SERVICE] >= 1
        assert count(session, AppointmentEvent, AppointmentEvent.kind == EventKind.MOVED) >= 3
        past = session.execute(
            select(Appointment.status, func.count())
            .join(Appointment.engagement)
            .where(Engagement.ends_at < midnight)
            .group_by(Appointment.status)
        )
        told = dict(past.all())
        assert AppointmentStatus.BOOKED not in told
        assert told[AppointmentStatus.ATTENDED] > 8 * told[AppointmentStatus.NO_SHOW] > 0
        later = select(Appointment.status).join(Appointment.engagement)
        later = later.where(Engagement.starts_at > midnight + timedelta(days=1))
        assert set(session.scalars(later)) <= {
            AppointmentStatus.BOOKED,
            AppointmentStatus.CANCELLED,
        }


def test_nobody_is_real_and_nobody_is_over_the_limit(demo: Demo) -> None:
    with demo.session() as session:
        phones = Counter(session.scalars(select(Resident.phone)))
        phones += Counter(session.scalars(select(Appointment.helper_phone)))
        del phones[None]
        assert [phone for phone in phones if not FICTIONAL.fullmatch(phone)] == []
        assert max(phones.values()) == 2
        emails = [email for email in session.scalars(select(Resident.email)) if email]
        assert [email for email in emails if not email.endswith("@demo.invalid")] == []


def test_messages_of_the_past_are_sent_and_calls_due_are_made(demo: Demo) -> None:
    midnight = datetime.combine(demo.day, time.min, UTC)
    with demo.session() as session:
        states = Counter(session.scalars(select(OutboxMessage.state)))
        assert states[OutboxState.DEAD] == 1
        assert states[OutboxState.PENDING] <= 1, "on a Sunday the offer waits for Monday"
        assert set(states) <= {OutboxState.SENT, OutboxState.DEAD, OutboxState.PENDING}
        is_sent = OutboxMessage.state == OutboxState.SENT
        by_sms = OutboxMessage.channel == MessageChannel.SMS
        receipts = Counter(session.scalars(select(OutboxMessage.receipt).where(by_sms, is_sent)))
        assert receipts[Receipt.LOST] == 1
        assert receipts[None] == 0
        undelivered = CallTask.reason == CallReason.UNDELIVERED
        assert count(session, CallTask, undelivered, CallTask.closed_at.is_(None)) == 2
        assert count(session, OutboxMessage, OutboxMessage.closed_at > midnight) == 0
        late = CallTask.outcome.is_(None), CallTask.due_at < midnight - timedelta(hours=3)
        assert count(session, CallTask, *late) == 0
        assert count(session, CallTask, CallTask.outcome.is_(None)) >= 1
        assert count(session, AppointmentEvent, AppointmentEvent.at > midnight) == 0


def test_the_team_is_away_replaced_and_shut_out(demo: Demo) -> None:
    with demo.session() as session:
        assert count(session, Absence) == 3
        assert count(session, Replacement) == 1
        assert count(session, Closure) == 2
        assert {row.withdrawn_at for row in session.scalars(select(Closure))} == {None}


def test_some_days_are_full_and_others_half_empty(demo: Demo) -> None:
    taken: Counter[Any] = Counter()
    with demo.session() as session:
        rows = session.scalars(select(Engagement).where(Engagement.occupies))
        for each in rows:
            half_day = each.starts_at.date(), each.starts_at.hour < 11, each.counsellor_id
            taken[half_day] += int((each.ends_at - each.starts_at).total_seconds() // 60)
    assert sum(minutes >= 165 for minutes in taken.values()) >= 20
    assert sum(minutes <= 90 for minutes in taken.values()) >= 20


def test_topics_and_communes_weigh_as_they_should(plain: Demo) -> None:
    with plain.session() as session:
        topics = Counter(session.scalars(select(Topic.code).join(Appointment)))
        communes = Counter(session.scalars(select(Commune.slug).join(Appointment)))
    assert topics.most_common(1)[0][0] == "demarche"
    assert len(topics) == 10
    assert len(communes) == 9
    assert communes["la-tremblade"] > communes["les-mathes"]
