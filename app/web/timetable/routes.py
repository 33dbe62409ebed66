"""Availabilities, absences, closures, and what must be placed again."""

from flask import Blueprint

blueprint = Blueprint("timetable", __name__)
