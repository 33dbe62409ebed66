"""The pages of people hang here; routes.py names them all."""

from flask import Blueprint

blueprint = Blueprint("people", __name__)
