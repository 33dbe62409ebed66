"""The pages. Each blueprint is a folder; what they share stands beside them."""

from flask import Flask

from app.web import components, errors, filters, security, site, static_files
from app.web.booking.routes import blueprint as booking
from app.web.public.routes import blueprint as public


def register(app: Flask) -> None:
    """Add the blueprints, the template names, the headers and the error pages."""
    security.register(app)
    static_files.register(app)
    components.register(app)
    site.register(app)
    errors.register(app)
    app.register_blueprint(public)
    app.register_blueprint(booking)
