"""Today, the week, one appointment, the calls to make."""

from flask import Blueprint

blueprint = Blueprint("agenda", __name__)
