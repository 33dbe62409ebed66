"""The commands of `flask`: what an operator, a worker or cron calls."""

from flask import Flask

from app.cli import demo, jobs, messages, purge, territory, timetable, user


def register(app: Flask) -> None:
    """Add every command group to the application."""
    jobs.register(app)
    app.cli.add_command(territory.territory)
    app.cli.add_command(timetable.timetable)
    app.cli.add_command(demo.demo)
    app.cli.add_command(user.user)
    app.cli.add_command(purge.purge_command)
    app.cli.add_command(messages.mail)
    app.cli.add_command(messages.sms)
