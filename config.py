"""The only reader of environment variables. A missing or malformed value stops the start."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

INSTANCE = Path(__file__).parent / "instance"
DEMO_KEY = "demo-only-key-that-protects-nothing"
DEMO_LINK_KEY = "demo-links-that-protect-nobody"
"""The same links for the same day of the demo; refused everywhere else."""
SECRET_LENGTH = 32
TOKEN_LENGTH = 24
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class BadConfiguration(SystemExit):
    """A value of the environment cannot be used; its one sentence is shown at the start."""


@dataclass(frozen=True, slots=True)
class Config:
    """What differs from one installation to another. See README for each variable."""

    secret_key: str
    link_key: str
    secret_key_fallbacks: tuple[str, ...] = ()
    database_url: str = f"sqlite:///{INSTANCE / 'coclico.sqlite'}"
    public_url: str = "http://127.0.0.1:8000"
    smtp_url: str | None = None
    sms_url: str | None = None
    mail_from: str | None = None
    sms_sender: str | None = None
    sms_http_body: str | None = None
    sms_http_headers: str | None = None
    sms_http_secret: str | None = None
    sms_http_id: str | None = None
    sms_receipt_token: str | None = None
    sms_stop_number: str | None = None
    """Where the gateway takes « STOP »; None: nobody is told of workshops by text message."""
    bounce_imap_url: str | None = None
    erasure_register: Path | None = None
    national_form_url: str | None = None
    """Where the form of the national tool opens pre-filled; None: no such link."""
    trusted_proxies: int = 0
    log_level: str = "INFO"
    metrics_token: str | None = None
    is_demo: bool = False
    today: date | None = None
    """Demo and tests only: the day the site believes it is."""
    extra: Mapping[str, object] = field(default_factory=dict)
    """Settings of Flask that tests change; never read from the environment."""

    @property
    def is_https(self) -> bool:
        """Whether cookies are Secure and HSTS is sent."""
        return self.public_url.startswith("https://")

    @property
    def register_file(self) -> Path:
        """Where the erased cards are written down; unless told, beside a database in a file.

        A path that is not whole counts from `instance/`, as Flask-SQLAlchemy reads it. The demo has
        its own, which goes with it: it never touches that of a service.
        """
        if self.is_demo or self.erasure_register is None:
            scheme, _, path = self.database_url.partition(":///")
            folder = (INSTANCE / path).parent if scheme == "sqlite" and path else INSTANCE
            return folder / ("erasures-demo.txt" if self.is_demo else "erasures.txt")
        return self.erasure_register

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Config":
        """Read and check every variable. Raises BadConfiguration naming the first bad one."""
        is_demo = environ.get("COCLICO_DEMO", "") == "1"
        secret_key = _secret(environ, "SECRET_KEY", is_demo)
        public_url = _public_url(environ)
        if is_demo:
            _check_demo_is_no_service(public_url)
        return cls(
            secret_key=secret_key,
            link_key=_link_key(environ, secret_key, is_demo),
            secret_key_fallbacks=_fallbacks(environ, is_demo),
            database_url=_database_url(environ),
            public_url=public_url,
            smtp_url=_message_url(environ, "SMTP_URL", ("file", "smtp", "smtps")),
            sms_url=_message_url(environ, "SMS_URL", ("file", "http", "https", "ovh")),
            mail_from=environ.get("MAIL_FROM") or None,
            sms_sender=environ.get("SMS_SENDER") or None,
            sms_http_body=environ.get("SMS_HTTP_BODY") or None,
            sms_http_headers=environ.get("SMS_HTTP_HEADERS") or None,
            sms_http_secret=environ.get("SMS_HTTP_SECRET") or None,
            sms_http_id=environ.get("SMS_HTTP_ID") or None,
            sms_receipt_token=_receipt_token(environ),
            sms_stop_number=_stop_number(environ),
            bounce_imap_url=_message_url(environ, "BOUNCE_IMAP_URL", ("imap", "imaps")),
            erasure_register=_file(environ, "ERASURE_REGISTER"),
            national_form_url=_national_form_url(environ),
            trusted_proxies=_count(environ, "TRUSTED_PROXIES"),
            log_level=_log_level(environ),
            metrics_token=environ.get("METRICS_TOKEN") or None,
            is_demo=is_demo,
            today=_today(environ) if is_demo else None,
        )


def _secret(environ: Mapping[str, str], name: str, is_demo: bool) -> str:
    value = environ.get(name, "")
    if not value and is_demo:
        return DEMO_KEY
    return _strong(name, value, is_demo)


def _link_key(environ: Mapping[str, str], secret_key: str, is_demo: bool) -> str:
    """Its own key keeps the links of messages alive when SECRET_KEY is changed."""
    given = environ.get("LINK_KEY", "")
    if not given:
        return DEMO_LINK_KEY if is_demo else f"links:{secret_key}"
    return given if is_demo else _strong("LINK_KEY", given, is_demo)


def _fallbacks(environ: Mapping[str, str], is_demo: bool) -> tuple[str, ...]:
    keys = environ.get("SECRET_KEY_FALLBACKS", "").split()
    return tuple(_strong("SECRET_KEY_FALLBACKS", key, is_demo) for key in keys)


def _strong(name: str, value: str, is_demo: bool) -> str:
    is_public = not is_demo and value in (DEMO_KEY, DEMO_LINK_KEY)
    if len(value.strip()) < SECRET_LENGTH or is_public:
        raise BadConfiguration(
            f"{name}: give a random text of at least {SECRET_LENGTH} characters, for example from "
            "python3 -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return value


def _check_demo_is_no_service(public_url: str) -> None:
    """The keys of the demo are known to everybody: no address that people trust may use them."""
    if public_url.startswith("https://"):
        raise BadConfiguration(
            "COCLICO_DEMO: the demo protects nobody; take COCLICO_DEMO away to serve an https site"
        )


def _database_url(environ: Mapping[str, str]) -> str:
    url = environ.get("DATABASE_URL", "")
    if not url:
        INSTANCE.mkdir(exist_ok=True)
        return f"sqlite:///{INSTANCE / 'coclico.sqlite'}"
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadConfiguration(
            "DATABASE_URL: must start with sqlite:/// or postgresql+psycopg:// "
            f"(it starts with {url.split(':', 1)[0]!r})"
        )
    return url


def _public_url(environ: Mapping[str, str]) -> str:
    url = environ.get("PUBLIC_URL", "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(url)
    is_plain = not (parts.path or parts.query or parts.fragment or parts.username)
    if parts.scheme not in {"http", "https"} or not parts.hostname or not is_plain:
        raise BadConfiguration(
            "PUBLIC_URL: must be the address of the site, like https://rendez-vous.example.fr"
        )
    return url


def _message_url(environ: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str | None:
    url = environ.get(name, "")
    if not url:
        return None
    if url.split(":", 1)[0] not in schemes:
        raise BadConfiguration(f"{name}: must start with one of {', '.join(schemes)}")
    return url


def _receipt_token(environ: Mapping[str, str]) -> str | None:
    """It stands in an address that strangers may try, so it is long, and plain in an address."""
    value = environ.get("SMS_RECEIPT_TOKEN", "")
    if not value:
        return None
    if len(value) < TOKEN_LENGTH or not (value.isascii() and value.isalnum()):
        raise BadConfiguration(
            f"SMS_RECEIPT_TOKEN: give at least {TOKEN_LENGTH} letters and digits, for example from "
            "python3 -c 'import secrets; print(secrets.token_hex(16))'"
        )
    return value


def _stop_number(environ: Mapping[str, str]) -> str | None:
    """As people type it on a telephone: it is read aloud in each message of news."""
    value = "".join(environ.get("SMS_STOP_NUMBER", "").split())
    if not value:
        return None
    if not (value.isascii() and value.removeprefix("+").isdigit()) or not 4 <= len(value) <= 12:
        raise BadConfiguration("SMS_STOP_NUMBER: give the number alone, for example 36180")
    if not environ.get("SMS_URL"):
        raise BadConfiguration("SMS_STOP_NUMBER: of use only with SMS_URL")
    return value


def _file(environ: Mapping[str, str], name: str) -> Path | None:
    """A whole path: a worker started elsewhere must write into the same file."""
    value = environ.get(name, "")
    if value and not Path(value).is_absolute():
        raise BadConfiguration(f"{name}: give a whole path, like /var/backups/erasures.txt")
    return Path(value) if value else None


def _national_form_url(environ: Mapping[str, str]) -> str | None:
    """Records travel in the address: over https only, and to a place that is written out."""
    url = environ.get("NATIONAL_FORM_URL", "").rstrip("/")
    parts = urlsplit(url)
    if url and (parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment):
        raise BadConfiguration(
            "NATIONAL_FORM_URL: must be an https:// address without « ? » or « # »"
        )
    return url or None


def _count(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "0")
    if not value.isdecimal():
        raise BadConfiguration(f"{name}: must be a whole number, not {value!r}")
    return int(value)


def _log_level(environ: Mapping[str, str]) -> str:
    level = environ.get("LOG_LEVEL", "INFO").upper()
    if level not in LOG_LEVELS:
        raise BadConfiguration(f"LOG_LEVEL: must be one of {', '.join(LOG_LEVELS)}")
    return level


def _today(environ: Mapping[str, str]) -> date | None:
    value = environ.get("DEMO_TODAY", "")
    if not value:
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise BadConfiguration(
            f"DEMO_TODAY: must be a date like 2026-12-01, not {value!r}"
        ) from None
