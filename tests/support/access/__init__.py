"""The matrix of the staff pages: who may open what, one line for each endpoint.

`METHOD /path | role=reach …`, in the order of ROLES. Reach: `all` (own and foreign commune or
agenda), `own` (a foreign one does not exist: 404), `no` (403).
"""

import re

from werkzeug.routing import Rule

from tests.support.access import (
    accounts,
    administration,
    agenda,
    attendance,
    calendars,
    desk,
    messages,
    people,
    programme,
    sheets,
    statistics,
    survey,
    timetable,
    waiting,
)

ROLES = ("coordinator", "counsellor", "desk", "referent", "committee")
PARTS = (
    accounts, agenda, attendance, desk, timetable, people, messages, survey, calendars,
    administration, waiting, sheets, programme, statistics,
)  # fmt: skip


def staff_rows() -> dict[str, dict[str, str]]:
    """« GET /agents/… » → reach by role; an endpoint told twice is an error."""
    found: dict[str, dict[str, str]] = {}
    for part in PARTS:
        for line in filter(None, map(str.strip, part.ROWS.splitlines())):
            endpoint, cells = (each.strip() for each in line.split("|"))
            name = " ".join(endpoint.split())
            assert name not in found, f"{name} is told twice"
            found[name] = dict(cell.split("=") for cell in cells.split())
            assert tuple(found[name]) == ROLES, f"{name}: say it of {ROLES}"
            assert set(found[name].values()) <= {"all", "own", "no"}, name
    return found


def plain(rule: Rule) -> str:
    """The address without what its parts may be: « /<flow>/besoin »."""
    return re.sub(r"<(?:[^<>:]*:)?(\w+)>", r"<\1>", rule.rule)


def open_rows() -> set[str]:
    """The endpoints under /agents and /agendas that need no session: signing in, secret links."""
    return {
        " ".join(line.split())
        for part in PARTS
        for line in filter(None, getattr(part, "FOR_ALL", "").strip().splitlines())
    }
