"""The commands of `flask`: what an operator, a worker or cron calls."""

from flask import Flask

from app.cli import jobs


def register(app: Flask) -> None:
    """Add every command group to the application."""
    jobs.register(app)
