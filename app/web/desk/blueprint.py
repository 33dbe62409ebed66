"""The pages of the phone desk."""

from flask import Blueprint

blueprint = Blueprint("desk", __name__)
