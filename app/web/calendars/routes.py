"""Calendar feeds, and the counsellors' own agendas."""

from flask import Blueprint

blueprint = Blueprint("calendars", __name__)
