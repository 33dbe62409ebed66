"""A test client with taste: each page that a test opens is checked, whatever the test is about."""

import re
from typing import Any

from bs4 import Tag
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.page_rules import Page, faults
from tests.support.untraced import untraced

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
PLAIN_VALUE = re.compile(r' value="[^"<>&]*"')
DIGIT = re.compile(r"[0-9]")
_right: set[tuple[str, str]] = set()
"""Pages of this process in which nothing was wrong, apart from their numbers and typed answers."""
POLICY = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")


class PageClient(FlaskClient):
    """Flask's client; on HTML answers it asserts the rules of page_rules and the safe headers.

    `checks_pages = False` is for tests of what is not a page of ours; say why beside it.
    """

    checks_pages = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if self.checks_pages and response.mimetype == "text/html" and response.data:
            wrong = header_faults(response) + page_faults(response)
            request = f"{response.request.method} {response.request.full_path}"
            assert not wrong, f"{request} ({response.status_code}):\n- " + "\n- ".join(wrong)
        return response

    def submit(self, response: TestResponse, button: str = "", **answers: str) -> TestResponse:
        """Fill the form of a page as a person would, and press its button.

        `button` chooses among several forms by the words of their button. What the page already
        holds (hidden fields, the CSRF token, chosen answers) is sent along. Raises AssertionError
        for an answer the form does not ask for.
        """
        form = form_of(page_of(response), button)
        values = filled(form)
        asked = {control["name"] for control in form.select("[name]")}
        assert set(answers) <= asked, f"not asked by the form: {set(answers) - asked}"
        values.update(answers)
        address = str(form.get("action") or response.request.full_path)
        if str(form.get("method", "get")).lower() == "post":
            return self.post(address, data=values, base_url=response.request.root_url)
        return self.get(address, query_string=values, base_url=response.request.root_url)


def page_faults(response: TestResponse) -> list[str]:
    """What is wrong in the page; the same page with other numbers in it is not read again."""
    likeness = response.request.path, DIGIT.sub("0", PLAIN_VALUE.sub("", response.text))
    if likeness in _right:
        return []
    wrong = untraced(faults)(page_of(response))
    if not wrong:
        _right.add(likeness)
    return wrong


def page_of(response: TestResponse) -> Page:
    """The page in an answer of the client, read once."""
    known: Page | None = vars(response).get("page")
    if known is None:
        known = untraced(Page)(response.text, response.request.path)
        vars(response)["page"] = known
    return known


def form_of(page: Page, button: str = "") -> Tag:
    """The form of the page (in its main part) whose button has these words."""
    main = page.soup.main or page.soup
    forms = [form for form in main("form") if not button or button in _button_words(form)]
    assert len(forms) == 1, f"{len(forms)} forms with a button {button!r} on {page.path}"
    return forms[0]


def _button_words(form: Tag) -> str:
    return " ".join(" ".join(form_button.get_text().split()) for form_button in form("button"))


def filled(form: Tag) -> dict[str, str]:
    """What a browser would send if nothing were touched."""
    values: dict[str, str] = {}
    for control in form.select("input[name], select[name], textarea[name]"):
        kind = control.get("type", control.name)
        if kind in {"radio", "checkbox"} and not control.has_attr("checked"):
            continue
        if kind == "select":
            chosen = control.select_one("option[selected]") or control.select_one("option")
            values[control["name"]] = str(chosen.get("value", "")) if chosen else ""
        else:
            values[control["name"]] = str(control.get("value", control.get_text()))
    return values


def header_faults(response: TestResponse) -> list[str]:
    """The headers that each page must carry, and does not."""
    wrong = [
        f"{name}: {response.headers.get(name)!r} instead of {wanted!r}"
        for name, wanted in HEADERS.items()
        if response.headers.get(name) != wanted
    ]
    policy = response.headers.get("Content-Security-Policy", "")
    wrong += [f"no {part!r} in the content policy" for part in POLICY if part not in policy]
    if "unsafe" in policy:
        wrong.append(f"the content policy allows what is unsafe: {policy}")
    return wrong
