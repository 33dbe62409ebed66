"""The timetable of some days with its free times, as plain values: what `timetable show` prints.

It holds all that another program needs to compute the free times again, and no person: engagements
are times and places, what a counsellor's own agenda takes is times alone. Instants are UTC in ISO
8601, dates are local.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.availability import AvailabilityKind, Opening
from app.domain.offer import mark_stranding
from app.domain.schedule import expand, explain
from app.domain.slots import Facts, Judged, Wish, judge
from app.domain.travel import Place
from app.models.accounts import Counsellor
from app.models.places import Commune, TravelTime
from app.models.schedule import Availability
from app.services.catalogue import Catalogue, CommuneEntry, TopicEntry, read_catalogue
from app.services.slots import covered, load_facts, read_timetable

Values = dict[str, Any]


def draw_timetable(session: Session, *, now: datetime, first: date, days: int) -> Values:
    """Everything about `days` local dates from `first` on. Raises NoTerritory.

    `answers` gives, for each served commune, topic and kind, every candidate time: free, before
    the limit of a few a day, or refused with its reason. Nothing before today is free or refused.
    """
    catalogue = read_catalogue(session)
    last = first + timedelta(days=days - 1)
    names = _Names(session, catalogue)
    facts = load_facts(session, catalogue, now=now, last=last)
    timetable = read_timetable(catalogue, max(last, facts.last_day))
    lost = explain(timetable, first, last)
    return {
        "now": _instant(now),
        "timezone": catalogue.timezone.key,
        "first": first.isoformat(),
        "last": last.isoformat(),
        "territory": catalogue.slug,
        "settings": _settings(catalogue),
        "holidays": _holidays(
            timetable.holidays, min(first, facts.today), max(last, facts.last_day)
        ),
        "counsellors": list(names.counsellors.values()),
        "communes": _communes(session),
        "venues": [
            {"slug": venue.slug, "commune": venue.commune.slug, "active": venue.active}
            for venue in catalogue.venues
        ],
        "travel_minutes": names.travel(session),
        "topics": [_topic(topic, catalogue) for topic in catalogue.offered_topics()],
        "shortest_topic_minutes": catalogue.shortest_topic_minutes,
        "openings": [
            names.opening(opening) for opening in covered(catalogue, expand(timetable, first, last))
        ],
        "closed": [{**names.opening(each.opening), "cause": each.cause.value} for each in lost],
        "engagements": [names.commitment(each) for each in facts.engaged],
        "busy": [names.taken(each) for each in facts.busy],
        "answers": _Answers(facts, catalogue, names, first, last).all(),
    }


def _instant(value: datetime) -> str:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ")


def _settings(catalogue: Catalogue) -> dict[str, Any]:
    """What decides the times; who of the team signs in with a code does not."""
    chosen = asdict(catalogue.settings)
    del chosen["second_step_roles"]
    return chosen


def _holidays(holidays: Mapping[date, str], first: date, last: date) -> dict[str, str]:
    return {day.isoformat(): name for day, name in holidays.items() if first <= day <= last}


def _topic(topic: TopicEntry, catalogue: Catalogue) -> Values:
    step = topic.step_minutes or catalogue.settings.candidate_step_minutes
    return {"code": topic.code, "minutes": topic.minutes, "step_minutes": step}


def _communes(session: Session) -> list[Values]:
    rows = session.scalars(select(Commune).order_by(Commune.position))
    return [
        {
            "slug": row.slug,
            "latitude": row.latitude,
            "longitude": row.longitude,
            "bookable": row.bookable,
            "active_from": row.active_from and row.active_from.isoformat(),
            "active_until": row.active_until and row.active_until.isoformat(),
        }
        for row in rows
    ]


class _Names:
    """From the ids of one database to the codes and slugs of the files."""

    def __init__(self, session: Session, catalogue: Catalogue) -> None:
        people = session.execute(select(Counsellor.id, Counsellor.code).order_by(Counsellor.id))
        self.counsellors = dict(people.all())
        """By id: where two could hold one time, the first is chosen."""
        self.rules = dict(session.execute(select(Availability.id, Availability.code)).all())
        self.communes = {commune.id: commune.slug for commune in catalogue.communes}
        self.venues = {venue.id: venue.slug for venue in catalogue.venues}

    def place(self, place: Place | None) -> Values:
        """« venue » is null at a home, « commune » too where visits go to several."""
        return {
            "commune": self.communes[place.commune_id] if place else None,
            "venue": self.venues[place.venue_id] if place and place.venue_id else None,
        }

    def opening(self, opening: Opening) -> Values:
        block_starts_at = opening.block_starts_at or opening.starts_at
        return {
            "availability": self.rules[opening.availability_id],
            **self.commitment(opening),
            "kind": opening.kind.value,
            "communes": sorted(self.communes[each] for each in opening.commune_ids),
            "on": opening.on.isoformat(),
            "block_starts_at": _instant(block_starts_at),
            "desk_until_days": opening.desk_until_days,
            "replaces": self.counsellors.get(opening.replaces_id or 0),
        }

    def commitment(self, commitment: Any) -> Values:
        """What an opening, an engagement and a slot have in common."""
        return {**self.taken(commitment), **self.place(commitment.place)}

    def taken(self, span: Any) -> Values:
        """Who, from when, until when."""
        return {
            "counsellor": self.counsellors[span.counsellor_id],
            "starts_at": _instant(span.starts_at),
            "ends_at": _instant(span.ends_at),
        }

    def travel(self, session: Session) -> list[Values]:
        """The listed pairs, one way each; the others come from the coordinates."""
        found = [
            {
                "from": self.communes[row.from_commune_id],
                "to": self.communes[row.to_commune_id],
                "minutes": row.minutes,
            }
            for row in session.scalars(select(TravelTime))
        ]
        return sorted(found, key=lambda pair: (pair["from"], pair["to"]))


class _Answers:
    """What residents of each commune may choose, for each topic and kind."""

    def __init__(
        self, facts: Facts, catalogue: Catalogue, names: _Names, first: date, last: date
    ) -> None:
        self.facts = facts
        self.catalogue = catalogue
        self.names = names
        self.first = max(first, facts.today)
        self.last = last
        self._judged: dict[Wish, Values] = {}

    def all(self) -> list[Values]:
        """One answer each; those of two topics of the same length are the same."""
        return [
            {
                "commune": commune.slug,
                "topic": topic.code,
                "kind": kind.value,
                **self._answer(self._wish(commune, topic, kind)),
            }
            for commune in self.catalogue.served_communes(self.facts.today)
            for topic in self.catalogue.offered_topics()
            for kind in AvailabilityKind
        ]

    def _wish(self, commune: CommuneEntry, topic: TopicEntry, kind: AvailabilityKind) -> Wish:
        return Wish(
            kind=kind,
            commune_id=commune.id,
            duration_minutes=topic.minutes,
            step_minutes=topic.step_minutes or self.catalogue.settings.candidate_step_minutes,
            resident_commune_id=commune.id,
        )

    def _answer(self, wish: Wish) -> Values:
        if wish not in self._judged:
            judged = mark_stranding(
                judge(self.facts, wish, first=self.first, last=self.last), self.facts.timezone
            )
            self._judged[wish] = {
                "free": self._listed(each for each in judged if each.refusal is None),
                "refused": self._listed(each for each in judged if each.refusal is not None),
            }
        return self._judged[wish]

    def _listed(self, judged: Iterable[Judged]) -> list[Values]:
        return [self._candidate(each) for each in judged]

    def _candidate(self, judged: Judged) -> Values:
        slot, refusal = judged
        candidate = self.names.commitment(slot)
        candidate["availability"] = self.names.rules[slot.availability_id or 0]
        if slot.window_ends_at:
            candidate["window_ends_at"] = _instant(slot.window_ends_at)
        if refusal:
            candidate["reason"] = refusal.code.value
            candidate["reason_minutes"] = refusal.minutes
            candidate["reason_place"] = self.names.place(refusal.other)
        return candidate
