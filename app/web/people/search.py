"""Find somebody. What is typed travels in the body of a POST, never in an address."""

from typing import Any

from flask import request
from wtforms import StringField

from app.domain.access import Action
from app.domain.errors import DomainError
from app.extensions import db
from app.services.desk_search import Found, note_list_seen, note_search
from app.services.people import find_people
from app.services.person_doubles import find_to_reconcile
from app.web.access import current_actor, may, requires
from app.web.clock import utc_now
from app.web.forms import BaseForm
from app.web.people.blueprint import blueprint
from app.web.quotas import person_search_quotas
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page

SAID = {
    "ailleurs": "C’est enregistré. La fiche est maintenant dans une autre commune.",
    "efface": "La personne est effacée.",
}


class SearchForm(BaseForm):
    """One line, whatever is known of the person."""

    recherche = StringField("Téléphone, nom ou numéro du rendez-vous")


@blueprint.get("/agents/personnes")
@requires(Action.FIND_PEOPLE)
def find() -> Any:
    """Whom? And which cards look like two of one person."""
    return _page(SearchForm(), None)


@blueprint.post("/agents/personnes")
@keeps_answers
@requires(Action.FIND_PEOPLE)
def find_now() -> Any:
    """The cards found; each search is counted, and told in the journal without its content."""
    form, actor, now = SearchForm(), current_actor(), utc_now()
    found = None
    if form.validate():
        try:
            note_search(db.session(), actor.user_id, person_search_quotas(actor.user_id), now=now)
            typed = form.recherche.data or ""
            found = find_people(db.session(), current_catalogue(), typed, actor, now=now)
        except DomainError as refusal:
            form.refuse(refusal)
    return _page(form, found)


def _page(form: SearchForm, found: Found | None) -> Any:
    return staff_page(
        "people/search.html",
        form.status,
        form=form,
        found=found,
        waiting=_waiting() if found is None else [],
        said=SAID.get(request.args.get("fait", "")),
    )


def _waiting() -> list[Any]:
    """The cards to bring together that whoever asks may correct."""
    cards = find_to_reconcile(db.session(), current_catalogue(), now=utc_now())
    shown = [card for card in cards if may(Action.CORRECT_PERSON, card.subject)]
    if shown:
        note_list_seen(db.session(), current_actor().user_id, now=utc_now())
    return shown
