"""« À replacer »: appointments that the timetable no longer holds, one press each."""

from typing import Any

from flask import Response, redirect, request, url_for

from app.domain.access import Action, Subject
from app.extensions import db
from app.services import impact
from app.services.planning_lists import appointment_holder
from app.services.stranded_workshops import find_stranded
from app.web.access import allow, current_user, may, requires
from app.web.clock import utc_now
from app.web.staff_page import staff_page
from app.web.timetable.impact_page import shown_line
from app.web.timetable.routes import blueprint


@blueprint.get("/agents/a-replacer")
@requires(Action.REPLACE)
def orphans() -> Response:
    """The queue, with what can be done for each."""
    lines = [
        each
        for each in impact.orphan_lines(db.session(), now=utc_now())
        if may(Action.REPLACE, Subject(counsellor_ids=frozenset({each.counsellor_id})))
    ]
    return staff_page(
        "timetable/orphans.html",
        lines=[shown_line(each) for each in lines],
        workshops=[
            each
            for each in find_stranded(db.session(), now=utc_now())
            if may(Action.REPLACE, each.subject)
        ],
    )


@blueprint.post("/agents/a-replacer/<int:appointment_id>")
@requires(Action.REPLACE)
def replace_orphan(appointment_id: int) -> Any:
    """Do that with it. Raises StateRefused where somebody has done it already."""
    holder = appointment_holder(db.session(), appointment_id)
    allow(Action.REPLACE, Subject(counsellor_ids=frozenset({holder})))
    key, by = request.form.get("choix", ""), current_user().actor.user_id
    way = impact.replace_orphan(db.session(), appointment_id, key, now=utc_now(), by=by)
    is_lost = way == "appel" and key != "appel"
    return redirect(url_for("timetable.orphans", fait="perdu" if is_lost else way), 303)
