"""The texts of messages: read them all, write one's own, see it in the longest real case."""

from typing import Any

from flask import current_app, redirect, request, url_for
from flask_babel import force_locale
from wtforms import HiddenField, TextAreaField

from app.domain.access import Action
from app.domain.message_errors import MessageTextRefused
from app.domain.staff_errors import EditedMeanwhile, SubjectUnknown
from app.extensions import db
from app.gateways.message_words import TextKey
from app.services.appointment_facts import letterhead
from app.services.message_texts import (
    ON_A_PAGE,
    TextEdit,
    read_texts,
    restore_text,
    version_of,
    write_text,
)
from app.services.text_rules import QuestionRules, Rules, TextRules
from app.web.access import current_actor, requires
from app.web.clock import utc_now
from app.web.forms import BaseForm
from app.web.language import DEFAULT, LANGUAGES
from app.web.message_words import KINDS
from app.web.messages.blueprint import blueprint
from app.web.messages.text_names import (
    IN_LANGUAGE,
    WORDS,
    key_of,
    label_of,
    name_of,
    texts_in,
    title_of,
)
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.survey_questions import shipped_question

SAID = {
    "enregistre": "Le texte est enregistré. Il sert dès le prochain envoi.",
    "origine": "Le texte d’origine est remis.",
}


class TextForm(BaseForm):
    """One text."""

    texte = TextAreaField("Texte")
    version = HiddenField()


@blueprint.get("/agents/messages/textes")
@requires(Action.MANAGE_MESSAGES)
def texts() -> Any:
    """All texts of one language; those that somebody here wrote are marked."""
    asked = request.args.get("langue", DEFAULT)
    language = asked if asked in LANGUAGES else DEFAULT
    own = read_texts(db.session())
    kinds = [
        (KINDS[kind], [(label_of(key), _href(key), key in own) for key in keys])
        for kind, keys in texts_in(language).items()
    ]
    languages = [
        {
            "text": IN_LANGUAGE[each],
            "href": url_for("messages.texts", langue=each),
            "current": each == language,
        }
        for each in LANGUAGES
    ]
    said = SAID.get(request.args.get("fait", ""))
    return staff_page("messages/texts.html", kinds=kinds, languages=languages, said=said)


def _href(key: TextKey) -> str:
    return url_for("messages.text", texte=name_of(key))


@blueprint.get("/agents/messages/textes/<texte>")
@requires(Action.MANAGE_MESSAGES)
def text(texte: str) -> Any:
    """One text, as it is sent now, in the longest real case."""
    key, form = _key(texte), TextForm()
    return _page_as_kept(key, form)


def _page_as_kept(key: TextKey, form: TextForm) -> Any:
    rules = _rules(key)
    form.texte.data = read_texts(db.session()).get(key) or rules.shipped()
    form.version.data = version_of(db.session(), key)
    return _page(key, rules, form, form.texte.data)


@blueprint.post("/agents/messages/textes/<texte>/apercu")
@keeps_answers
@requires(Action.MANAGE_MESSAGES)
def preview(texte: str) -> Any:
    """The same page with what was typed; nothing is kept."""
    key, form = _key(texte), TextForm()
    rules = _rules(key)
    return _page(key, rules, form, _judged(form, rules))


@blueprint.post("/agents/messages/textes/<texte>")
@keeps_answers
@requires(Action.MANAGE_MESSAGES)
def text_now(texte: str) -> Any:
    """Keep it, if it can be sent; what ships is never kept as somebody's own.

    Where a colleague changed it meanwhile, both are shown, and the next press saves.
    """
    key, form = _key(texte), TextForm()
    rules = _rules(key)
    typed = _judged(form, rules)
    if typed is None:
        return _page(key, rules, form, None)
    try:
        if typed == rules.shipped():
            restore_text(db.session(), key, _edit(form))
        else:
            write_text(db.session(), key, typed, _edit(form))
    except EditedMeanwhile as refusal:
        form.refuse(refusal)
        form.version.data = version_of(db.session(), key)
        return _page(key, rules, form, typed, was_edited=True)
    return _back(key, "enregistre")


def _edit(form: TextForm) -> TextEdit:
    return TextEdit(form.version.data or "", current_actor().user_id, utc_now())


@blueprint.post("/agents/messages/textes/<texte>/origine")
@requires(Action.MANAGE_MESSAGES)
def original(texte: str) -> Any:
    """« Remettre le texte d’origine », unless a colleague changed the text meanwhile."""
    key, form = _key(texte), TextForm()
    try:
        restore_text(db.session(), key, _edit(form))
    except EditedMeanwhile as refusal:
        form.refuse(refusal)
        return _page_as_kept(key, form)
    return _back(key, "origine")


def _key(name: str) -> TextKey:
    key = key_of(name)
    if key is None:
        raise SubjectUnknown
    return key


def _rules(key: TextKey) -> Rules:
    language, channel, _kind, part = key
    if channel is ON_A_PAGE:
        with force_locale(language):
            return QuestionRules(shipped_question(part))
    catalogue, config = current_catalogue(), current_app.config["COCLICO"]
    head = letterhead(catalogue, config.public_url, config.sms_stop_number or "")
    return TextRules(catalogue, head, key)


def _judged(form: TextForm, rules: Rules) -> str | None:
    """What was typed, as it would be kept; None where it cannot be, which the form then tells."""
    typed = rules.tidy(form.texte.data or "")
    if not form.validate():
        return None
    form.texte.data = typed
    problems = rules.problems(typed)
    if problems:
        form.refuse(MessageTextRefused(problems=" ".join(problems)))
        return None
    return typed


def _back(key: TextKey, done: str) -> Any:
    return redirect(url_for("messages.texts", langue=key[0], fait=done), 303)


def _page(
    key: TextKey, rules: Rules, form: TextForm, shown: str | None, *, was_edited: bool = False
) -> Any:
    examples, own = rules.examples(), read_texts(db.session()).get(key)
    return staff_page(
        "messages/text.html",
        form.status,
        title=title_of(key),
        name=name_of(key),
        language=key[0],
        form=form,
        rules=rules,
        rows=3 if rules.is_sms or "\n" not in rules.shipped() else 14,
        shown=rules.preview(shown) if shown else None,
        words=[(each, WORDS[each], example) for each, example in examples.items()],
        shipped=rules.shipped(),
        is_own=own is not None,
        kept=own or rules.shipped() if was_edited else None,
    )
