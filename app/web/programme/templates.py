"""The kinds of workshops: listed, written, retired."""

from typing import Any

from flask import Response, redirect, request, url_for
from wtforms import HiddenField

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.programme import Numbers
from app.domain.staff_errors import EditedMeanwhile
from app.extensions import db
from app.services.programme_templates import (
    Template,
    TemplateSheet,
    list_templates,
    offer_template,
    read_template,
    write_template,
)
from app.web.access import current_user, requires
from app.web.clock import utc_now
from app.web.programme.blueprint import blueprint
from app.web.programme.fields import NumbersForm, WordsForm, length_field, number
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page

SAID = {
    "enregistre": "C’est enregistré.",
    "retire": "Ce modèle n’est plus proposé. Les ateliers déjà planifiés restent.",
    "remis": "Ce modèle est proposé de nouveau.",
}
LENGTH = 120
"""Minutes of a new kind of workshop, until somebody writes another number (product §17)."""


class TemplateForm(WordsForm, NumbersForm):
    """What a kind of workshop says, and its usual numbers."""

    version = HiddenField()
    duree = length_field()

    def shows(self, template: Template) -> None:
        """Fill in what is saved."""
        self.version.data = template.version
        self.shows_words(template.sheet.words)
        self.shows_numbers(template.sheet.numbers)
        self.duree.data = str(template.sheet.minutes)

    def shows_defaults(self) -> None:
        settings = current_catalogue().settings
        self.shows_numbers(Numbers(settings.workshop_capacity, settings.workshop_minimum, 0))
        self.duree.data = str(LENGTH)

    def sheet(self) -> TemplateSheet:
        numbers = Numbers(number(self.capacite), number(self.minimum), number(self.appareils))
        return TemplateSheet(self.words(), number(self.duree), numbers)


@blueprint.get("/agents/ateliers/modeles")
@requires(Action.PLAN_PROGRAMME)
def templates() -> Response:
    """Those that are offered, then the retired ones."""
    return staff_page(
        "programme/templates.html",
        templates=list_templates(db.session(), now=utc_now()),
        said=SAID.get(request.args.get("fait", "")),
    )


@blueprint.get("/agents/ateliers/modeles/nouveau")
@requires(Action.EDIT_TEMPLATES)
def new_template() -> Response:
    """An empty one, with the numbers of the settings."""
    form = TemplateForm()
    form.shows_defaults()
    return _page(form)


@blueprint.post("/agents/ateliers/modeles/nouveau")
@keeps_answers
@requires(Action.EDIT_TEMPLATES)
def add_template() -> Any:
    """Saved once, however often it is pressed."""
    return _save(TemplateForm())


@blueprint.get("/agents/ateliers/modeles/<int:template_id>")
@requires(Action.EDIT_TEMPLATES)
def template(template_id: int) -> Response:
    """The same to be changed: what is planned keeps its own texts."""
    found = read_template(db.session(), template_id)
    form = TemplateForm()
    form.shows(found)
    return _page(form, found)


@blueprint.post("/agents/ateliers/modeles/<int:template_id>")
@keeps_answers
@requires(Action.EDIT_TEMPLATES)
def change_template(template_id: int) -> Any:
    """A colleague who changed it meanwhile is named."""
    return _save(TemplateForm(), read_template(db.session(), template_id))


@blueprint.post("/agents/ateliers/modeles/<int:template_id>/retrait")
@requires(Action.EDIT_TEMPLATES)
def retire_template(template_id: int) -> Any:
    """Offered no more, or again: nothing is deleted."""
    active = request.form.get("remettre") == "oui"
    by = current_user().actor.user_id
    offer_template(db.session(), template_id, active=active, now=utc_now(), by=by)
    return redirect(url_for("programme.templates", fait="remis" if active else "retire"), 303)


def _save(form: TemplateForm, found: Template | None = None) -> Any:
    if form.validate():
        try:
            write_template(
                db.session(),
                form.sheet(),
                now=utc_now(),
                by=current_user().actor.user_id,
                template_id=found.id if found else None,
                version=form.version.data or "",
            )
        except DomainError as refusal:
            form.refuse(refusal)
            if isinstance(refusal, EditedMeanwhile) and found:  # who was told may save over it
                form.version.data = read_template(db.session(), found.id).version
        else:
            return redirect(url_for("programme.templates", fait="enregistre"), 303)
    return _page(form, found)


def _page(form: TemplateForm, found: Template | None = None) -> Response:
    return staff_page(
        "programme/template.html", form.status, form=form, chosen=found, address=request.path
    )
