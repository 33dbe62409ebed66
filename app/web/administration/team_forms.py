"""The form of an account: one answer for each commune, since a desk may serve several."""

from collections.abc import Iterator
from typing import Any, cast

from wtforms import HiddenField, RadioField, SelectField, StringField

from app.domain import names
from app.domain.access import Role
from app.domain.errors import EmailMalformed
from app.domain.staff_errors import AgendaLost, AnswerMissing, RoleMissing
from app.extensions import db
from app.gateways.contacts import parse_email, parse_phone
from app.services.team import AccountRequest
from app.services.team_list import Member, OpenAgenda, free_counsellors
from app.web import filters
from app.web.administration.words import ROLES
from app.web.forms import BaseForm, checked_by, offered, required
from app.web.site import current_catalogue

NO, YES, DEPUTY = "non", "oui", "suppleant"
PLACES = {NO: "Non", YES: "Oui", DEPUTY: "Oui, en remplaçant le référent"}
NOBODY = "aucun"
PREFIX = "commune_"


def _address(typed: str) -> None:
    if parse_email(typed) is None:
        raise EmailMalformed


def _phone_if_any(typed: str) -> None:
    if typed.strip():
        parse_phone(typed)


class AccountForm(BaseForm):
    """Who signs in, as what, and for which communes."""

    prenom = StringField("Prénom", [checked_by(names.first_name)])
    nom = StringField("Nom", [checked_by(names.last_name)])
    email = StringField("Adresse e-mail", [checked_by(_address)])
    telephone = StringField("Téléphone professionnel (facultatif)", [checked_by(_phone_if_any)])
    role = RadioField(
        "Rôle", [required(RoleMissing)], choices=offered(ROLES), validate_choice=False
    )
    conseiller = SelectField(
        "Agenda du conseiller", [required(AnswerMissing)], validate_choice=False, default=NOBODY
    )
    version = HiddenField()
    sans_agenda = HiddenField()
    """The change of agenda that was warned about: the same one is meant."""

    @property
    def places(self) -> list[Any]:
        """The fields of the communes, in their order."""
        return [field for name, field in self._fields.items() if name.startswith(PREFIX)]

    def shows(self, member: Member, version: str) -> None:
        """Fill the form with the account of now."""
        self.prenom.data, self.nom.data = member.first_name, member.last_name
        self.telephone.data = filters.phone(member.phone) if member.phone else ""
        self.email.data, self.role.data = member.email, member.role.value
        self.conseiller.data = str(member.counsellor_id or NOBODY)
        self.version.data = version
        for field in self.places:
            field.data = _place(member, _commune_id(field))

    def check_agenda(self, before: Member, agenda: OpenAgenda | None) -> None:
        """Raises AgendaLost, once, where the account would lose the agenda that it has."""
        wanted = self.account()
        lost, meant = before.counsellor_id, f"{wanted.role}:{wanted.counsellor_id}"
        if agenda is None or lost in (None, wanted.counsellor_id):
            return
        if self.sans_agenda.data != meant:
            self.sans_agenda.data = meant
            held = free_counsellors(db.session(), before.id).get(lost or 0, before.first_name)
            raise AgendaLost(person=before.first_name, agenda=held, count=agenda.appointments)

    def account(self) -> AccountRequest:
        """What the account is to be; communes and agenda only where the role has them."""
        role, agenda = Role(self.role.data), self.conseiller.data
        is_counsellor = role is Role.COUNSELLOR and agenda != NOBODY
        chosen = {_commune_id(field): field.data for field in self.places if field.data != NO}
        phone = (self.telephone.data or "").strip()
        return AccountRequest(
            email=parse_email(self.email.data or "") or "",
            first_name=names.first_name(self.prenom.data or ""),
            last_name=names.last_name(self.nom.data or ""),
            role=role,
            commune_ids=frozenset(chosen),
            deputy_of=frozenset(each for each, place in chosen.items() if place == DEPUTY),
            counsellor_id=int(agenda) if is_counsellor else None,
            phone=parse_phone(phone).number if phone else None,
        )


def account_form(user_id: int | None) -> AccountForm:
    """The form, with a field for each commune and the agendas that are free."""
    fields = {
        f"{PREFIX}{each.id}": SelectField(
            each.name,
            [required(AnswerMissing)],
            choices=offered(PLACES),
            validate_choice=False,
            default=NO,
        )
        for each in current_catalogue().communes
    }
    form = cast("AccountForm", type("AccountFormOfCommunes", (AccountForm,), fields)())
    free = free_counsellors(db.session(), user_id)
    form.conseiller.choices = offered({NOBODY: "Aucun"} | free)
    return form


def saved_meanwhile(form: AccountForm, member: Member) -> list[dict[str, str]]:
    """What is saved now where the form says something else: to compare before saving again."""
    saved, typed = _told(form, member), _told(form, form.account())
    return [
        {"key": key, "value": value}
        for (key, value), (_key, mine) in zip(saved, typed, strict=True)
        if value != mine
    ]


def _told(form: AccountForm, account: Member | AccountRequest) -> Iterator[tuple[str, str]]:
    """The account as its page asks for it: question and answer."""
    agendas = {choice.value: str(choice.label) for choice in form.conseiller.choices or ()}
    agenda = str(account.counsellor_id or NOBODY)
    yield "Prénom", account.first_name
    yield "Nom", account.last_name
    yield "Adresse e-mail", account.email.lower()
    yield "Téléphone professionnel", filters.phone(account.phone) if account.phone else "Aucun"
    yield "Rôle", ROLES[account.role]
    yield "Agenda du conseiller", agendas.get(agenda, "Un agenda fermé")
    for field in form.places:
        place = _place(account, _commune_id(field))
        yield field.label.text, PLACES[place]


def _place(account: Member | AccountRequest, commune_id: int) -> str:
    is_own = commune_id in account.commune_ids
    return DEPUTY if is_own and commune_id in account.deputy_of else YES if is_own else NO


def _commune_id(field: Any) -> int:
    return int(field.name.removeprefix(PREFIX))
