"""The pages of settings, team and journal hang here; routes.py names them all."""

from flask import Blueprint

blueprint = Blueprint("administration", __name__)
