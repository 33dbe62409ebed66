"""French spacing and unbroken words, in what is read and nowhere else."""

import pytest

from app.web.typesetting import typeset


def test_french_marks_hold_to_the_word_before_them() -> None:
    set_text = typeset("<p>Prêt ? Oui ! Bien : « un » ; deux</p>", "fr")
    assert "Prêt\u00a0? Oui\u00a0! Bien\u00a0: «\u00a0un\u00a0»\u00a0; deux" in set_text


def test_an_english_text_keeps_its_own_spacing() -> None:
    assert typeset("<p>Ready ? e-mail</p>", "en") == "<p>Ready ? e-mail</p>"


def test_a_compound_word_never_breaks_at_its_hyphen() -> None:
    html = typeset("<h1>Quel rendez-vous l’après-midi ? Habitez-vous au rez-de-chaussée</h1>", "fr")
    for word in ("rendez-vous", "l’après-midi", "Habitez-vous", "rez-de-chaussée"):
        assert f'<span class="keep">{word}</span>' in html


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/rendez-vous" title="Votre rendez-vous ?">x</a>',
        '<input value="Odette ?">',
        "<textarea>Un rendez-vous ?</textarea>",
        "<select><option>Un rendez-vous ?</option></select>",
    ],
)
def test_what_travels_back_is_never_touched(html: str) -> None:
    assert typeset(html, "fr") == html


def test_typesetting_a_text_without_tags() -> None:
    assert typeset("Prêt ?", "fr") == "Prêt\u00a0?"
