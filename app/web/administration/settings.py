"""Settings: the list of the sheets, and a page for each."""

from collections.abc import Callable
from dataclasses import fields
from typing import Any

from flask import request

from app.domain.access import Action, Role
from app.domain.journal import JournalAction, JournalSubject
from app.domain.settings import Settings
from app.domain.staff_errors import SubjectUnknown
from app.extensions import db
from app.services import settings_places as places
from app.services import settings_texts as texts
from app.services.settings_pages import Edit, Values, version_of
from app.web.access import requires
from app.web.administration import sheet_words as words
from app.web.administration.blueprint import blueprint
from app.web.administration.sheets import Kind, Question, Sheet, save_sheet, sheet_page
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page

TERRITORY = JournalSubject.TERRITORY, 1


@blueprint.get("/agents/reglages")
@requires(Action.EDIT_SETTINGS)
def settings() -> Any:
    """Everything that can be set."""
    saved = request.args.get("fait") == "enregistre"
    return staff_page("administration/settings.html", catalogue=current_catalogue(), saved=saved)


@blueprint.get("/agents/reglages/communes/<int:commune_id>")
@requires(Action.EDIT_SETTINGS)
def commune(commune_id: int) -> Any:
    return sheet_page(_commune(commune_id))


@blueprint.post("/agents/reglages/communes/<int:commune_id>")
@keeps_answers
@requires(Action.EDIT_SETTINGS)
def commune_now(commune_id: int) -> Any:
    return save_sheet(lambda: _commune(commune_id))


@blueprint.get("/agents/reglages/trajets/<int:commune_id>")
@requires(Action.EDIT_SETTINGS)
def travel(commune_id: int) -> Any:
    return sheet_page(_travel(commune_id))


@blueprint.post("/agents/reglages/trajets/<int:commune_id>")
@keeps_answers
@requires(Action.EDIT_SETTINGS)
def travel_now(commune_id: int) -> Any:
    return save_sheet(lambda: _travel(commune_id))


@blueprint.get("/agents/reglages/lieux/nouveau")
@requires(Action.EDIT_SETTINGS)
def new_venue() -> Any:
    return sheet_page(_venue(None))


@blueprint.post("/agents/reglages/lieux/nouveau")
@keeps_answers
@requires(Action.EDIT_SETTINGS)
def new_venue_now() -> Any:
    return save_sheet(lambda: _venue(None))


@blueprint.get("/agents/reglages/lieux/<int:venue_id>")
@requires(Action.EDIT_SETTINGS)
def venue(venue_id: int) -> Any:
    return sheet_page(_venue(venue_id))


@blueprint.post("/agents/reglages/lieux/<int:venue_id>")
@keeps_answers
@requires(Action.EDIT_SETTINGS)
def venue_now(venue_id: int) -> Any:
    return save_sheet(lambda: _venue(venue_id))


@blueprint.get("/agents/reglages/besoins/<int:topic_id>")
@requires(Action.EDIT_SETTINGS)
def topic(topic_id: int) -> Any:
    return sheet_page(_topic(topic_id))


@blueprint.post("/agents/reglages/besoins/<int:topic_id>")
@keeps_answers
@requires(Action.EDIT_SETTINGS)
def topic_now(topic_id: int) -> Any:
    return save_sheet(lambda: _topic(topic_id))


@blueprint.get("/agents/reglages/service")
@requires(Action.EDIT_SETTINGS)
def service() -> Any:
    return sheet_page(_service())


@blueprint.post("/agents/reglages/service")
@keeps_answers
@requires(Action.EDIT_SETTINGS)
def service_now() -> Any:
    return save_sheet(_service)


@blueprint.get("/agents/reglages/textes")
@requires(Action.EDIT_SETTINGS)
def legal() -> Any:
    return sheet_page(_texts())


@blueprint.post("/agents/reglages/textes")
@keeps_answers
@requires(Action.EDIT_SETTINGS)
def legal_now() -> Any:
    return save_sheet(_texts)


@blueprint.get("/agents/reglages/delais")
@requires(Action.EDIT_SETTINGS)
def figures() -> Any:
    return sheet_page(_figures())


@blueprint.post("/agents/reglages/delais")
@keeps_answers
@requires(Action.EDIT_SETTINGS)
def figures_now() -> Any:
    return save_sheet(_figures)


def _commune(commune_id: int) -> Sheet:
    session = db.session()
    return Sheet(
        title=_commune_name(commune_id),
        questions=words.COMMUNE,
        values=places.commune_values(session, commune_id),
        version=_version((JournalSubject.COMMUNE, commune_id), JournalAction.COMMUNE_CHANGED),
        save=lambda given, edit: places.save_commune(session, commune_id, given, edit),
    )


def _travel(commune_id: int) -> Sheet:
    session, name = db.session(), _commune_name(commune_id)
    others = [each for each in current_catalogue().communes if each.id != commune_id]
    return Sheet(
        title=f"Trajets depuis {name}",
        questions=tuple(Question(each.slug, each.name, Kind.NUMBER) for each in others),
        values=places.travel_values(session, commune_id),
        version=_version((JournalSubject.COMMUNE, commune_id), JournalAction.TRAVEL_CHANGED),
        save=lambda given, edit: places.save_travel(session, commune_id, given, edit),
        intro="En minutes, en voiture, à l’aller. Vide : estimé d’après la distance.",
    )


def _venue(venue_id: int | None) -> Sheet:
    session, values = db.session(), places.venue_values(db.session(), venue_id)
    communes = {each.slug: each.name for each in current_catalogue().communes}
    asked = Question("commune", "Commune", Kind.CHOICE, choices=communes)
    return Sheet(
        title=values["name"] or "Nouveau lieu",
        questions=(words.VENUE[0], asked, *words.VENUE[1:]),
        values=values,
        version=_version((JournalSubject.VENUE, venue_id), JournalAction.VENUE_CHANGED),
        save=lambda given, edit: places.save_venue(session, venue_id, given, edit),
        intro="Le code d’une porte ou d’une alarme ne s’écrit jamais ici.",
    )


def _topic(topic_id: int) -> Sheet:
    session, values = db.session(), texts.topic_values(db.session(), topic_id)
    return Sheet(
        title=values["label.fr"],
        questions=words.TOPIC,
        values=values,
        version=_version((JournalSubject.TOPIC, topic_id), JournalAction.TOPIC_CHANGED),
        save=lambda given, edit: texts.save_topic(session, topic_id, given, edit),
        intro="Les rendez-vous déjà pris gardent leur durée.",
    )


def _service() -> Sheet:
    return _of_territory("Le service", words.SERVICE, texts.service_values, texts.save_service)


def _texts() -> Sheet:
    return _of_territory("Pages légales", words.TEXTS, texts.texts_values, texts.save_texts)


def _figures() -> Sheet:
    session = db.session()
    values = texts.figures_values(session)
    chosen = values.pop(words.SECOND_STEP)
    values |= {f"{words.SECOND_STEP}.{role}": role.value in chosen for role in Role}
    return Sheet(
        title="Délais et limites",
        questions=words.figure_questions(),
        values=values,
        version=_version(TERRITORY, JournalAction.SETTINGS_CHANGED),
        save=lambda given, edit: texts.save_figures(session, _as_settings(given), edit),
    )


def _as_settings(given: Values) -> Values:
    """Roles as one list; an empty figure is the one that ships, or « never » where that exists."""
    shipped = {each.name: each.default for each in fields(Settings) if not each.metadata.get("off")}
    roles = [role.value for role in Role if given[f"{words.SECOND_STEP}.{role}"]]
    plain = {key: value for key, value in given.items() if not key.startswith(words.SECOND_STEP)}
    filled = {key: shipped.get(key) if value is None else value for key, value in plain.items()}
    return filled | {words.SECOND_STEP: roles}


def _of_territory(
    title: str,
    questions: tuple[Question, ...],
    read: Callable[[Any], Values],
    save: Callable[[Any, Values, Edit], None],
) -> Sheet:
    session = db.session()
    return Sheet(
        title=title,
        questions=questions,
        values=read(session),
        version=_version(TERRITORY, JournalAction.SETTINGS_CHANGED),
        save=lambda given, edit: save(session, given, edit),
    )


def _version(subject: tuple[JournalSubject, int | None], action: JournalAction) -> str:
    return version_of(db.session(), subject, action)


def _commune_name(commune_id: int) -> str:
    for each in current_catalogue().communes:
        if each.id == commune_id:
            return each.name
    raise SubjectUnknown
