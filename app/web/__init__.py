"""The pages. Each blueprint is a folder; what they share stands beside them."""

from flask import Flask

from app.web import access, components, errors, immutable_files, security, site, static_files
from app.web.appointment.moving import blueprint as appointment
from app.web.booking.answers import blueprint as booking
from app.web.public import operations, routes


def register(app: Flask) -> None:
    """Add the blueprints, the template names, the headers and the error pages."""
    access.register(app)
    security.register(app)
    immutable_files.register(app)
    static_files.register(app)
    components.register(app)
    site.register(app)
    errors.register(app)
    for blueprint in (routes.blueprint, operations.blueprint, booking, appointment):
        app.register_blueprint(blueprint)
