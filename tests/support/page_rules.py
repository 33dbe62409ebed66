"""What every page must be, whoever asks for it: each rule yields the sentences of what is wrong."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cached_property
from urllib.parse import urlsplit

import html5lib
from bs4 import BeautifulSoup, Tag

from tests.support.words import (
    FORBIDDEN_ON_BUTTONS,
    abbreviated_dates,
    dates_without_weekday,
    english_framework_strings,
    forbidden_words,
)

HEAVIEST_PAGE = 100_000
ASKED = {"input", "select", "textarea"}
VOID_OF_LABEL = {"hidden", "submit", "button", "image", "reset"}
CLICKED = re.compile(r"^on[a-z]+$")
LEGAL_PATHS = ("/accessibilite", "/vos-donnees", "/mentions-legales", "/conditions")


class Page:
    """An HTML answer, read once."""

    def __init__(self, html: str, path: str) -> None:
        self.html = html
        self.path = path
        self.soup = BeautifulSoup(html, "html.parser")

    @property
    def language(self) -> str:
        return "en" if self.path == "/en" or self.path.startswith("/en/") else "fr"

    @property
    def is_for_staff(self) -> bool:
        return self.path == "/agents" or self.path.startswith("/agents/")

    @property
    def is_legal(self) -> bool:
        return self.path.removeprefix("/en").startswith(LEGAL_PATHS)

    @cached_property
    def tags(self) -> list[Tag]:
        """Every element, in order."""
        return list(self.soup.find_all(True))

    @cached_property
    def text(self) -> str:
        """What is read: visible and hidden words alike; a quoted message has rules of its own."""
        body = self.soup.body or self.soup
        quoted = {id(text) for each in body("samp") for text in each.strings}
        said = (text for text in body.strings if id(text) not in quoted)
        return " ".join(" ".join(said).split())

    @property
    def title(self) -> str:
        return self.soup.title.get_text().strip() if self.soup.title else ""

    @property
    def h1(self) -> str:
        heading = self.soup.h1
        return " ".join(heading.get_text(" ").split()) if heading else ""


Rule = Callable[[Page], Iterator[str]]


def one_heading(page: Page) -> Iterator[str]:
    count = len(page.soup.find_all("h1"))
    if count != 1 or not page.h1:
        yield f"{count} h1 where one is wanted"


def a_title(page: Page) -> Iterator[str]:
    if not page.title or "<" in page.title:
        yield f"the title is {page.title!r}"
    has_errors = any(
        tag.has_attr("data-error-summary") or "govuk-error-summary" in tag.get("class", ())
        for tag in page.tags
    )
    starts = page.title.replace("\u00a0", " ").startswith(("Erreur :", "Error:"))
    if has_errors != starts:
        yield f"an error summary is {'there' if has_errors else 'not there'}, title {page.title!r}"


def its_language(page: Page) -> Iterator[str]:
    said = page.soup.html.get("lang") if page.soup.html else None
    if said != page.language:
        yield f'html lang="{said}" on a page in "{page.language}"'


TYPED = re.compile(r'="[^"<>&]*"')
READ = re.compile(r">[^<>&]+<")
_well_formed: set[str] = set()
"""Pages without their words and values whose form was found right: it is the same with others."""


def valid_html(page: Page) -> Iterator[str]:
    form = READ.sub("><", TYPED.sub('=""', page.html))
    if form in _well_formed:
        return
    found = list(_html_errors(page))
    if not found:
        _well_formed.add(form)
    yield from found


def _html_errors(page: Page) -> Iterator[str]:
    parser = html5lib.HTMLParser()
    parser.parse(page.html)
    for (line, _column), code, facts in parser.errors[:5]:
        yield f"HTML: {code} {facts or ''} near {page.html.splitlines()[line - 1].strip()[:120]!r}"


def labelled_inputs(page: Page) -> Iterator[str]:
    labels = {
        str(tag.get("for")) for tag in page.tags if tag.name == "label" and tag.get_text().strip()
    }
    for control in page.tags:
        if control.name not in ASKED or control.get("type") in VOID_OF_LABEL:
            continue
        if control.get("id") not in labels and not control.get("aria-label"):
            yield f"no label for {control.get('name')!r}"
        if control.get("placeholder"):
            yield f"a placeholder in {control.get('name')!r}"


def grouped_choices(page: Page) -> Iterator[str]:
    for radio in (tag for tag in page.tags if tag.get("type") == "radio"):
        group = radio.find_parent("fieldset")
        legend = group.find("legend") if group else None
        if not legend or not legend.get_text().strip():
            yield f"radio {radio.get('name')!r} outside a fieldset with a legend"


def unique_ids(page: Page) -> Iterator[str]:
    counts = Counter(tag["id"] for tag in page.tags if tag.has_attr("id"))
    yield from (
        f"id {name!r} is there {count} times" for name, count in counts.items() if count > 1
    )


def ids_that_exist(page: Page) -> Iterator[str]:
    known = {tag["id"] for tag in page.tags if tag.has_attr("id")}
    wanted: set[str] = set()
    for tag in page.tags:
        wanted.update(tag.get("for", "").split())
        for attribute in ("aria-describedby", "aria-labelledby", "aria-controls"):
            wanted.update(str(tag.get(attribute, "")).split())
        if str(tag.get("href", "")).startswith("#"):
            wanted.add(str(tag["href"])[1:])
    yield from (
        f"id {name!r} is pointed at and not there" for name in sorted(wanted - known - {""})
    )


def images_with_words(page: Page) -> Iterator[str]:
    yield from (
        f"img without alt: {img.get('src')}" for img in page.soup("img") if "alt" not in img.attrs
    )
    for link in page.soup.find_all(["a", "button"]):
        words = link.get_text().strip() or link.get("aria-label")
        if not words:
            yield f"a link or button without words: {str(link)[:80]}"


def nothing_inline(page: Page) -> Iterator[str]:
    for tag in page.tags:
        if tag.name == "style" or "style" in tag.attrs:
            yield f"inline style in <{tag.name}>"
        if tag.name == "script" and not tag.get("src"):
            yield "inline script"
        yield from (f"{name} in <{tag.name}>" for name in tag.attrs if CLICKED.match(name))


def nothing_from_elsewhere(page: Page) -> Iterator[str]:
    for tag in page.tags:
        for attribute in ("src", "srcset", "action", "formaction", "data", "poster"):
            yield from _elsewhere(tag, attribute)
        if tag.name == "link" and not {"canonical", "alternate"} & set(tag.get("rel", [])):
            yield from _elsewhere(tag, "href")


def _elsewhere(tag: Tag, attribute: str) -> Iterator[str]:
    if urlsplit(str(tag.get(attribute, ""))).netloc:
        yield f"<{tag.name} {attribute}={tag[attribute]}> comes from elsewhere"


def guarded_forms(page: Page) -> Iterator[str]:
    for form in page.soup("form"):
        is_post = str(form.get("method", "get")).lower() == "post"
        if is_post != (form.find("input", attrs={"name": "csrf_token"}) is not None):
            yield f"form to {form.get('action')!r}: a CSRF token goes with POST, and only with it"


def a_skip_link(page: Page) -> Iterator[str]:
    first = page.soup.find("a")
    if first is None or not str(first.get("href", "")).startswith("#"):
        yield "the first link does not skip to the content"


def the_phone(page: Page) -> Iterator[str]:
    if not page.is_for_staff and not page.soup.select("a[href^='tel:']"):
        yield "no phone number to call"


def a_light_page(page: Page) -> Iterator[str]:
    weight = len(page.html.encode())
    if weight > HEAVIEST_PAGE:
        yield f"{weight} bytes of HTML"


def plain_words(page: Page) -> Iterator[str]:
    if page.language == "fr":
        yield from (f"English words: {word!r}" for word in english_framework_strings(page.text))
    if page.language == "fr" and not page.is_for_staff and not page.is_legal:
        yield from (
            f"a word residents may not know: {word!r}" for word in forbidden_words(page.text)
        )


def plain_buttons(page: Page) -> Iterator[str]:
    for button in page.tags:
        if "button" not in (button.name, button.get("role")) and button.get("type") != "submit":
            continue
        words = " ".join(button.get_text().split()) or str(button.get("value", ""))
        if words in FORBIDDEN_ON_BUTTONS:
            yield f"a button says {words!r}"


def whole_dates(page: Page) -> Iterator[str]:
    yield from (f"an abbreviated date: {said!r}" for said in abbreviated_dates(page.text))
    if page.language == "fr" and not page.is_legal:
        yield from (
            f"a date without its weekday: {said!r}" for said in dates_without_weekday(page.text)
        )


RULES: tuple[Rule, ...] = (
    one_heading, a_title, its_language, valid_html, labelled_inputs, grouped_choices, unique_ids,
    ids_that_exist, images_with_words, nothing_inline, nothing_from_elsewhere, guarded_forms,
    a_skip_link, the_phone, a_light_page, plain_words, plain_buttons, whole_dates,
)  # fmt: skip


def faults(page: Page) -> list[str]:
    """All that is wrong with a page, empty when nothing is."""
    return [fault for rule in RULES for fault in rule(page)]
