"""The cards of people: found, corrected, merged, exported, erased."""

from flask import Blueprint

blueprint = Blueprint("people", __name__)
