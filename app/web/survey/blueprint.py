"""The pages of the three questions hang here; `__init__` names them all."""

from flask import Blueprint

blueprint = Blueprint("survey", __name__)
