"""The rules that check every page do find what is wrong."""

import pytest

from tests.support.page_rules import Page, faults
from tests.support.words import long_sentences

GOOD = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Aide – Essai</title>
<link rel="stylesheet" href="/static/site.css"></head><body><a href="#contenu">Aller au contenu</a>
<a href="tel:+33536490000">05 36 49 00 00</a><main id="contenu"><h1>Aide</h1>
<p>Rendez-vous mardi 8 décembre à 10 h.</p>
<form method="get" action="/x"><label for="q">Ville</label><input id="q" name="q"></form>
</main></body></html>"""


def test_a_good_page_has_no_fault() -> None:
    assert faults(Page(GOOD, "/aide")) == []


@pytest.mark.parametrize(
    ("was", "becomes", "said"),
    [
        ("<h1>Aide</h1>", "", "0 h1"),
        ("<h1>Aide</h1>", "<h1>Aide</h1><h1>Autre</h1>", "2 h1"),
        ("Aide – Essai", "", "title"),
        ("Aide – Essai", "Erreur : aide", "error summary"),
        ('lang="fr"', 'lang="en"', "html lang"),
        ("<p>Rendez-vous", "<p><div></p>Rendez-vous", "HTML:"),
        ('<label for="q">Ville</label>', "", "no label"),
        ('name="q"', 'name="q" placeholder="Ville"', "placeholder"),
        ('name="q"', 'name="q" type="radio"', "fieldset"),
        ('name="q"', 'name="q" aria-describedby="nulle-part"', "nulle-part"),
        ("<p>", '<p id="contenu">', "2 times"),
        ("<p>", '<p style="color:red">', "inline style"),
        ("<p>", '<p onclick="alert(1)">', "onclick"),
        ("<p>", "<script>1</script><p>", "inline script"),
        ("<p>", '<img src="/a.png"><p>', "without alt"),
        ("<p>", '<a href="/"></a><p>', "without words"),
        ("<p>", '<img alt="" src="https://ailleurs.example/a.png"><p>', "elsewhere"),
        ("/static/site.css", "//ailleurs.example/site.css", "elsewhere"),
        ('method="get"', 'method="post"', "CSRF token"),
        ('href="#contenu"', 'href="/"', "skip"),
        ("tel:", "sip:", "phone number"),
        ("<p>", "<p>There is a problem. ", "English words"),
        ("<p>", "<p>Choisissez un créneau. ", "créneau"),
        ("</form>", "<button>Valider</button></form>", "button says"),
        ("mardi 8 décembre", "8 décembre", "weekday"),
        ("mardi 8 décembre", "08/12", "abbreviated"),
        ("mardi 8 décembre", "mardi 8 déc.", "abbreviated"),
        ("<p>", f"<p>{'x' * 100_000}", "bytes"),
    ],
)
def test_a_fault_is_found(was: str, becomes: str, said: str) -> None:
    assert was in GOOD
    found = faults(Page(GOOD.replace(was, becomes, 1), "/aide"))
    assert any(said in fault for fault in found), found


def test_staff_pages_may_use_the_words_of_the_trade() -> None:
    words = GOOD.replace("<p>", "<p>Un créneau. ", 1)
    assert faults(Page(words, "/agents")) == []


def test_a_sentence_of_sixteen_words_is_long() -> None:
    long = " ".join(["mot"] * 16) + "."
    assert long_sentences(f"Une courte. {long} Encore une courte.") == [long]
    assert long_sentences(" ".join(["mot"] * 15) + ".") == []
