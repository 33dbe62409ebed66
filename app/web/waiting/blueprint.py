"""The blueprint of the waiting list, and how its links are opened."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Blueprint, Response, render_template

from app.domain.errors import LinkUnknown
from app.domain.waiting_errors import OfferUnknown, WaitingUnknown
from app.extensions import db
from app.services import throttle
from app.web.clock import utc_now
from app.web.quotas import link_quotas
from app.web.security import personal
from app.web.site import current_catalogue

blueprint = Blueprint("waiting", __name__)

Opened = TypeVar("Opened")


def opened(read: Callable[[], Opened]) -> Opened:
    """What a link opens; a network address that tries many of them is stopped (429, T8)."""
    try:
        return read()
    except (LinkUnknown, OfferUnknown, WaitingUnknown):
        throttle.spend(db.session(), link_quotas(current_catalogue()), now=utc_now())
        raise


def page(template: str, status: int = 200, **names: Any) -> Response:
    """A page of one person: kept by no cache, listed by no engine."""
    content = render_template(template, noindex=True, **names)
    return personal(Response(content, status=status))
