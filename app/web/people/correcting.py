"""Correct a card. Two people at once: the second is told who changed it, and loses nothing."""

from typing import Any

from flask import redirect, url_for
from wtforms import HiddenField, SelectField, StringField

from app.domain import names
from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.staff_errors import AnswerMissing, EditedMeanwhile, SubjectUnknown
from app.extensions import db
from app.gateways.contacts import parse_email, parse_phone
from app.services.people import PersonFile, read_person
from app.services.person_changes import Correction, correct_person
from app.web import filters
from app.web.access import current_actor, may, requires
from app.web.clock import utc_now
from app.web.forms import BaseForm, checked_by, offered, required
from app.web.links import current_links
from app.web.people.blueprint import blueprint
from app.web.people.card import allowed_person, tell_seen, to_person
from app.web.people.words import ELSEWHERE, LANGUAGES, card_rows
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page


def _phone_if_any(typed: str) -> None:
    if typed.strip():
        parse_phone(typed)


class CorrectionForm(BaseForm):
    """What a clerk may correct; which state of the card it was, travels along."""

    prenom = StringField("Prénom", [checked_by(names.first_name)])
    nom = StringField("Nom", [checked_by(names.last_name)])
    telephone = StringField("Téléphone", [checked_by(_phone_if_any)])
    email = StringField("Adresse e-mail", [checked_by(parse_email)])
    commune = SelectField("Commune", [required(AnswerMissing)], validate_choice=False)
    langue = SelectField(
        "Langue", [required(AnswerMissing)], choices=offered(LANGUAGES), validate_choice=False
    )
    version = HiddenField()

    def __init__(self) -> None:
        super().__init__()
        communes = {each.slug: each.name for each in current_catalogue().communes}
        self.commune.choices = offered(communes | {"autre": ELSEWHERE})

    def shows(self, person: PersonFile) -> None:
        """Fill the form with the card of now."""
        self.prenom.data, self.nom.data = person.first_name, person.last_name
        self.telephone.data = filters.phone(person.phone) if person.phone else ""
        self.email.data = person.email or ""
        self.commune.data = person.commune.slug if person.commune else "autre"
        self.langue.data, self.version.data = person.language, person.version

    def correction(self) -> Correction:
        """What the card is to say. Raises CommuneUnknown."""
        typed, slug = self.telephone.data or "", self.commune.data
        commune = None if slug == "autre" else current_catalogue().commune(slug)
        return Correction(
            first_name=names.first_name(self.prenom.data or ""),
            last_name=names.last_name(self.nom.data or ""),
            phone=parse_phone(typed) if typed.strip() else None,
            email=parse_email(self.email.data or ""),
            commune_id=commune.id if commune else None,
            language=self.langue.data,
        )


@blueprint.get("/agents/personnes/<int:resident_id>/corriger")
@requires(Action.CORRECT_PERSON)
def correct(resident_id: int) -> Any:
    """The card, in a form; that somebody looked is journalled."""
    person, form = _correctable(resident_id), CorrectionForm()
    tell_seen(resident_id)
    form.shows(person)
    return _page(person, form)


@blueprint.post("/agents/personnes/<int:resident_id>/corriger")
@keeps_answers
@requires(Action.CORRECT_PERSON)
def correct_now(resident_id: int) -> Any:
    """Save, unless a colleague did meanwhile: then both are shown, and the next press saves."""
    person, form = _correctable(resident_id), CorrectionForm()
    if form.validate():
        try:
            correct_person(
                db.session(),
                resident_id,
                form.correction(),
                form.version.data or "",
                by=current_actor().user_id,
                now=utc_now(),
                links=current_links(),
            )
        except DomainError as refusal:
            form.refuse(refusal)
            person = _correctable(resident_id)
            if isinstance(refusal, EditedMeanwhile):
                tell_seen(resident_id)  # the card of now is on the page
                form.version.data = person.version
        else:
            return _onward(resident_id)
    return _page(person, form)


def _correctable(resident_id: int) -> PersonFile:
    """The card, with somebody on it. Raises SubjectUnknown (404)."""
    person = allowed_person(resident_id, Action.CORRECT_PERSON)
    if person.is_erased:
        raise SubjectUnknown
    return person


def _onward(resident_id: int) -> Any:
    """To the card, while it is still any business of whoever corrected its commune."""
    found = read_person(db.session(), current_catalogue(), resident_id, now=utc_now())
    if may(Action.SEE_PERSON, found.subject):
        return to_person(resident_id, "corrige")
    return redirect(url_for("people.find", fait="ailleurs"), 303)


def _page(person: PersonFile, form: CorrectionForm) -> Any:
    now_rows = card_rows(person) if form.status == 409 else []
    return staff_page("people/correct.html", form.status, person=person, form=form, rows=now_rows)
