"""The pages of messages hang here; `__init__` names them all."""

from flask import Blueprint

blueprint = Blueprint("messages", __name__)
