"""A workshop in the words of its pages: when, where, for whom, and how many places are left."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _l

from app.domain.workshop_facts import SessionFacts, WorkshopFacts
from app.domain.workshops import ALMOST_FULL, Level
from app.gateways import dates
from app.web import filters
from app.web.clock import utc_now
from app.web.language import localized
from app.web.site import of_commune

LEVELS = {
    Level.BEGINNER: _l("Pour débuter"),
    Level.INTERMEDIATE: _l("Pour continuer"),
    Level.ADVANCED: _l("Pour aller plus loin"),
}
THEMES = {
    "diagnostic_numerique": _l("Faire le point"),
    "prendre_en_main_du_materiel": _l("Utiliser son téléphone ou son ordinateur"),
    "maintenance_de_materiel": _l("Entretenir son appareil"),
    "gere_ses_contenus_numeriques": _l("Photos et documents"),
    "navigation_sur_internet": _l("Aller sur Internet"),
    "email": _l("E-mail"),
    "bureautique": _l("Écrire et calculer"),
    "reseaux_sociaux": _l("Messages et appels vidéo"),
    "sante": _l("Santé"),
    "banque_et_achats_en_ligne": _l("Banque et achats"),
    "entrepreneuriat": _l("Entreprises"),
    "insertion_professionnelle": _l("Emploi"),
    "securite_numerique": _l("Sécurité et arnaques"),
    "parentalite": _l("Parents et écrans"),
    "scolarite_et_numerique": _l("École"),
    "creer_avec_le_numerique": _l("Créer"),
    "culture_numerique": _l("Comprendre le numérique"),
    "intelligence_artificielle": _l("Intelligence artificielle"),
    "aide_aux_demarches_administratives": _l("Démarches sur Internet"),
    "papiers_elections_citoyennete": _l("Papiers et élections"),
    "famille_scolarite": _l("Famille"),
    "social_sante": _l("Aides sociales"),
    "travail_formation": _l("Travail et formation"),
    "logement": _l("Logement"),
    "transports_mobilite": _l("Transports"),
    "argent_impots": _l("Argent et impôts"),
    "justice": _l("Justice"),
    "etrangers_europe": _l("Étrangers et Europe"),
    "loisirs_sports_culture": _l("Loisirs"),
    "associations": _l("Associations"),
}
"""The themes of the national record, in short words that residents use."""


@dataclass(frozen=True, slots=True)
class Places:
    """What is left, in one line, and whether and how one may still come."""

    text: str
    icon: str
    can_register: bool
    """A place, or the waiting list."""
    is_full: bool
    """The waiting list only, for somebody who is not of the host commune."""
    is_full_for_host: bool


def places(workshop: WorkshopFacts, now: datetime | None = None) -> Places:
    """« 4 places libres », « Dernière place », « Complet – liste d’attente », or why not."""
    now = now or utc_now()
    if workshop.is_cancelled:
        return _closed(gettext("Annulé"))
    if workshop.last_at <= now:
        return _closed(gettext("Terminé"))
    if workshop.first_at <= now:
        return _closed(gettext("Déjà commencé"))
    is_full, is_full_for_host = not workshop.free, not workshop.free_for_host
    if is_full_for_host:
        text = gettext("Complet – liste d’attente")
    elif is_full:
        text = _kept(workshop)
    else:
        text = _free(workshop.free)
    icon = "clock" if is_full_for_host else "user"
    return Places(text, icon, True, is_full, is_full_for_host)


def _closed(text: str) -> Places:
    return Places(text, "calendar-x", False, False, False)


def _free(count: int) -> str:
    if count == 1:
        return str(gettext("Dernière place"))
    if count <= ALMOST_FULL:
        return str(gettext("Dernières places : %(count)s", count=count))
    return str(gettext("%(count)s places libres", count=count))


def _kept(workshop: WorkshopFacts) -> str:
    """What is left is for the residents of the host commune alone, for the moment."""
    return str(
        ngettext(
            "%(num)s place, gardée pour les habitants %(name_of)s",
            "%(num)s places, gardées pour les habitants %(name_of)s",
            workshop.free_for_host,
            name_of=of_commune(workshop.host),
        )
    )


def session_when(session: SessionFacts) -> str:
    """« Mardi 8 décembre, de 14 h à 16 h »."""
    language, zone = filters.language(), filters.zone()
    this_year = dates.local_date(utc_now(), zone).year
    day = dates.long_date(session.starts_at, language, zone, this_year)
    hours = dates.time_range(session.starts_at, session.ends_at, language, zone)
    return f"{filters.first_upper(day)}, {hours}"


def workshop_when(workshop: WorkshopFacts) -> str:
    """Its date; of a cycle how many, and the first one."""
    first = _first_session(workshop)
    if not workshop.is_cycle:
        return session_when(first)
    count = len(workshop.standing_sessions) or len(workshop.sessions)
    if count == 1:
        return session_when(first)
    return str(gettext("%(count)s dates à partir du %(day)s", count=count, day=_day(first)))


def _first_session(workshop: WorkshopFacts) -> SessionFacts:
    return (workshop.standing_sessions or workshop.sessions)[0]


def _day(session: SessionFacts) -> str:
    language, zone = filters.language(), filters.zone()
    this_year = dates.local_date(utc_now(), zone).year
    return dates.long_date(session.starts_at, language, zone, this_year)


def place_lines(session: SessionFacts) -> list[str]:
    """The address and the way in."""
    access = localized(session.access_notes)
    return [line for line in (session.place_address, access) if line]


def place_row(workshop: WorkshopFacts) -> dict[str, Any]:
    """Where it is; a cycle may change of place: then each date says where."""
    standing = workshop.standing_sessions or workshop.sessions
    if len({(each.place_name, each.place_address) for each in standing}) > 1:
        return {"icon": "map-pin", "text": gettext("Le lieu change : regardez chaque date.")}
    first = standing[0]
    return {"icon": "map-pin", "text": first.place_name, "more": place_lines(first)}


def date_lines(workshop: WorkshopFacts) -> list[dict[str, Any]]:
    """Each date of a cycle, cancelled and missed ones told as such."""
    standing = workshop.standing_sessions or workshop.sessions
    differs = len({(each.place_name, each.place_address) for each in standing}) > 1
    return [
        {
            "session": each,
            "when": session_when(each),
            "where": f"{each.place_name}, {each.place_address}" if differs else None,
            "state": _state(each),
        }
        for each in workshop.sessions
    ]


def _state(session: SessionFacts) -> str | None:
    if session.is_cancelled:
        return str(gettext("Annulé"))
    if session.is_excused:
        return str(gettext("Vous ne venez pas ce jour-là"))
    return None
