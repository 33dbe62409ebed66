"""What a territory file says, once checked: frozen values, no database, no language of a page."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, time
from typing import Any

from app.domain.checks import BothLanguages, FileProblem
from app.domain.sharing import SharingKey

ACCESSIBILITY_STATES = ("non conforme", "partiellement conforme", "totalement conforme")
"""The only three mentions that the law allows (law.md B2)."""


@dataclass(frozen=True, slots=True)
class DeclaredService:
    """How the service presents itself; empty texts are what the operator has not given yet."""

    name: str
    slogan: BothLanguages
    service_sms: str
    """The name that opens each text message: at most 10 GSM-7 characters."""
    sms_sender: str
    phone: str
    phone_hours: BothLanguages
    email: str
    text_number: str
    """A number that reads text messages, for people who do not hear well."""
    mark: str
    """File name of the territory's own mark, or "" for the mark of the house."""


@dataclass(frozen=True, slots=True)
class LegalTexts:
    """What the legal pages need and only the operator knows; empty where not yet given."""

    controllers: str
    processor: str
    dpo: str
    publisher: str
    publisher_address: str
    publisher_phone: str
    publisher_email: str
    publication_director: str
    host_name: str
    host_address: str
    host_phone: str
    accessibility_state: str
    accessibility_audited_on: date | None
    accessibility_results: BothLanguages
    accessibility_exceptions: BothLanguages
    accessibility_scheme_url: str
    accessibility_plan_url: str
    national_map_url: str


@dataclass(frozen=True, slots=True)
class Colours:
    """The territory's own colours as « #rrggbb », or "" for those of the house."""

    brand: str
    accent: str


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Hours of a town hall: they warn staff, they never cut a slot. 0 is Monday."""

    weekday: int
    opens_at: time
    closes_at: time


@dataclass(frozen=True, slots=True)
class TownHall:
    address: str
    postal_line: str
    phone: str
    opening_hours: tuple[OpeningHours, ...]
    email: str = ""
    """Who reads what people answer to our e-mails about an appointment there."""

    def as_json(self) -> dict[str, Any]:
        hours = [
            {
                "weekday": span.weekday,
                "from": span.opens_at.isoformat("minutes"),
                "to": span.closes_at.isoformat("minutes"),
            }
            for span in self.opening_hours
        ]
        return {
            "address": self.address,
            "postal_line": self.postal_line,
            "phone": self.phone,
            "opening_hours": hours,
            "email": self.email,
        }


@dataclass(frozen=True, slots=True)
class DeclaredCommune:
    slug: str
    name: str
    official_name: str
    name_in: str
    name_of: str
    insee_code: str
    postal_code: str
    siren: str | None
    population: int | None
    latitude: float
    longitude: float
    bookable: bool
    active_from: date | None
    active_until: date | None
    town_hall: TownHall


@dataclass(frozen=True, slots=True)
class DeclaredVenue:
    slug: str
    commune: str
    name: str
    address: str
    postal_line: str
    access: BothLanguages
    sms_name: str
    active: bool


@dataclass(frozen=True, slots=True)
class DeclaredTravel:
    """Minutes by car one way, between two communes named by their slug."""

    origin: str
    destination: str
    minutes: int


@dataclass(frozen=True, slots=True)
class DeclaredTopic:
    code: str
    label: BothLanguages
    minutes: int
    step_minutes: int | None
    bring: BothLanguages
    themes: tuple[str, ...]
    sensitive: bool
    active: bool


@dataclass(frozen=True, slots=True)
class DeclaredPayer:
    """Who pays: `commune` is "" for a body that is none; no share means pro rata of inhabitants."""

    code: str
    name: str
    commune: str
    share_hundredths: int | None
    valid_from: date | None


@dataclass(frozen=True, slots=True)
class TerritoryFile:
    """A whole territory, checked; `warnings` name what the operator still has to give."""

    slug: str
    name: str
    department: str
    timezone: str
    school_zone: str
    population_vintage: int | None
    service: DeclaredService
    texts: LegalTexts
    settings: Mapping[str, Any]
    """Only what the file sets; the defaults are those of `domain.settings`."""
    colours: Colours
    communes: tuple[DeclaredCommune, ...]
    venues: tuple[DeclaredVenue, ...]
    travel: tuple[DeclaredTravel, ...]
    topics: tuple[DeclaredTopic, ...]
    payers: tuple[DeclaredPayer, ...]
    sharing_keys: tuple[SharingKey, ...]
    """What was agreed; without any, the payers imply it."""
    warnings: tuple[FileProblem, ...]


def as_json(entry: DeclaredService | LegalTexts | Colours) -> dict[str, Any]:
    """The entry as the JSON that the database keeps: texts by language, dates in ISO."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in asdict(entry).items()
    }
