"""The light HTML of an e-mail: escaped, readable on a telephone, nothing that a mailbox fetches."""

import re
from typing import Any

import pytest
from bs4 import BeautifulSoup

from app.domain.appointment import MessageChannel
from app.domain.messages import MessageKind
from app.gateways.messages import Occasion, render_email
from tests.support.appointment_sample import AT_VENUE, LETTERHEAD, changed, sample_for

OF_APPOINTMENTS = [
    each for each in MessageKind if each not in {MessageKind.WAITING, MessageKind.DIGEST}
]
"""The others are of workshops alone: see test_messages_workshops."""


def test_an_email_is_read_as_text_whatever_somebody_wrote() -> None:
    """The name of a place, or a coordinator's own text, is never HTML."""
    place = changed(place_name='<b>Salle</b> & "Co"', place_address="1 rue <script>")
    html = render_email(Occasion(MessageKind.REMINDER, place, LETTERHEAD)).html
    assert "&lt;b&gt;Salle&lt;/b&gt; &amp; &quot;Co&quot;" in html
    own = {
        "subject": "</title><img src=x>",
        "venue": '{service}\nhttps://a.fr/?a=1&b="<i>\n<img src=x>',
    }
    texts: dict[Any, str] = {
        ("fr", MessageChannel.EMAIL, MessageKind.REMINDER, part): text for part, text in own.items()
    }
    written = render_email(Occasion(MessageKind.REMINDER, AT_VENUE, LETTERHEAD), texts).html
    assert '<a href="https://a.fr/?a=1&amp;b="' in written
    for page in (html, written):
        assert not re.search("<(b|i|img|script)[ >]", page)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("kind", OF_APPOINTMENTS)
def test_the_html_of_an_email_fetches_nothing_and_says_what_the_text_says(
    kind: MessageKind, language: str
) -> None:
    facts = sample_for(kind, "venue", language=language)
    email = render_email(Occasion(kind, facts, LETTERHEAD, minutes=15))
    soup = BeautifulSoup(email.html, "html.parser")
    assert (soup.html or {}).get("lang") == language
    assert len(soup("h1")) == 1
    assert soup("meta", attrs={"name": "viewport"})
    fetched = ("img", "script", "style", "link", "iframe", "object", "video", "audio", "form")
    assert soup(fetched) == []
    assert "url(" not in email.html
    told = " ".join((soup.body or soup).get_text(" ").split())
    assert told == " ".join(email.text.split())
    assert all(link.get_text() == link["href"] for link in soup("a"))
