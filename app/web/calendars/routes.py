"""What calendar programs read: feeds by secret address, and a week as a file for once."""

import gzip
from contextlib import suppress
from datetime import date

from flask import Blueprint, Response, current_app, request

from app.domain.access import Action, Role, Subject
from app.domain.errors import DatabaseUnavailable, OutcomeUnknown
from app.domain.feeds import week_of
from app.domain.journal import JournalAction
from app.domain.staff_errors import FeedUnknown, SubjectUnknown
from app.extensions import db
from app.services import throttle
from app.services.agenda_saved import note_saved
from app.services.feeds import Feed, feed_owners
from app.services.feeds_content import (
    Scope,
    Version,
    feed_content,
    feed_version,
    note_fetch,
    open_feed,
    week_content,
)
from app.web.access import allow, current_actor, public, requires
from app.web.booking_terms import parse_date
from app.web.clock import utc_now
from app.web.numbers import small_number
from app.web.quotas import link_quotas
from app.web.security import personal
from app.web.site import current_catalogue

blueprint = Blueprint("calendars", __name__)
CONTENT_TYPE = "text/calendar; charset=utf-8"
FRESH = "private, max-age=300"
PACKED = "gzip"


@blueprint.get("/agendas/<token>.ics")
@public
def feed(token: str) -> Response:
    """The secret address that a calendar program reads again and again.

    Raises FeedUnknown (404), or TooManyTries (429) for a network address that tries many: only
    misses are counted.
    """
    opened, catalogue, now = _opened(token), current_catalogue(), utc_now()
    address = public_url()
    version = feed_version(db.session(), catalogue, opened, address, now=now)
    if _is_known(version):
        answer = Response(status=304)
    else:
        content = feed_content(db.session(), catalogue, opened, address, now=now)
        answer = _packed(content, version)
    with suppress(DatabaseUnavailable, OutcomeUnknown):  # the agenda matters more than the note
        note_fetch(db.session(), opened, request.user_agent.string, now=now)
    return _dressed(answer, version)


def _opened(token: str) -> Feed:
    now = utc_now()
    try:
        return open_feed(db.session(), token, now=now)
    except FeedUnknown:
        throttle.spend(db.session(), link_quotas(current_catalogue()), now=now)
        raise


def _is_known(version: Version) -> bool:
    """Whether the program has this very state, packed or not.

    Only the ETag is asked: what leaves a feed leaves no date behind.
    """
    return any(
        request.if_none_match.contains(each) for each in (version.etag, _packed_tag(version))
    )


def _packed(content: bytes, version: Version) -> Response:
    """Packed by ourselves: the same content must always be the same bytes, under its own tag."""
    answer = Response(content, content_type=CONTENT_TYPE)
    answer.set_etag(version.etag)
    if request.accept_encodings.best_match([PACKED, "identity"]) == PACKED:
        answer.set_data(gzip.compress(content, 6, mtime=0))
        answer.headers["Content-Encoding"] = PACKED
        answer.set_etag(_packed_tag(version))
    return answer


def _packed_tag(version: Version) -> str:
    return f"{version.etag}-{PACKED}"


def _dressed(answer: Response, version: Version) -> Response:
    if answer.status_code == 304:
        answer.set_etag(version.etag)
        answer.headers.pop("Content-Type", None)
    answer.last_modified = version.modified_at
    answer.headers["Cache-Control"] = FRESH
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


@blueprint.get("/agents/agenda/semaine.ics")
@requires(Action.SEE_AGENDA)
def week() -> Response:
    """One week as a file: of a counsellor, of the own communes, or of everybody.

    The journal tells who took it. Raises SubjectUnknown (404) for a counsellor whose agenda is none
    of the actor's business.
    """
    catalogue, now = current_catalogue(), utc_now()
    asked = parse_date(request.args.get("debut", ""))
    monday, next_monday = week_of(asked or catalogue.today(now))
    scope, name = _scope(monday, next_monday)
    head = name, public_url()
    content = week_content(db.session(), catalogue, scope, head, reader=current_actor(), now=now)
    by, day = current_actor().user_id, monday.isoformat()
    action, whose = JournalAction.WEEK_SAVED, scope.counsellor_id
    note_saved(db.session(), action, whose, by=by, now=now, since=day)
    answer = Response(content, content_type=CONTENT_TYPE)
    file_name = f"agenda-{monday.isoformat()}.ics"
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return personal(answer)


def _scope(first: date, until: date) -> tuple[Scope, str]:
    actor, asked = current_actor(), small_number(request.args.get("conseiller"))
    wanted = asked or (actor.counsellor_id if actor.role is Role.COUNSELLOR else None)
    owners = feed_owners(db.session())
    if wanted is not None:
        allow(Action.MANAGE_FEEDS, Subject(counsellor_ids=frozenset({wanted})))
        name = next((each.name for each in owners if each.counsellor_id == wanted), None)
        if name is None:
            raise SubjectUnknown
        return Scope(first, until, counsellor_id=wanted), name
    if actor.role is Role.COORDINATOR:
        return Scope(first, until), current_catalogue().name
    venues = current_catalogue().venues
    here = frozenset(each.id for each in venues if each.commune.id in actor.commune_ids)
    return Scope(first, until, venue_ids=here), "Mes communes"


def public_url() -> str:
    """The address of the site, as it is known outside."""
    address: str = current_app.config["COCLICO"].public_url
    return address
