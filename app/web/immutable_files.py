"""Serve what the build made: no database, no session, kept by browsers for ever.

The name of each file carries a hash of its content (see static_files), so a new content is a new
address. Nothing else on the machine can be asked for: the list is made when the process starts.
"""

from typing import TYPE_CHECKING

from flask import Flask
from whitenoise import WhiteNoise

from app.web.static_files import BUILT, URL

if TYPE_CHECKING:
    from wsgiref.headers import Headers

HASHED = r"\.[0-9a-f]{10}\.[a-z0-9]+$"


def register(app: Flask) -> None:
    """Answer /static/… before the application is asked; nothing where nothing was built."""
    if BUILT.is_dir():
        app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
            app.wsgi_app,
            root=BUILT,
            prefix=URL,
            immutable_file_test=HASHED,
            allow_all_origins=False,
            add_headers_function=_add_headers,
        )


def _add_headers(headers: "Headers", _path: str, _url: str) -> None:
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
