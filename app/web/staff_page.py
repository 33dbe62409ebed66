"""How every staff page leaves: kept by no cache, listed by no engine."""

from typing import Any

from flask import Response, render_template

from app.web.security import personal


def staff_page(template: str, status: int = 200, **names: Any) -> Response:
    """A staff page, rendered."""
    return personal(Response(render_template(template, noindex=True, **names), status=status))
