"""Signing in and out: password, then a code where the account asks for one."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, redirect, request, url_for

from app.domain.access import Action
from app.domain.errors import DomainError
from app.domain.staff_errors import SignInRefused
from app.extensions import db
from app.services import account_links, accounts, throttle
from app.web.access import current_user, known_user, public, requires
from app.web.account_mail import can_mail, mail_reset_behind
from app.web.accounts import pending
from app.web.accounts.devices import device_name
from app.web.accounts.forms import CodeForm, ForgottenForm, NewPasswordForm, SignInForm
from app.web.accounts.pending import SigningIn
from app.web.clock import utc_now
from app.web.navigation import landing
from app.web.quotas import code_quotas, reset_quotas, sign_in_quotas
from app.web.security import keeps_answers
from app.web.staff_cookie import forget_key, is_known_browser, keep_key, remember_browser
from app.web.staff_page import staff_page

blueprint = Blueprint("accounts", __name__)

SAID = {
    "adresse": "Votre adresse est enregistrée. Connectez-vous avec elle.",
    "mot-de-passe": "Votre mot de passe est enregistré. Connectez-vous.",
    "deconnecte": "Tous vos appareils sont déconnectés.",
    "appareil": "Cet appareil est déconnecté.",
}
NEW_ADDRESS = "Votre adresse est enregistrée : {address}. Connectez-vous avec elle."


@blueprint.get("/agents")
@requires(Action.OWN_ACCOUNT)
def home() -> Any:
    """The first page of the menu of whoever is signed in."""
    return redirect(landing(), 303)


@blueprint.get("/agents/connexion")
@public
def sign_in() -> Any:
    """Who asks? Somebody signed in already goes on."""
    onward = local_path(request.args.get("suite", ""))
    if known_user():
        return redirect(onward or landing(), 303)
    form = SignInForm()
    form.suite.data = onward
    done = request.args.get("fait", "")
    address = pending.kept_address() if done == "adresse" else None
    if address:
        form.email.data = address
    done_line = NEW_ADDRESS.format(address=address) if address else SAID.get(done)
    return _sign_in_page(form, done_line, is_late=done == "trop-tard")


@blueprint.post("/agents/connexion")
@keeps_answers
@public
def sign_in_now() -> Any:
    """The password opens a session, or asks for the code."""
    form, now = SignInForm(), utc_now()
    if not form.validate():
        return _sign_in_page(form)
    email, onward = form.email.data or "", local_path(form.suite.data or "")
    try:
        nonce = accounts.nonce_of(db.session(), email)
        quotas = sign_in_quotas(email, is_known_browser(email, nonce))
        password = form.mot_de_passe.data or ""
        user_id, asks_code = accounts.check_password(db.session(), email, password, quotas, now=now)
        who = SigningIn(user_id, email, nonce, onward)
        if not asks_code:
            return _opened(who)
    except DomainError as refusal:
        form.refuse(refusal)
        return _sign_in_page(form)
    pending.keep(who, now)
    return redirect(url_for("accounts.code"), 303)


@blueprint.get("/agents/connexion/code")
@public
def code() -> Any:
    """The second step; without the first, back to it."""
    if pending.kept(utc_now()) is None:
        return _first_step_again()
    return staff_page("accounts/code.html", form=CodeForm())


@blueprint.post("/agents/connexion/code")
@keeps_answers
@public
def code_now() -> Any:
    """The code opens the session; where the account changed meanwhile, all begins again."""
    form, now = CodeForm(), utc_now()
    who = pending.kept(now)
    if who is None:
        return _first_step_again()
    if form.validate():
        try:
            quotas, code = code_quotas(who.user_id), form.code.data or ""
            accounts.check_code(db.session(), who.user_id, code, quotas, now=now)
            return _opened(who)
        except SignInRefused:
            return redirect(url_for("accounts.sign_in"), 303)
        except DomainError as refusal:
            form.refuse(refusal)
    return staff_page("accounts/code.html", form.status, form=form)


def _sign_in_page(
    form: SignInForm, done_line: str | None = None, *, is_late: bool = False
) -> Response:
    names = {"done_line": done_line, "is_late": is_late}
    return staff_page("accounts/sign_in.html", form.status, form=form, **names)


def _first_step_again() -> Any:
    """Back to the password; whoever was too late is told, and still goes where they wanted."""
    onward = pending.onward_too_late()
    if onward is None:
        return redirect(url_for("accounts.sign_in"), 303)
    return redirect(url_for("accounts.sign_in", fait="trop-tard", suite=onward or None), 303)


def _opened(who: SigningIn) -> Response:
    """A session of its own, in a cookie that held nothing of it before. Raises SignInRefused."""
    device = device_name(request.user_agent.string)
    key = accounts.open_session(db.session(), who.user_id, device, now=utc_now(), nonce=who.nonce)
    keep_key(key)
    if accounts.signed_in(db.session(), key, now=utc_now()) is None:
        raise SignInRefused
    onward = redirect(who.onward or url_for("accounts.home"), 303)
    return remember_browser(make_response(onward), who.email, who.nonce)


@blueprint.post("/agents/deconnexion")
@requires(Action.OWN_ACCOUNT)
def sign_out() -> Response:
    """This browser alone."""
    user = current_user()
    accounts.close_session(db.session(), user.session_id, user.actor.user_id, now=utc_now())
    forget_key()
    return redirect(url_for("accounts.sign_in"), 303)  # type: ignore[return-value]


@blueprint.get("/agents/mot-de-passe-oublie")
@public
def forgotten() -> Response:
    """Which address? Where no e-mail leaves: whom to ask for a link."""
    return _forgotten_page(ForgottenForm())


@blueprint.post("/agents/mot-de-passe-oublie")
@keeps_answers
@public
def forgotten_now() -> Any:
    """The same answer for every address, at once; a link leaves behind it where there is one."""
    form = ForgottenForm()
    if not can_mail():
        abort(404)
    if form.validate():
        email = form.email.data or ""
        try:
            throttle.spend(db.session(), reset_quotas(email), now=utc_now())
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            mail_reset_behind(email)
            return redirect(url_for("accounts.forgotten", fait="demande"), 303)
    return _forgotten_page(form)


def _forgotten_page(form: ForgottenForm) -> Response:
    return staff_page(
        "accounts/forgotten.html",
        form.status,
        form=form,
        can_mail=can_mail(),
        is_asked=request.args.get("fait") == "demande",
    )


@blueprint.get("/agents/mot-de-passe/<token>")
@public
def password(token: str) -> Response:
    """An invitation or a reset; looking at it uses nothing up. Raises AccountLinkDead."""
    holder = account_links.link_holder(db.session(), token, now=utc_now())
    return staff_page("accounts/password.html", form=NewPasswordForm(), holder=holder, token=token)


@blueprint.post("/agents/mot-de-passe/<token>")
@keeps_answers
@public
def password_now(token: str) -> Any:
    """Set it, once; then sign in with it."""
    holder = account_links.link_holder(db.session(), token, now=utc_now())
    form = NewPasswordForm()
    if form.validate():
        try:
            typed, again = form.mot_de_passe.data or "", form.encore.data or ""
            account_links.set_password(db.session(), token, typed, again, now=utc_now())
            return redirect(url_for("accounts.sign_in", fait="mot-de-passe"), 303)
        except DomainError as refusal:
            form.refuse(refusal)
    return staff_page("accounts/password.html", form.status, form=form, holder=holder, token=token)


def local_path(given: str) -> str:
    """A path of the staff pages, as it was asked for; "" for anything else (T15)."""
    is_ours = given == "/agents" or given.startswith("/agents/")
    return given if is_ours and "\\" not in given and given.isprintable() else ""
