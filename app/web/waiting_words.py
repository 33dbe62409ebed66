"""The answers of the waiting list, in words: what the person is asked, and what the team reads."""

from flask_babel import lazy_gettext as _l

from app.domain.waiting import HalfDay

HALF_DAYS = {
    HalfDay.MORNING: _l("Le matin"),
    HalfDay.AFTERNOON: _l("L’après-midi"),
    HalfDay.ANY: _l("Le matin ou l’après-midi"),
}
REACHES = {
    "0": _l("Dans ma commune seulement"),
    "15": _l("Dans les communes à 15 minutes en voiture"),
    "30": _l("Dans les communes à 30 minutes en voiture"),
}
"""By the minutes that each sends."""
