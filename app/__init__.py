"""The factory: configure, bind the extensions, register the web pages and the commands."""

import os

from flask import Flask

from app import cli, web
from app.extensions import babel, compress, csrf, db, migrate
from app.web import language, settings
from config import Config


def create_app(config: Config | None = None) -> Flask:
    """The whole site, for one configuration (default: the environment)."""
    config = config or Config.from_environment(os.environ)
    app = Flask(__name__, template_folder="web/templates", static_folder=None)
    settings.apply(app, config)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(settings.MIGRATIONS))
    csrf.init_app(app)
    babel.init_app(app, locale_selector=language.current_language)
    compress.init_app(app)
    web.register(app)
    cli.register(app)
    return app
