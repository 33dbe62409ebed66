"""The attendance sheet of a date of a workshop."""

from flask import Blueprint

blueprint = Blueprint("sheets", __name__)
