"""Availabilities, absences, closures, and what must be placed again."""

from app.web.timetable import absences, changes, closures, orphans, rules, words
from app.web.timetable.routes import blueprint

__all__ = ["absences", "blueprint", "changes", "closures", "orphans", "rules", "words"]
