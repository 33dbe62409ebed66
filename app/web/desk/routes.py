"""The phone desk: one page in the order of the call."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__)
