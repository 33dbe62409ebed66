"""The pages. Each blueprint is a folder; what they share stands beside them."""

from flask import Flask

from app.web import access, components, errors, immutable_files, security, site, static_files
from app.web.appointment import moving
from app.web.booking import answers
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
    for blueprint in (routes.blueprint, operations.blueprint, answers.blueprint, moving.blueprint):
        app.register_blueprint(blueprint)
