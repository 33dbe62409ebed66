"""What counsellors told of the past weeks: records, people without an appointment, workshops.

All by the services of the site; the last appointments of one counsellor are still to be completed.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.domain.appointment import AppointmentStatus, PlaceKind
from app.domain.attendance import Group, Told
from app.domain.availability import AvailabilityKind, Opening
from app.domain.national_labels import ADMINISTRATIVE, NOT_TOLD, REFERRED
from app.models.accounts import User
from app.models.appointment import Appointment, Engagement
from app.models.attendance import AttendanceRow
from app.models.workshops import WorkshopSession
from app.services.attendance import add_walk_in
from app.services.attendance_records import Answer, close_several, likely_themes
from app.services.attendance_workshops import read_workshop, record_workshop
from app.services.demo.calendar import DemoCalendar
from app.services.transaction import write_transaction

Weighted = dict[str, int]
AGES: Weighted = {"18_24": 3, "25_39": 9, "40_59": 20, "60_69": 28, "70p": 35, NOT_TOLD: 5}
GENDERS: Weighted = {"f": 58, "m": 38, NOT_TOLD: 4}
WORKING: Weighted = {"en_emploi": 45, "sans_emploi": 45, NOT_TOLD: 10}
DEVICES: Weighted = {"telephone": 45, "ordinateur": 40, "tablette": 8, "aucun": 7}
AUTONOMY: Weighted = {"entierement_accompagne": 60, "partiellement_autonome": 30, "autonome": 10}
RESULTS: Weighted = {"regle": 72, "partiel": 16, "non_regle": 4, REFERRED: 8}
REDIRECTIONS: Weighted = {"administration": 50, ADMINISTRATIVE: 35, "aide_sociale": 15}
PROCEDURES: Weighted = {
    "argent_impots": 30,
    "social_sante": 40,
    "papiers_elections_citoyennete": 30,
}
LENGTHS: Weighted = {"": 60, "30": 12, "45": 14, "75": 8, "90": 6}
"""Minutes; empty: those of the slot."""
RETIRED = ("60_69", "70p")
ANY_THEME = "navigation_sur_internet"
SHARE_KNOWN, SHARE_COPIED, SHARE_PREPARED = 0.35, 0.6, 0.2
ONE_WALK_IN_IN, STILL_TO_COMPLETE = 5, 4
WALK_IN_AFTER = timedelta(minutes=50)
ROADS = (10, 15, 20, 25)


@dataclass(frozen=True, slots=True)
class Attendance:
    """Told last of all: an own source of chance, so that it changes nothing in the story."""

    session: Session
    calendar: DemoCalendar
    rng: Random

    def tell(self, openings: Sequence[Opening]) -> None:
        """`openings` are those of the whole period; only past ones had anybody."""
        users = self._users()
        self._walk_in(openings, users)
        self._close_appointments(users)
        self._close_workshops()
        self._blend()

    def _users(self) -> dict[int, int]:
        """The account of each counsellor."""
        rows = self.session.execute(
            select(User.counsellor_id, User.id).where(User.counsellor_id.is_not(None))
        )
        return {who: user_id for who, user_id in rows if who is not None}

    def _walk_in(self, openings: Sequence[Opening], users: dict[int, int]) -> None:
        """Somebody without an appointment at every fifth session."""
        past = [
            each
            for each in openings
            if each.kind is AvailabilityKind.PERMANENCE
            and each.starts_at + WALK_IN_AFTER < min(each.ends_at, self.calendar.now)
        ]
        for opening in past[::ONE_WALK_IN_IN]:
            who, now = opening.counsellor_id, opening.starts_at + WALK_IN_AFTER
            key = f"{self.rng.getrandbits(128):032x}"
            number = add_walk_in(self.session, who, key, by=users[who], now=now)
            uid = UUID(int=self.rng.getrandbits(128), version=4)
            with write_transaction(self.session):
                own = update(Appointment).where(Appointment.id == number)
                self.session.execute(own.values(uid=uid))

    def _close_appointments(self, users: dict[int, int]) -> None:
        """All of one counsellor; of the other, all but the last ones."""
        themes = likely_themes(self.session)
        for counsellor_id, kept in zip(sorted(users), (None, -STILL_TO_COMPLETE), strict=False):
            rows = self._attended(counsellor_id)[:kept]
            answers = {row[0]: self._answer(themes.get(row[1], []), row[2]) for row in rows}
            close_several(self.session, answers, by=users[counsellor_id], now=self.calendar.now)

    def _attended(self, counsellor_id: int) -> Sequence[Any]:
        """By hour: (number, topic, kind of place)."""
        return self.session.execute(
            select(Appointment.id, Appointment.topic_id, Appointment.place_kind)
            .join(Engagement, Engagement.id == Appointment.engagement_id)
            .where(
                Appointment.status == AppointmentStatus.ATTENDED,
                Engagement.counsellor_id == counsellor_id,
            )
            .order_by(Engagement.starts_at, Appointment.id)
        ).all()

    def _answer(self, themes: Sequence[str], kind: PlaceKind) -> Answer:
        is_visit = kind is PlaceKind.HOME
        return Answer(
            self._told(themes),
            travel_minutes=self.rng.choice(ROADS) if is_visit else 0,
            preparation_minutes=10 if self.rng.random() < SHARE_PREPARED else 0,
        )

    def _told(self, themes: Sequence[str]) -> Told:
        age, result = self._draw(AGES), self._draw(RESULTS)
        theme = self.rng.choice(themes or [ANY_THEME])
        length = self._draw(LENGTHS)
        return Told(
            themes=frozenset({theme}),
            procedures=self._procedures(theme),
            age=age,
            gender=self._draw(GENDERS),
            status="retraite" if age in RETIRED else self._draw(WORKING),
            devices=frozenset({self._draw(DEVICES)}),
            result=result,
            autonomy=self._draw(AUTONOMY),
            redirection=self._draw(REDIRECTIONS) if result == REFERRED else None,
            minutes=int(length) if length else None,
            is_already_helped=self.rng.random() < SHARE_KNOWN,
        )

    def _procedures(self, theme: str) -> frozenset[str]:
        return frozenset({self._draw(PROCEDURES)} if theme == ADMINISTRATIVE else ())

    def _draw(self, choices: Weighted) -> str:
        return self.rng.choices(list(choices), list(choices.values()))[0]

    def _close_workshops(self) -> None:
        """All of the past but the last one."""
        past = select(WorkshopSession.id).where(WorkshopSession.ends_at < self.calendar.now)
        held = self.session.scalars(past.order_by(WorkshopSession.starts_at)).all()
        for session_id, _following in pairwise(held):
            workshop = read_workshop(self.session, session_id)
            people = workshop.attended + workshop.walk_ins
            if people:
                retired = people - people // 3
                group = Group(
                    attended=workshop.attended,
                    walk_ins=workshop.walk_ins,
                    themes=frozenset(workshop.themes or [ANY_THEME]),
                    ages={"70p": retired, "40_59": people - retired},
                    genders={"f": retired, "m": people - retired},
                    statuses={"retraite": retired},
                    residences=workshop.residences,
                )
                record_workshop(
                    self.session,
                    session_id,
                    group,
                    by_counsellor=min(workshop.counsellor_ids),
                    now=self.calendar.now,
                )

    def _blend(self) -> None:
        """As every night, lines are written again in no order; with numbers of the demo's seed."""
        table = AttendanceRow.__table__
        with write_transaction(self.session):
            rows = [dict(row) for row in self.session.execute(select(table)).mappings()]
            for row in rows:
                del row["id"]
            self.session.execute(delete(AttendanceRow))
            self.session.execute(
                insert(AttendanceRow), [self._line(r) for r in sorted(rows, key=_told)]
            )

    def _line(self, row: dict[str, Any]) -> dict[str, Any]:
        is_copied = self.rng.random() < SHARE_COPIED
        number = UUID(int=self.rng.getrandbits(128), version=4)
        return {**row, "id": number, "is_copied": is_copied, "is_blended": True}


def _told(row: dict[str, Any]) -> str:
    """What the line says, to put lines in an order that is always the same."""
    return json.dumps(row, sort_keys=True, default=str)
