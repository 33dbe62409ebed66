"""A resident's way through a booking, page by page, pressing the buttons that are there."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import time_machine
from bs4 import NavigableString, Tag
from sqlalchemy import Engine, func, select, update
from werkzeug.test import TestResponse

from app.models import Base
from app.models.appointment import Appointment
from app.models.places import Territory
from tests.support.databases import Database
from tests.support.page_client import PageClient, filled, page_of
from tests.support.page_rules import Page

PERSON = {"prenom": "Rose", "nom": "Serin", "telephone": "06 39 98 00 01"}
HELPER = {
    "aidant_nom": "Marc Serin",
    "aidant_telephone": "06 39 98 00 02",
    "aidant_lien": "RELATIVE",
    "accord": "oui",
}
HOME = {"adresse": "12 impasse du Moulin"}
ADDRESS = "commune=breuillet&besoin=motdepasse"
TIMES = f"/rendez-vous/heure?{ADDRESS}"
DETAILS = f"/rendez-vous/coordonnees?{ADDRESS}&debut=2026-11-24T09:00&lieu=mairie-breuillet"
"""Tuesday 24 November at 9 h in Breuillet: the first free time of the presqu'île there."""
CHECK, CONFIRM = (DETAILS.replace("coordonnees", step, 1) for step in ("verifier", "confirmer"))
FOR_ANOTHER = f"{DETAILS}&pour=autre"
VISIT = f"/visite-a-domicile/coordonnees?{ADDRESS}&debut=2026-11-25T14:00"
"""Wednesday 25 November at 14 h, the first day that a visit may have."""
BLOCKS = {"br", "button", "dd", "div", "dt", "form", "h1", "h2", "h3", "label", "legend", "li", "p"}
READING_S = 5
"""What anybody takes to fill the contact page, at least."""


def said(response: TestResponse) -> str:
    """What the page itself says, with plain spaces."""
    return words(page_of(response).soup.main)


def words(tag: Tag | None) -> str:
    """What a tag says, its blocks apart and its words whole, with plain spaces."""
    assert tag is not None
    parts = [
        str(part) if isinstance(part, NavigableString) else " " * (part.name in BLOCKS)
        for part in tag.descendants
    ]
    return " ".join("".join(parts).replace("\u00a0", " ").split())


def names(tag: Tag) -> set[str]:
    """By what a person may call a link or a button."""
    called = {" ".join(tag.get_text().replace("\u00a0", " ").split())}
    return called | {str(tag.get("aria-label", "")).replace("\u00a0", " ")}


def found(response: TestResponse, kind: str, name: str) -> Tag:
    main = page_of(response).soup.main
    assert main is not None
    there = [tag for tag in main(kind) if name in names(tag)]
    assert len(there) == 1, f"{len(there)} {kind} {name!r} in: {said(response)}"
    return there[0]


def follow(client: PageClient, response: TestResponse, name: str) -> TestResponse:
    """Open a link of the page, and what it leads on to."""
    href = str(found(response, "a", name)["href"])
    return client.get(href, base_url=response.request.root_url, follow_redirects=True)


def press(client: PageClient, response: TestResponse, name: str, **answers: str) -> TestResponse:
    """Press a button of the page, with these answers in its form, as a browser would."""
    button = found(response, "button", name)
    form = button.find_parent("form") or page_of(response).soup.find(id=str(button.get("form")))
    assert isinstance(form, Tag)
    values = filled(form) | answers
    if button.get("name"):
        values[str(button["name"])] = str(button.get("value", ""))
    address = str(button.get("formaction") or form["action"])
    method = client.post if form["method"] == "post" else client.get
    sent = {"data" if form["method"] == "post" else "query_string": values}
    return method(address, base_url=response.request.root_url, **sent)


def to_check(
    client: PageClient,
    clock: time_machine.Traveller,
    address: str = DETAILS,
    **answers: str,
) -> TestResponse:
    """Fill the contact page of that address; the answer is the check page, unless refused."""
    response = client.get(address)
    clock.shift(READING_S)
    more = HELPER if "pour=autre" in address else {}
    more = more | HOME if "visite" in address else more
    return client.submit(response, "Continuer", **{**PERSON, **more, **answers})


def confirm(client: PageClient, check: TestResponse) -> TestResponse:
    """Press « Confirmer », and see what comes."""
    name = "Confirmer la visite" if "visite" in check.request.path else "Confirmer le rendez-vous"
    response = press(client, check, name)
    return client.get(response.location) if response.status_code == 303 else response


def booked(
    client: PageClient,
    clock: time_machine.Traveller,
    address: str = DETAILS,
    **answers: str,
) -> str:
    """Book, and return the token of the appointment's link."""
    response = confirm(client, to_check(client, clock, address, **answers))
    assert response.status_code == 200, said(response)
    return response.request.path.rsplit("/", 1)[1]


def number_of(response: TestResponse) -> str:
    """The six digits of the confirmation."""
    number = page_of(response).soup.select_one("#numero")
    assert number is not None, said(response)
    return "".join(character for character in number.get_text() if character.isdecimal())


def typed(response: TestResponse) -> dict[str, str]:
    """What the fields of the page's form hold, hidden ones included."""
    form = page_of(response).soup.select_one("main form[method=post]")
    assert form is not None
    return filled(form)


def errors(response: TestResponse) -> list[str]:
    """The sentences of the summary; each stands beside its field too."""
    page: Page = page_of(response)
    summary = [words(tag) for tag in page.soup.select(".govuk-error-summary__list > li")]
    for link in page.soup.select(".govuk-error-summary__list a"):
        field = page.soup.find(id=str(link["href"])[1:])
        assert field is not None
        group = field.find_parent(class_="govuk-form-group--error")
        assert isinstance(group, Tag)
        assert words(link) in words(group)
    return summary


def times(response: TestResponse) -> list[str]:
    """The names of the times on the page."""
    main = page_of(response).soup.main
    assert main is not None
    return [str(tag["aria-label"]).replace("\u00a0", " ") for tag in main.select(".time")]


def parameters(address: str) -> dict[str, str]:
    """The answers that an address carries."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def rows(response: TestResponse) -> dict[str, str]:
    """The rows of the check page."""
    summary = page_of(response).soup.select(".summary__row")
    return {words(row.dt): words(row.select_one(".summary__value")) for row in summary}


def change(database: Database, *statements: Any) -> None:
    """Change the territory as an operator would, and let every process notice."""
    engine = database.engine()
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
        connection.execute(update(Territory).values(revision=Territory.revision + 1))
    engine.dispose()


def set_settings(database: Database, **settings: Any) -> None:
    change(database, update(Territory).values(settings=settings))


def dump(database: Database) -> dict[str, list[Any]]:
    """Every row of every table, to be compared."""
    engine: Engine = database.engine()
    with engine.connect() as connection:
        rows = {
            table.name: sorted(map(repr, connection.execute(select(table))))
            for table in Base.metadata.sorted_tables
        }
    engine.dispose()
    return rows


def without_counts(rows: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """A dump without what counts tries, which a refusal may change."""
    return {name: of for name, of in rows.items() if name not in {"throttle_count", "usage_count"}}


def count(database: Database, table: type[Base] = Appointment) -> int:
    """How many rows a table has."""
    engine = database.engine()
    with engine.connect() as connection:
        rows = connection.scalar(select(func.count()).select_from(table))
    engine.dispose()
    return int(rows or 0)


def one(database: Database, column: object) -> object:
    """The only value of a column."""
    engine = database.engine()
    with engine.connect() as connection:
        value = connection.execute(select(column)).scalar_one()
    engine.dispose()
    return value
