"""The fictional residents: who they are, how they want to be told, who books for them.

Numbers are in the ranges kept for fiction (06 39 98 xx xx, 05 36 49 xx xx), addresses in
« .invalid ». A number is given to one person, who books twice at most: the limit holds.
"""

import unicodedata
from dataclasses import dataclass
from random import Random

from app.domain.appointment import CallTime, Channel, HelperRelation, MessageChannel, Recipient
from app.domain.booking import Helper, Home, Person, Phone
from app.services.demo import names

MOBILE, LANDLINE = "+33639980000", "+33536490000"
KEPT_NUMBERS = 100
"""The first numbers of each range are those of the service and of examples on the pages."""
NUMBERS = 10_000

SHARE_RETURNING = 0.15
SHARE_HELPED = 0.1
SHARE_ENGLISH = 0.04
SHARE_LANDLINE = 0.22
SHARE_EMAIL = 0.35

SELF_SERVICE = (MessageChannel.SMS, MessageChannel.NONE)
AT_THE_DESK = (MessageChannel.SMS, MessageChannel.PAPER, MessageChannel.VOICE)


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody as a booking form tells of them."""

    person: Person
    helper: Helper | None
    message_channel: MessageChannel
    message_to: Recipient
    language: str
    home: Home


class Crowd:
    """Draws people; each is of one commune and may come back once."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._numbers = {
            start: iter(rng.sample(range(KEPT_NUMBERS, NUMBERS), NUMBERS - KEPT_NUMBERS))
            for start in (MOBILE, LANDLINE)
        }
        self._known: dict[tuple[int, bool], list[Contact]] = {}

    def meet(self, commune_id: int, channel: Channel) -> Contact:
        """Somebody of that commune: most often new, sometimes somebody who came already."""
        known = self._known.setdefault((commune_id, channel is Channel.WEB), [])
        if known and self._rng.random() < SHARE_RETURNING:
            return known.pop(self._rng.randrange(len(known)))
        contact = self._newcomer(channel)
        known.append(contact)
        return contact

    def _newcomer(self, channel: Channel) -> Contact:
        rng = self._rng
        is_english = rng.random() < SHARE_ENGLISH
        first_names = names.ENGLISH_FIRST_NAMES if is_english else names.FIRST_NAMES
        last_names = names.ENGLISH_LAST_NAMES if is_english else names.LAST_NAMES
        first_name, last_name = rng.choice(first_names), rng.choice(last_names)
        phone = self._phone(rng.random() >= SHARE_LANDLINE)
        email = _address(first_name, last_name) if rng.random() < SHARE_EMAIL else None
        person = Person(first_name, last_name, phone, email)
        helper = self._helper() if rng.random() < SHARE_HELPED else None
        to_helper = helper is not None and (not phone.is_mobile or rng.random() < 0.5)
        told_on = helper.phone if helper and to_helper else phone
        return Contact(
            person=person,
            helper=helper,
            message_channel=self._message_channel(told_on, email, channel),
            message_to=Recipient.HELPER if to_helper else Recipient.PERSON,
            language="en" if is_english else "fr",
            home=self._home(),
        )

    def _helper(self) -> Helper:
        name = f"{self._rng.choice(names.FIRST_NAMES)} {self._rng.choice(names.LAST_NAMES)}"
        return Helper(name, self._phone(is_mobile=True), self._rng.choice(list(HelperRelation)))

    def _phone(self, is_mobile: bool) -> Phone:
        start = MOBILE if is_mobile else LANDLINE
        number = f"+{int(start) + next(self._numbers[start])}"
        return Phone(number, is_mobile=is_mobile, is_foreign=False)

    def _message_channel(self, phone: Phone, email: str | None, channel: Channel) -> MessageChannel:
        """SMS to a mobile mostly; who has none takes an e-mail, or what the desk can offer."""
        if email and self._rng.random() < 0.4:
            return MessageChannel.EMAIL
        sms, *others = SELF_SERVICE if channel is Channel.WEB else AT_THE_DESK
        if phone.is_mobile and self._rng.random() < 0.9:
            return sms
        return self._rng.choice(others)

    def _home(self) -> Home:
        rng = self._rng
        return Home(
            line1=f"{rng.randint(1, 60)} {rng.choice(names.STREETS)}",
            line2=rng.choice(names.SECOND_LINES) if rng.random() < 0.2 else None,
            call_time=rng.choice(list(CallTime)),
        )


def _address(first_name: str, last_name: str) -> str:
    """« Zoé Grèveline » → zoe.greveline@demo.invalid."""
    letters = unicodedata.normalize("NFKD", f"{first_name}.{last_name}").lower()
    return f"{letters.encode('ascii', 'ignore').decode()}@demo.invalid"
