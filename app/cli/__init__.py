"""The commands of `flask`: what an operator, a worker or cron calls."""

from flask import Flask


def register(app: Flask) -> None:
    """Add every command group to the application."""
