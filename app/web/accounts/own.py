"""« Mon compte »: one's address, password, second step and open sessions."""

from typing import Any

from flask import Response, jsonify, redirect, url_for
from markupsafe import Markup

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.staff_errors import SecondStepActive
from app.extensions import db
from app.gateways import totp
from app.gateways.qr import qr_svg
from app.services import account_links, accounts, second_step, team
from app.web.access import current_user, must_set_up_second_step, public, requires
from app.web.accounts import pending
from app.web.accounts.forms import (
    ChangePasswordForm,
    OwnAddressForm,
    SecondStepForm,
    StopSecondStepForm,
)
from app.web.accounts.routes import blueprint
from app.web.clock import utc_now
from app.web.quotas import proof_quotas
from app.web.security import keeps_answers, personal
from app.web.site import current_catalogue
from app.web.staff_cookie import forget_key, session_key
from app.web.staff_page import staff_page


@blueprint.get("/agents/mon-compte")
@requires(Action.OWN_ACCOUNT)
def own_account() -> Response:
    """Who one is here, and where one is signed in."""
    user, now = current_user(), utc_now()
    sessions = accounts.own_sessions(db.session(), user.actor.user_id, now=now)
    left = accounts.codes_left(db.session(), user.actor.user_id)
    return staff_page("accounts/own.html", sessions=sessions, user=user, codes_left=left)


@blueprint.get("/agents/mon-compte/mot-de-passe")
@requires(Action.OWN_ACCOUNT)
def own_password() -> Response:
    return staff_page("accounts/own_password.html", form=ChangePasswordForm())


@blueprint.post("/agents/mon-compte/mot-de-passe")
@keeps_answers
@requires(Action.OWN_ACCOUNT)
def change_password() -> Any:
    """Another password; every browser must sign in again, this one too."""
    form, user_id = ChangePasswordForm(), current_user().actor.user_id
    if form.validate():
        given = _proof(form), form.mot_de_passe.data or "", form.encore.data or ""
        try:
            account_links.change_password(db.session(), user_id, *given, now=utc_now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            forget_key()
            return redirect(url_for("accounts.sign_in", fait="mot-de-passe"), 303)
    return staff_page("accounts/own_password.html", form.status, form=form)


@blueprint.get("/agents/mon-compte/adresse")
@requires(Action.OWN_ACCOUNT)
def own_address() -> Response:
    return _address_page(OwnAddressForm())


@blueprint.post("/agents/mon-compte/adresse")
@keeps_answers
@requires(Action.OWN_ACCOUNT)
def change_address() -> Any:
    """Another e-mail to sign in with; every browser must sign in again, this one too."""
    form, user_id = OwnAddressForm(), current_user().actor.user_id
    if form.validate():
        given = _proof(form), form.address()
        try:
            kept = team.change_own_address(db.session(), user_id, *given, now=utc_now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            forget_key()
            pending.keep_address(kept)
            return redirect(url_for("accounts.sign_in", fait="adresse"), 303)
    return _address_page(form)


@blueprint.get("/agents/mon-compte/double-verification")
@requires(Action.OWN_ACCOUNT)
def own_second_step() -> Response:
    """Start it, or stop it."""
    if current_user().has_second_step:
        return _stop_page(StopSecondStepForm())
    return _second_step_page(SecondStepForm())


@blueprint.post("/agents/mon-compte/double-verification")
@keeps_answers
@requires(Action.OWN_ACCOUNT)
def start_second_step() -> Any:
    """The application gave the right code: from now on one is asked."""
    form, user_id = SecondStepForm(), current_user().actor.user_id
    if form.validate():
        given = _proof(form), form.secret.data or "", form.code.data or ""
        try:
            codes = second_step.enable_second_step(db.session(), user_id, *given, now=utc_now())
        except SecondStepActive as refusal:
            active = StopSecondStepForm()
            active.refuse(refusal)
            return _stop_page(active)
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return staff_page("accounts/recovery_codes.html", codes=codes)
    return _second_step_page(form)


@blueprint.post("/agents/mon-compte/double-verification/arret")
@keeps_answers
@requires(Action.OWN_ACCOUNT)
def stop_second_step() -> Any:
    """Back to the password alone; the password is asked."""
    form, user_id = StopSecondStepForm(), current_user().actor.user_id
    if form.validate():
        try:
            second_step.disable_second_step(
                db.session(), user_id, _proof(form), by=user_id, now=utc_now()
            )
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            return redirect(url_for("accounts.own_account", fait="sans-code"), 303)
    return _stop_page(form)


def _address_page(form: OwnAddressForm) -> Response:
    now_in_use = current_user().email
    return staff_page("accounts/own_address.html", form.status, form=form, address=now_in_use)


Proving = ChangePasswordForm | OwnAddressForm | SecondStepForm | StopSecondStepForm


def _proof(form: Proving) -> accounts.Proof:
    """What was typed as the current password, and the tries that it counts among."""
    return accounts.Proof(form.actuel.data or "", proof_quotas(current_user().actor.user_id))


def _stop_page(form: StopSecondStepForm) -> Response:
    return staff_page("accounts/stop_second_step.html", form.status, form=form)


def _second_step_page(form: SecondStepForm) -> Response:
    if not totp.is_secret(form.secret.data or ""):
        form.secret.data = totp.new_secret()
    address = totp.address(
        form.secret.data or "", current_user().email, current_catalogue().service["name"]
    )
    drawing = Markup(qr_svg(address, "Code à lire avec l’application"))  # noqa: S704 - drawn here
    facts = {"drawing": drawing, "needed": must_set_up_second_step()}
    return staff_page("accounts/start_second_step.html", form.status, form=form, **facts)


@blueprint.post("/agents/mon-compte/deconnecter/<int:session_id>")
@requires(Action.OWN_ACCOUNT)
def close_session(session_id: int) -> Any:
    """Sign out one of one's own browsers."""
    user = current_user()
    accounts.close_session(db.session(), session_id, user.actor.user_id, now=utc_now())
    if session_id == user.session_id:
        forget_key()
        return redirect(url_for("accounts.sign_in", fait="appareil"), 303)
    return redirect(url_for("accounts.own_account", fait="deconnecte"), 303)


@blueprint.post("/agents/mon-compte/tout-deconnecter")
@requires(Action.OWN_ACCOUNT)
def close_all_sessions() -> Any:
    """Every browser, this one too."""
    accounts.close_all_sessions(db.session(), current_user().actor.user_id, now=utc_now())
    forget_key()
    return redirect(url_for("accounts.sign_in", fait="deconnecte"), 303)


@blueprint.post("/agents/encore-la")
@requires(Action.OWN_ACCOUNT)
def still_here() -> Response:
    """« Continuer »: somebody sits before this screen. The session notes it by answering."""
    return Response(status=204)


@blueprint.get("/agents/temps-restant")
@public
def time_left() -> Response:
    """A page asks before it says that the session ends; open to all, so it keeps none alive."""
    key = session_key()
    left = accounts.seconds_left(db.session(), key, now=utc_now()) if key else 0
    return personal(jsonify(seconds=left))
