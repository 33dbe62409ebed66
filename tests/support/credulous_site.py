"""The site as gunicorn runs it, but it believes that people fill a page in no time.

The trap itself is tried over TLS and in tests/web; elsewhere two seconds a form would be waited
for nothing.
"""

from app import create_app
from app.web import trap

trap.FASTEST_SECONDS = 0

app = create_app()
