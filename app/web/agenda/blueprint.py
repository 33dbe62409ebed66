"""The blueprint of the agenda's pages; each module beside this one adds its own."""

from flask import Blueprint

blueprint = Blueprint("agenda", __name__)
