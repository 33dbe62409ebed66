"""What all forms share: sentences beside their fields, the status of a refusal, what is kept."""

import pytest
from flask import g
from wtforms import BooleanField, RadioField, StringField
from wtforms.fields import SelectChoice

from app.domain import errors, names
from app.domain.errors import AskedAgain, ConsentMissing, LimitReached, RecipientMissing
from app.web.forms import BaseForm, checked_by, required, showable
from tests.support.page_client import PageClient


class Contact(BaseForm):
    nom = StringField("Nom", [checked_by(names.last_name)])
    telephone = StringField("Téléphone")
    choix = RadioField(
        "Choix",
        [required(RecipientMissing)],
        choices=[SelectChoice("a", "A"), SelectChoice("b", "B")],
        validate_choice=False,
    )
    accord = BooleanField("D’accord", [required(ConsentMissing)])


WHOLE = {"nom": "Serin", "telephone": "06", "choix": "a", "accord": "oui"}


def sent(visitor: PageClient, *, refused: bool = False, **answers: str) -> Contact:
    """The form as it comes back from a browser."""
    with visitor.application.test_request_context("/", method="POST", data=answers):
        g.csrf_refused, g.csrf_valid = refused, not refused
        form = Contact()
        form.validate()
        form.status  # noqa: B018 - a property that only reads
        return form


def test_a_whole_form_is_fine(visitor: PageClient) -> None:
    form = sent(visitor, **WHOLE)
    assert (form.errors, form.status) == ({}, 200)


@pytest.mark.parametrize(
    ("answers", "field", "sentence"),
    [
        ({"nom": ""}, "nom", "Écrivez votre nom."),
        ({"choix": ""}, "choix", "Choisissez à qui envoyer les messages."),
        ({"choix": "c"}, "choix", "Choisissez à qui envoyer les messages."),
        ({"accord": ""}, "accord", "Cochez la case si la personne est d’accord."),
    ],
)
def test_a_refusal_stands_beside_its_field(
    visitor: PageClient, answers: dict[str, str], field: str, sentence: str
) -> None:
    form = sent(visitor, **WHOLE | answers)
    assert {name: [str(each) for each in said] for name, said in form.errors.items()} == {
        field: [sentence]
    }
    assert form.status == 422


def test_a_refusal_of_a_use_case_gives_its_status(visitor: PageClient) -> None:
    form = sent(visitor, **WHOLE)
    with visitor.application.test_request_context("/"):
        form.refuse(LimitReached())
        assert list(form.errors) == ["telephone"]
        assert form.status == 409
        form.refuse(AskedAgain())
        assert form.errors[""] == ["Relisez vos réponses, puis appuyez encore sur « Continuer »."]
        assert form.status == 422


def test_a_token_that_is_not_ours_is_told_once_and_in_french(visitor: PageClient) -> None:
    form = sent(visitor, refused=True, **WHOLE)
    assert form.errors == {
        "": ["Cette page est restée ouverte longtemps. Appuyez encore sur le bouton."]
    }
    assert (form.nom.data, form.status) == ("Serin", 422)


@pytest.mark.parametrize("typed", ["a\x00b", "a\x08b", "a\x7fb", "a\x9fb", "a\ufffeb", "a\ufdd0b"])
def test_what_a_page_cannot_hold_is_shown_as_unreadable(visitor: PageClient, typed: str) -> None:
    form = sent(visitor, **WHOLE | {"nom": typed})
    assert form.nom.data == "a\ufffdb"
    assert form.nom.errors == [
        "Nous ne pouvons pas lire ce nom. Écrivez-le avec des lettres seulement."
    ]


def test_what_a_page_can_hold_stays_as_it_was_typed() -> None:
    for typed in ("É’-\u00a0\u202f", "a\tb\nc\r", "🌹", "\u202e", "<b>&amp;", ""):
        assert showable(typed) == typed


def test_a_page_that_is_only_looked_at_has_empty_fields(visitor: PageClient) -> None:
    with visitor.application.test_request_context("/?nom=Serin"):
        g.csrf_refused = False
        form = Contact()
        assert (form.nom.data, form.errors, form.status) == (None, {}, 200)


def test_json_and_files_fill_nothing(visitor: PageClient) -> None:
    with visitor.application.test_request_context("/", method="POST", json={"nom": "Serin"}):
        assert Contact().nom.data is None
    assert errors.LastNameMissing.field == "nom"
