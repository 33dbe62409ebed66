"""The words of the pages that nobody wants to see: plain, without blame, with a way on."""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from app.domain.settings import Settings
from app.gateways.dates import minutes
from app.web.language import current_language
from app.web.site import known_catalogue
from app.web.wording import call_us


@dataclass(frozen=True, slots=True)
class ErrorWords:
    """A heading and a few sentences."""

    heading: str
    sentences: tuple[str, ...]


NOT_FOUND = (
    _l("Nous ne trouvons pas cette page."),
    _l("L’adresse est peut-être mal écrite."),
    _l("Revenez à l’accueil, ou %(call)s."),
)
REFUSED = (
    _l("Vous ne pouvez pas voir cette page."),
    _l("Revenez à l’accueil, ou %(call)s."),
)
WORDS: dict[int | str, tuple[Any, ...]] = {
    400: (
        _l("Nous n’avons pas compris cette demande."),
        _l("Revenez à l’accueil et recommencez, ou %(call)s."),
    ),
    "form": (
        _l("Envoyez encore vos réponses."),
        _l("Cette page est restée ouverte longtemps. Rien n’est enregistré."),
        _l("Revenez à la page d’avant et rechargez-la. Puis recommencez, ou %(call)s."),
    ),
    401: (
        _l("Connectez-vous pour continuer."),
        _l("Rien n’est enregistré. Connectez-vous dans un autre onglet."),
        _l("Puis revenez à la page d’avant : vos réponses y sont."),
    ),
    403: REFUSED,
    404: NOT_FOUND,
    405: (
        _l("Cette page ne s’ouvre pas ainsi."),
        _l("Rien n’est enregistré."),
        _l("Revenez à l’accueil et recommencez, ou %(call)s."),
    ),
    409: (
        _l("Ce n’est plus possible."),
        _l("Revenez à l’accueil et recommencez, ou %(call)s."),
    ),
    410: (
        _l("Cette page n’existe plus."),
        _l("Revenez à l’accueil, ou %(call)s."),
    ),
    413: (
        _l("Votre réponse est trop longue."),
        _l("Rien n’est enregistré."),
        _l("Écrivez moins de texte et recommencez, ou %(call)s."),
    ),
    422: (
        _l("Une réponse ne va pas."),
        _l("Revenez à l’accueil et recommencez, ou %(call)s."),
    ),
    429: (
        _l("Trop d’essais."),
        _l("Attendez %(block)s ou %(call)s."),
    ),
    500: (
        _l("Le site a un problème."),
        _l("Réessayez dans quelques minutes ou %(call)s."),
    ),
    503: (
        _l("Le site ne répond pas pour le moment."),
        _l("Réessayez dans quelques minutes ou %(call)s."),
    ),
    "empty": (
        _l("Ce site n’est pas encore ouvert."),
        _l("Pour un rendez-vous, appelez votre mairie."),
        _l("Responsable du site : lancez « ./run flask territory load territories/FICHIER.toml »."),
    ),
}


def words_of(status: int | str) -> ErrorWords:
    """The words of a status; those of 400 or 500 for the statuses that nobody meets."""
    if status not in WORDS:
        status = 500 if isinstance(status, int) and status >= 500 else 400
    heading, *sentences = WORDS[status]
    catalogue = known_catalogue()
    call = call_us(catalogue.service.get("phone") if catalogue else None)
    facts = {"call": call, "block": minutes(block_minutes(), current_language())}
    return ErrorWords(str(heading), tuple(str(each) % facts for each in sentences))


def block_minutes() -> int:
    """How long somebody waits who tried too often."""
    catalogue = known_catalogue()
    return (catalogue.settings if catalogue else Settings()).lookup_block_minutes
