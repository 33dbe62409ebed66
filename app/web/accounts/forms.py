"""The forms of signing in and of one's own account."""

from wtforms import HiddenField, PasswordField, StringField

from app.domain.errors import EmailMalformed
from app.gateways.contacts import parse_email
from app.web.forms import BaseForm, checked_by


def check_address(typed: str) -> None:
    """Raises EmailMalformed, for an empty one too."""
    if parse_email(typed) is None:
        raise EmailMalformed


class SignInForm(BaseForm):
    """E-mail and password; where to go next travels along."""

    email = StringField("Adresse e-mail")
    mot_de_passe = PasswordField("Mot de passe")
    suite = HiddenField()


class ForgottenForm(BaseForm):
    """Which account? Its link is mailed to that address."""

    email = StringField("Adresse e-mail", [checked_by(check_address)])


class CodeForm(BaseForm):
    """The second step."""

    code = StringField("Code à 6 chiffres")


class NewPasswordForm(BaseForm):
    """A password, twice."""

    mot_de_passe = PasswordField("Nouveau mot de passe")
    encore = PasswordField("Le même mot de passe, encore une fois")


class ChangePasswordForm(NewPasswordForm):
    """The same, after the current one."""

    actuel = PasswordField("Votre mot de passe actuel")


class OwnAddressForm(BaseForm):
    """Another address to sign in with, after the current password."""

    actuel = PasswordField("Votre mot de passe actuel")
    email = StringField("Votre nouvelle adresse e-mail", [checked_by(check_address)])

    def address(self) -> str:
        """As the page of the team writes it too. Raises EmailMalformed."""
        return parse_email(self.email.data or "") or ""


class SecondStepForm(BaseForm):
    """Start the second step: the secret that the application was given, and its first code."""

    secret = HiddenField()
    actuel = PasswordField("Votre mot de passe actuel")
    code = StringField("Code à 6 chiffres de l’application")


class StopSecondStepForm(BaseForm):
    """Stop it, with the password."""

    actuel = PasswordField("Votre mot de passe actuel")
