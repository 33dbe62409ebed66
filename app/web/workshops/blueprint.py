"""The blueprint of the workshops that residents see."""

from flask import Blueprint

blueprint = Blueprint("workshops", __name__)
