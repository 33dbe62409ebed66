"""The team: who has an account, invited, changed, closed; links are shown once."""

from collections.abc import Sequence
from typing import Any

from flask import redirect, request, url_for

from app.domain.access import Action, LinkPurpose
from app.domain.errors import DomainError
from app.domain.own_account_errors import OwnPasswordNeeded
from app.domain.staff_errors import EditedMeanwhile
from app.extensions import db
from app.services import team as accounts
from app.services.account_links import issue_link
from app.services.second_step import disable_second_step
from app.services.team_list import (
    Member,
    OpenAgenda,
    find_gaps,
    open_agenda,
    read_member,
    read_team,
    version_of,
)
from app.web.access import current_actor, requires
from app.web.account_mail import account_letter, addressed, mail_letter
from app.web.administration.blueprint import blueprint
from app.web.administration.team_forms import AccountForm, account_form, saved_meanwhile
from app.web.administration.words import ROLES
from app.web.clock import utc_now
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.wording import sentence

SAID = {
    "change": "Le compte est changé.",
    "adresse": (
        "Le compte est changé. Tous ses appareils sont déconnectés. "
        "Les liens donnés avant ne marchent plus."
    ),
    "ferme": "Le compte est fermé. Tous ses appareils sont déconnectés.",
    "rouvert": "Le compte est ouvert.",
    "sans-code": "La double vérification de ce compte est arrêtée.",
}


@blueprint.get("/agents/equipe")
@requires(Action.MANAGE_TEAM)
def team() -> Any:
    """Everybody, and the communes without a referent or deputy."""
    members = read_team(db.session())
    catalogue = current_catalogue()
    communes = {each.id: each.name for each in catalogue.communes}
    return staff_page(
        "administration/team.html",
        members=members,
        roles=ROLES,
        communes=communes,
        gaps=find_gaps(members, catalogue, utc_now()),
    )


@blueprint.get("/agents/equipe/nouveau")
@requires(Action.MANAGE_TEAM)
def invite() -> Any:
    return _account_page(account_form(None), None)


@blueprint.post("/agents/equipe/nouveau")
@keeps_answers
@requires(Action.MANAGE_TEAM)
def invite_now() -> Any:
    """Open the account; its link is on the answer, once."""
    form, by, now = account_form(None), current_actor().user_id, utc_now()
    if form.validate():
        try:
            user_id = accounts.create_user(db.session(), form.account(), by=by, now=now)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return _link_page(user_id, LinkPurpose.INVITATION)
    return _account_page(form, None)


@blueprint.get("/agents/equipe/<int:user_id>")
@requires(Action.MANAGE_TEAM)
def account(user_id: int) -> Any:
    """One account, in a form. Raises SubjectUnknown (404)."""
    member, form = read_member(db.session(), user_id), account_form(user_id)
    form.shows(member, version_of(db.session(), user_id))
    return _account_page(form, user_id)


@blueprint.post("/agents/equipe/<int:user_id>")
@keeps_answers
@requires(Action.MANAGE_TEAM)
def change(user_id: int) -> Any:
    """Save, unless a colleague did meanwhile."""
    before, saved = read_member(db.session(), user_id), []
    form, by, now = account_form(user_id), current_actor().user_id, utc_now()
    if form.validate():
        try:
            form.check_agenda(before, _agenda(before))
            version = form.version.data or ""
            is_moved = accounts.change_user(
                db.session(), user_id, form.account(), by=by, now=now, version=version
            )
        except DomainError as refusal:
            form.refuse(refusal)
            if isinstance(refusal, EditedMeanwhile):
                form.version.data = version_of(db.session(), user_id)
                saved = saved_meanwhile(form, read_member(db.session(), user_id))
        else:
            return _done(user_id, "adresse" if is_moved else "change")
    return _account_page(form, user_id, saved=saved)


@blueprint.post("/agents/equipe/<int:user_id>/lien")
@requires(Action.MANAGE_TEAM)
def new_link(user_id: int) -> Any:
    """A new link for a password; the one before is dead. Raises SubjectUnknown."""
    try:
        return _link_page(user_id, LinkPurpose.RESET)
    except OwnPasswordNeeded as refusal:
        return _refused(user_id, refusal)


@blueprint.post("/agents/equipe/<int:user_id>/sans-code")
@requires(Action.MANAGE_TEAM)
def stop_second_step(user_id: int) -> Any:
    """For a colleague who lost telephone and codes. Raises SubjectUnknown."""
    read_member(db.session(), user_id)
    by = current_actor().user_id
    try:
        disable_second_step(db.session(), user_id, None, by=by, now=utc_now())
    except OwnPasswordNeeded as refusal:
        return _refused(user_id, refusal)
    return _done(user_id, "sans-code")


@blueprint.post("/agents/equipe/<int:user_id>/fermer")
@requires(Action.MANAGE_TEAM)
def close(user_id: int) -> Any:
    """From now on the account opens nothing. Raises SubjectUnknown."""
    try:
        accounts.disable_user(db.session(), user_id, by=current_actor().user_id, now=utc_now())
    except DomainError as refusal:
        return _refused(user_id, refusal)
    return _done(user_id, "ferme")


@blueprint.post("/agents/equipe/<int:user_id>/rouvrir")
@requires(Action.MANAGE_TEAM)
def reopen(user_id: int) -> Any:
    """Open it again, with its password. Raises SubjectUnknown."""
    accounts.enable_user(db.session(), user_id, by=current_actor().user_id, now=utc_now())
    return _done(user_id, "rouvert")


def _done(user_id: int, done: str) -> Any:
    return redirect(url_for("administration.account", user_id=user_id, fait=done), 303)


def _refused(user_id: int, refusal: DomainError) -> Any:
    """The account as it is, and why it does not change."""
    form = account_form(user_id)
    form.shows(read_member(db.session(), user_id), version_of(db.session(), user_id))
    return _account_page(form, user_id, refusal)


def _account_page(
    form: AccountForm,
    user_id: int | None,
    refusal: DomainError | None = None,
    saved: Sequence[dict[str, str]] = (),
) -> Any:
    member = read_member(db.session(), user_id) if user_id else None
    return staff_page(
        "administration/account.html",
        refusal.status if refusal else form.status,
        form=form,
        member=member,
        is_own=user_id == current_actor().user_id,
        agenda=_agenda(member),
        saved=saved,
        refusal=sentence(refusal) if refusal else None,
        has_errors=refusal is not None or bool(form.errors),
        said=SAID.get(request.args.get("fait", "")),
    )


def _agenda(member: Member | None) -> OpenAgenda | None:
    """What goes on in the counsellor's agenda, closed account or not."""
    if member is None or member.counsellor_id is None:
        return None
    return open_agenda(db.session(), current_catalogue(), member.counsellor_id, utc_now())


def _link_page(user_id: int, purpose: LinkPurpose) -> Any:
    """The link leaves by e-mail; it is shown, with the reason, only where it cannot."""
    by, now = current_actor().user_id, utc_now()
    token = issue_link(db.session(), user_id, purpose, by=by, now=now)
    member = read_member(db.session(), user_id)
    db.session().rollback()  # no transaction stays open while a mail server works
    letter = addressed(account_letter(purpose), member.email, token)
    why_shown = mail_letter(letter, at=now)
    link = letter.link if why_shown else None
    return staff_page("administration/link.html", member=member, link=link, why_shown=why_shown)
