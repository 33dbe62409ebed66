"""The pages of attendance records hang here; `__init__` names them all."""

from flask import Blueprint

blueprint = Blueprint("attendance", __name__)
