"""The pages. Each blueprint is a folder; what they share stands beside them."""

from flask import Flask

from app.web import (
    access,
    components,
    errors,
    immutable_files,
    navigation,
    numbers,
    security,
    site,
    staff_cookie,
    static_files,
)
from app.web.accounts import blueprint as accounts
from app.web.administration.routes import blueprint as administration
from app.web.agenda.routes import blueprint as agenda
from app.web.appointment.moving import blueprint as appointment
from app.web.attendance import blueprint as attendance
from app.web.booking import blueprint as booking
from app.web.calendars.routes import blueprint as calendars
from app.web.desk.routes import blueprint as desk
from app.web.messages import blueprint as messages
from app.web.news import blueprint as news
from app.web.people.routes import blueprint as people
from app.web.programme.routes import blueprint as programme
from app.web.public import operations, receipts, routes
from app.web.sheets import blueprint as sheets
from app.web.statistics import blueprint as statistics
from app.web.survey import blueprint as survey
from app.web.timetable import blueprint as timetable
from app.web.waiting import blueprint as waiting
from app.web.workshops import blueprint as workshops

FOR_RESIDENTS = (routes.blueprint, booking, appointment, waiting, workshops, news)
FOR_MACHINES = (operations.blueprint, receipts.blueprint)
FOR_THE_TEAM = (
    accounts,
    agenda,
    attendance,
    desk,
    timetable,
    programme,
    people,
    messages,
    survey,
    sheets,
    calendars,
    administration,
    statistics,
)


def register(app: Flask) -> None:
    """Add the blueprints, the template names, the headers and the error pages."""
    numbers.register(app)
    staff_cookie.register(app)
    access.register(app)
    security.register(app)
    immutable_files.register(app)
    static_files.register(app)
    components.register(app)
    site.register(app)
    navigation.register(app)
    errors.register(app)
    for blueprint in (*FOR_RESIDENTS, *FOR_MACHINES, *FOR_THE_TEAM):
        app.register_blueprint(blueprint)
