"""A call at the phone desk, as a browser without scripts sends it."""

from werkzeug.test import TestResponse

from tests.support.page_client import PageClient, filled, form_of, page_of

CALL = "/agents/telephone"
SAVE = "Enregistrer le rendez-vous"
TOPIC = "motdepasse"


def look(client: PageClient, **answers: str) -> TestResponse:
    """Send what is known to see people and times, as « Chercher » does."""
    return send(client, client.get(CALL), f"{CALL}/chercher", **answers)


def send(client: PageClient, page: TestResponse, path: str, **answers: str) -> TestResponse:
    """The form of a page, as the browser would send it, to one of its addresses."""
    values = filled(form_of(page_of(page), SAVE)) | answers
    return client.post(path, data=values)


def offered(page: TestResponse) -> list[str]:
    """The times that can be chosen, in order."""
    return [str(radio["value"]) for radio in page_of(page).soup.select("input[name=choix]")]


def save(client: PageClient, page: TestResponse, **answers: str) -> TestResponse:
    return send(client, page, CALL, **answers)


def a_call(client: PageClient, **answers: str) -> TestResponse:
    """A whole call for somebody new, at the first time offered."""
    page = look(client, besoin=TOPIC)
    given = {"prenom": "Ida", "nom": "Serin", "telephone": "06 39 98 77 01"} | answers
    return save(client, page, choix=offered(page)[0], **given)
