"""The site as gunicorn runs it, LATER_BY_S seconds from now: no test depends on its own hour.

With CREDULOUS it also believes that people fill a page in no time. The trap itself is tried over
TLS and in tests/web; elsewhere two seconds a form would be waited for nothing. Templates are
compiled once for all processes that share a folder COMPILED_PAGES.
"""

import os
from datetime import timedelta

from jinja2 import FileSystemBytecodeCache

from app import create_app
from app.web import clock, trap

if "CREDULOUS" in os.environ:
    trap.FASTEST_SECONDS = 0

app = create_app()
if folder := os.environ.get("COMPILED_PAGES"):
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(folder)
app.config[clock._OFFSET_KEY] = timedelta(seconds=float(os.environ["LATER_BY_S"]))
