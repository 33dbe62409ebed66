"""News of the workshops: a consent, a first mail, one digest a month at most, and the way out."""

from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from sqlalchemy import select, update

from app.domain.appointment import MessageChannel
from app.domain.errors import TooManyTries
from app.domain.messages import MessageKind, OutboxState
from app.domain.sending import SkipReason
from app.domain.workshops import WorkshopStatus
from app.gateways.senders import FileSender
from app.models.outbox import OutboxMessage
from app.models.places import Venue
from app.models.workshops import Workshop, WorkshopNews, WorkshopSession
from app.services.letters import PostRoom
from app.services.links import Links
from app.services.outbox_claims import claim_due
from app.services.throttle import Quota
from app.services.transaction import write_transaction
from app.services.wishes import record_stop
from app.services.workshop_digest import tell_of_workshops
from app.services.workshop_news import Wanted, ask_for_news, gets_news, news_token, stop_news
from tests.support.delivered import deliver
from tests.support.people_cards import clerk
from tests.support.stage import LINKS, Stage, phone
from tests.support.stage_plan import NOW, at
from tests.support.workshops import plan_workshop

EMAIL, SMS = MessageChannel.EMAIL, MessageChannel.SMS
SOON = NOW + timedelta(seconds=5)
FIRST_OF_MONTH = at("2026-12-01T08:00")
MANY = 99
ROSE = Wanted("rose@example.fr", None, "fr")


class News:
    """Who asks, what is due, what leaves."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.session, self.stage, self.folder = stage.session, stage, folder
        self.room = PostRoom({EMAIL: FileSender(folder, "Aide")}, LINKS, "https://rdv.example.fr")

    def ask(self, wanted: Wanted = ROSE, **changes: object) -> WorkshopNews:
        ask_for_news(self.session, wanted, now=NOW, links=LINKS, **changes)  # type: ignore[arg-type]
        query = select(WorkshopNews).where(WorkshopNews.email == (wanted.email or "").casefold())
        return self.session.scalars(query).one()

    def ask_by_sms(self, number: str) -> None:
        wanted = Wanted(None, None, "fr", phone=number)
        ask_for_news(self.session, wanted, now=NOW, links=LINKS)

    def kinds(self) -> list[MessageKind]:
        self.session.rollback()
        rows = self.session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
        return [each.kind for each in rows]

    def send(self, now: object, by: MessageChannel = EMAIL) -> list[OutboxState | None]:
        claims = claim_due(self.session, now, [by], limit=MANY)  # type: ignore[arg-type]
        return [deliver(self.session, each, now, self.room) for each in claims]  # type: ignore[arg-type]

    def mails(self) -> list[object]:
        files = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(each.read_bytes(), policy=policy.default) for each in files]


@pytest.fixture
def news(stage: Stage, tmp_path: Path) -> News:
    return News(stage, tmp_path)


def test_the_first_mail_confirms_and_carries_the_way_out(news: News) -> None:
    row = news.ask()
    commune_id = news.stage.catalogue.communes[0].id
    news.ask(Wanted("Rose@example.fr", commune_id, "en"))  # anybody may: no second mail, no change
    assert news.kinds() == [MessageKind.CONFIRMATION]
    assert (row.commune_id, row.language) == (None, "fr")
    assert news.send(SOON) == [OutboxState.SENT]
    (mail,) = news.mails()
    link = f"https://rdv.example.fr/nouvelles/{news_token(row, LINKS)}"
    assert mail["List-Unsubscribe"] == f"<{link}/arret>"  # type: ignore[index]
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"  # type: ignore[index]
    assert link in mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]


def test_a_quota_keeps_a_prankster_from_writing_to_the_whole_town(news: News) -> None:
    quota = Quota("news:here", 1, 60, TooManyTries)
    news.ask(quotas=[quota])
    with pytest.raises(TooManyTries):
        news.ask(Wanted("paul@example.fr", None, "fr"), quotas=[quota])
    assert news.kinds() == [MessageKind.CONFIRMATION]


def test_once_a_month_in_open_hours_and_only_when_there_is_something(news: News) -> None:
    news.ask()
    news.send(SOON)
    assert tell_of_workshops(news.session, FIRST_OF_MONTH, MANY) == 0  # no workshop at all
    plan_workshop(news.session, at("2027-01-20T14:00"), recorded_at=NOW)
    assert tell_of_workshops(news.session, FIRST_OF_MONTH, MANY) == 0  # too far ahead
    plan_workshop(news.session, at("2026-12-08T14:00"), recorded_at=NOW)
    assert tell_of_workshops(news.session, NOW, MANY) == 0  # the month of the consent
    assert tell_of_workshops(news.session, at("2026-12-01T07:59"), MANY) == 0
    assert tell_of_workshops(news.session, FIRST_OF_MONTH, MANY) == 1
    assert tell_of_workshops(news.session, at("2026-12-31T19:00"), MANY) == 0
    assert news.send(FIRST_OF_MONTH) == [OutboxState.SENT]
    text = news.mails()[-1].get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert "mardi 8 décembre" in text
    assert "janvier" not in text
    assert tell_of_workshops(news.session, at("2027-01-02T08:00"), MANY) == 1


def test_their_commune_comes_first_and_what_is_off_is_left_out(news: News) -> None:
    sooner = plan_workshop(news.session, at("2026-12-08T14:00"), recorded_at=NOW)
    off = plan_workshop(news.session, at("2026-12-10T14:00"), recorded_at=NOW)
    with write_transaction(news.session):
        cancelled = update(Workshop).where(Workshop.id == off)
        news.session.execute(cancelled.values(status=WorkshopStatus.CANCELLED))
    at_home = plan_workshop(news.session, at("2026-12-15T14:00"), recorded_at=NOW)
    elsewhere = news.session.scalars(select(Venue).order_by(Venue.id.desc())).first()
    assert elsewhere is not None
    commune_id = elsewhere.commune_id
    with write_transaction(news.session):
        moved = update(WorkshopSession).where(WorkshopSession.workshop_id == at_home)
        news.session.execute(moved.values(venue_id=elsewhere.id, commune_id=commune_id))
    news.ask(Wanted("rose@example.fr", commune_id, "fr"))
    news.send(SOON)
    tell_of_workshops(news.session, FIRST_OF_MONTH, MANY)
    news.send(FIRST_OF_MONTH)
    text = news.mails()[-1].get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    slugs = {each.id: each.slug for each in news.session.scalars(select(Workshop))}
    assert 0 < text.index(slugs[at_home]) < text.index(slugs[sooner])
    assert slugs[off] not in text


def test_whoever_stops_gets_nothing_that_was_still_to_leave(news: News) -> None:
    plan_workshop(news.session, at("2026-12-08T14:00"), recorded_at=NOW)
    token = news_token(news.ask(), LINKS)
    news.send(SOON)
    tell_of_workshops(news.session, FIRST_OF_MONTH, MANY)
    assert gets_news(news.session, token)
    for _ in range(2):
        stop_news(news.session, token, now=FIRST_OF_MONTH)
        assert not gets_news(news.session, token)
    stop_news(news.session, "not a token", now=FIRST_OF_MONTH)
    assert news.send(FIRST_OF_MONTH) == []
    assert news.session.scalars(select(WorkshopNews)).all() == []
    again = news_token(news.ask(), LINKS)
    assert not gets_news(news.session, token)
    assert gets_news(news.session, again)


def test_a_new_link_key_replaces_the_link_in_the_next_mail(news: News) -> None:
    row = news.ask()
    other = Links("another key, as long as the first one was")
    news.room = PostRoom(news.room.senders, other, "https://rdv.example.fr")
    assert news.send(SOON) == [OutboxState.SENT]
    assert gets_news(news.session, news_token(news.session.get_one(WorkshopNews, row.id), other))


def test_by_sms_each_says_where_stop_goes_and_stop_at_the_desk_ends_it(
    news: News, tmp_path: Path
) -> None:
    number = phone(55)
    plan_workshop(news.session, at("2026-12-08T14:00"), recorded_at=NOW)
    for _ in range(2):  # asked twice, it is kept once and confirmed once
        news.ask_by_sms(number.number)
    senders = {SMS: FileSender(tmp_path, "Aide")}
    without = PostRoom(senders, LINKS, "https://rdv.example.fr")
    news.room = PostRoom(senders, LINKS, "https://rdv.example.fr", stop_number="36180")
    assert news.send(SOON, SMS) == [OutboxState.SENT]
    assert tell_of_workshops(news.session, FIRST_OF_MONTH, MANY) == 1
    assert news.send(FIRST_OF_MONTH, SMS) == [OutboxState.SENT]
    told = [each.read_text() for each in sorted(tmp_path.glob("*.txt"))]
    assert all("STOP au 36180" in each for each in told)
    assert "un atelier prévu" in told[-1]
    plan_workshop(news.session, at("2027-01-20T14:00"), recorded_at=NOW)
    assert tell_of_workshops(news.session, at("2027-01-04T08:00"), MANY) == 1
    news.room = without  # the gateway takes « STOP » no more
    assert news.send(at("2027-01-04T08:00"), SMS) == [OutboxState.SKIPPED]
    last = select(OutboxMessage.outcome).order_by(OutboxMessage.id.desc()).limit(1)
    assert news.session.scalars(last).one() == SkipReason.NO_WAY_OUT
    card = news.stage.appointment(news.stage.book(phone=number)).resident_id
    record_stop(news.session, card, by=clerk(news.stage), now=NOW)
    assert news.session.scalars(select(WorkshopNews)).all() == []
