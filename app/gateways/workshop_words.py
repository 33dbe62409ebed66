"""The words between braces of what is told about workshops: see `message_words`."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from app.domain.appointment_facts import Letterhead
from app.domain.workshop_facts import RegistrationFacts, SessionFacts, WorkshopFacts
from app.domain.workshop_letters import DigestLetter, WorkshopLetter
from app.gateways import dates

SEATS = {"fr": ("une personne", "deux personnes"), "en": ("one person", "two people")}
FREE = {
    "fr": ("une place libre", "deux places libres"),
    "en": ("one free place", "two free places"),
}
MORE = {
    "fr": ("et une autre date", "et {} autres dates"),
    "en": ("and one more date", "and {} more dates"),
}
PLANNED = {
    "fr": ("un atelier prévu", "{} ateliers prévus"),
    "en": ("one workshop planned", "{} workshops planned"),
}
NONE_LEFT = {
    "fr": ("Aucune de ses dates n’a lieu.", "Aucune autre date n’a lieu."),
    "en": ("None of its dates takes place.", "No other date takes place."),
}
OFF = {"fr": "annulé", "en": "cancelled"}
EXCUSED = {"fr": "vous avez prévenu que vous ne viendrez pas", "en": "you told us you cannot come"}
FULL = {"fr": "complet, liste d’attente", "en": "full, waiting list"}
SHORT_TITLE = 22
"""Letters of a title that a text message can spare."""
LITTLE_WORD = 3
"""« et », « de », « une »: no last word of a title that was cut."""


def workshop_words(told: WorkshopLetter, letterhead: Letterhead) -> dict[str, str]:
    """Of one registration, seen from the date that the message is about; when that date was."""
    words = registration_words(told.registration, told.session, letterhead)
    was_at = told.was_at or (told.session.starts_at if told.session.is_cancelled else None)
    if was_at is not None:
        words["was"] = dates.date_time(was_at, told.language, letterhead.timezone)
        words["was_day"] = words["was"].partition(" ")[2]
    if told.offer is not None:
        words |= {
            "free": FREE[told.language][told.offer.places - 1],
            "answer_by": dates.date_time(told.offer.answer_by, told.language, letterhead.timezone),
        }
    return words


def registration_words(
    facts: RegistrationFacts, session: SessionFacts, letterhead: Letterhead
) -> dict[str, str]:
    """The same without what an offer adds."""
    language, zone, workshop = facts.language, letterhead.timezone, facts.workshop
    start = dates.date_time(session.starts_at, language, zone)
    return {
        "title": in_language(workshop.title, language),
        "short_title": short_title(in_language(workshop.title, language)),
        "bring": in_language(workshop.bring, language),
        "when": start,
        "start": start,
        "day": start.partition(" ")[2],
        "hour": dates.clock(session.starts_at, language, zone),
        "place": session.place_name,
        "address": session.place_address,
        "access": in_language(session.access_notes, language),
        "number": dates.reference(facts.reference) if facts.reference else "",
        "booked": dates.date_time(facts.registered_at, language, zone),
        "seats": SEATS[language][facts.places - 1],
        "position": str(facts.position) if facts.position else "",
        "more": _more(workshop, session, language),
        "dates": _dates(workshop, language, letterhead) if workshop.is_cycle else "",
        "none_left": _none_left(workshop, language),
    }


def digest_words(told: DigestLetter, letterhead: Letterhead) -> dict[str, str]:
    """Of the workshops to come, one paragraph each."""
    listed = [_listed(each, told.language, letterhead) for each in told.workshops]
    return {"list": "\n\n".join(listed)} | _first_of(told, letterhead)


def _first_of(told: DigestLetter, letterhead: Letterhead) -> dict[str, str]:
    """How many there are, and the first one: all that a text message has room for."""
    if not told.workshops:
        return {}
    one, several = PLANNED[told.language]
    count = len(told.workshops)
    first = min((each.standing_sessions[0] for each in told.workshops), key=_start)
    return {
        "count": one if count == 1 else several.format(count),
        "when": dates.date_time(first.starts_at, told.language, letterhead.timezone),
        "place": first.sms_name,
    }


def _start(session: SessionFacts) -> datetime:
    return session.starts_at


def short_title(title: str) -> str:
    """The title, or its first words and three dots."""
    if len(title) <= SHORT_TITLE:
        return title
    words, kept = title.split(), ""
    for word in words:
        if len(kept) + len(word) + 4 > SHORT_TITLE:
            break
        kept = f"{kept} {word}".strip()
    while " " in kept and len(kept.rpartition(" ")[2]) <= LITTLE_WORD:
        kept = kept.rpartition(" ")[0]
    return f"{kept or title[: SHORT_TITLE - 3]}..."


def in_language(texts: Mapping[str, str], language: str) -> str:
    """The text in that language, else the French one, else nothing."""
    return texts.get(language) or texts.get("fr", "")


def _more(workshop: WorkshopFacts, session: SessionFacts, language: str) -> str:
    dates_left = [each for each in workshop.standing_sessions if not each.is_excused]
    later = [each for each in dates_left if each.starts_at > session.starts_at]
    if not later:
        return ""
    one, several = MORE[language]
    return one if len(later) == 1 else several.format(len(later))


def _dates(workshop: WorkshopFacts, language: str, letterhead: Letterhead) -> str:
    """One line a date, on lines of their own; the place where it is not always the same."""
    places = {each.place_name for each in workshop.sessions}
    lines = [
        ", ".join(_of_date(each, language, letterhead, with_place=len(places) > 1))
        for each in workshop.sessions
    ]
    return "".join(f"\n- {line}" for line in lines)


def _none_left(workshop: WorkshopFacts, language: str) -> str:
    """Of a cycle that is cancelled; the dates that were held before still stand."""
    if not (workshop.is_cycle and workshop.is_cancelled):
        return ""
    none, no_other = NONE_LEFT[language]
    return no_other if workshop.standing_sessions else none


def _of_date(
    session: SessionFacts, language: str, letterhead: Letterhead, *, with_place: bool
) -> Iterable[str]:
    zone = letterhead.timezone
    yield dates.long_date(session.starts_at, language, zone)
    yield dates.time_range(session.starts_at, session.ends_at, language, zone)
    if with_place:
        yield session.place_name
    if session.is_cancelled:
        yield OFF[language]
    elif session.is_excused:
        yield EXCUSED[language]


def _listed(workshop: WorkshopFacts, language: str, letterhead: Letterhead) -> str:
    """Its title, its next date and place, where one reads more."""
    session = workshop.standing_sessions[0]
    told = [*_of_date(session, language, letterhead, with_place=True)]
    more = _more(workshop, session, language)
    is_full = not (workshop.free or workshop.free_for_host)
    lines = [
        in_language(workshop.title, language),
        ", ".join(told) + (f" {more}" if more else ""),
        FULL[language] if is_full else "",
        f"{root(letterhead, language)}/ateliers/{workshop.slug}",
    ]
    return "\n".join(line for line in lines if line)


def root(letterhead: Letterhead, language: str) -> str:
    """Where the site's addresses begin, in that language."""
    return letterhead.public_url + ("" if language == "fr" else f"/{language}")
