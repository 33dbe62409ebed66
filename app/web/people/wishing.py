"""What a person wants to receive, as told at the desk; « STOP » that came by text message."""

from typing import Any

from flask import request

from app.domain.access import Action
from app.extensions import db
from app.services.wishes import record_stop, set_wishes
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.people.blueprint import blueprint
from app.web.people.card import allowed_person, to_person
from app.web.wishes_form import WishesForm


@blueprint.post("/agents/personnes/<int:resident_id>/messages")
@requires(Action.CORRECT_PERSON)
def messages_now(resident_id: int) -> Any:
    """The three boxes of the card."""
    allowed_person(resident_id, Action.CORRECT_PERSON)
    by, wanted = current_actor().user_id, WishesForm().wishes
    set_wishes(db.session(), resident_id, wanted, by=by, now=utc_now())
    return to_person(resident_id, "messages")


@blueprint.post("/agents/personnes/<int:resident_id>/stop")
@requires(Action.CORRECT_PERSON)
def stop_now(resident_id: int) -> Any:
    """No text message goes to that number any more, whoever of the house answered.

    The number is the person's own, or that of a helper who gets their messages.
    """
    allowed_person(resident_id, Action.CORRECT_PERSON)
    helper, by = request.form.get("aidant") or None, current_actor().user_id
    record_stop(db.session(), resident_id, by=by, now=utc_now(), helper=helper)
    return to_person(resident_id, "stop-aidant" if helper else "stop")
