"""The programme of workshops as the team plans it."""

from flask import Blueprint

blueprint = Blueprint("programme", __name__)
