"""The maker of links of this installation."""

from flask import current_app

from app.services.links import Links


def current_links() -> Links:
    """Links made with the LINK_KEY of the configuration."""
    return Links(current_app.config["COCLICO"].link_key)
