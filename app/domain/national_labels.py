"""The labels that ship: those of the national tool, with the exact words and order of its form.

Source: « La Coop de la médiation numérique », November 2024 to June 2025 (terms only). They are a
dated module and no table of the database, the same for every territory: docs/decisions/0009. A new
form is a change here: the old label ends the day before, the new one begins.
"""

from collections.abc import Iterable, Iterator
from datetime import date

from app.domain.nomenclature import Family, Label, Nomenclature

FIRST_FORM = date(2024, 9, 1)
_CHILDREN_SPLIT = date(2024, 11, 4)
_MORE_PLACES = date(2024, 11, 27)
_DIAGNOSIS = date(2024, 11, 27)
_AI = date(2025, 1, 27)
_MAINTENANCE = date(2025, 3, 4)
_CONTENTS = date(2025, 3, 26)
_ONE_FORM = date(2025, 4, 28)
_ASSOCIATIONS = date(2025, 4, 30)
_SEVEN_REDIRECTIONS = date(2025, 6, 13)

Row = tuple[str, str] | tuple[str, str, str | None] | tuple[str, str, str | None, date]
"""Code, label, code of the national tool (the same where left out), first day."""

NOT_TOLD = "nc"
INDIVIDUAL, WORKSHOP = "individuel", "collectif"
AT_VENUE, ELSEWHERE, AT_HOME, REMOTE = "lieu_activite", "autre", "domicile", "a_distance"
ADMINISTRATIVE = "aide_aux_demarches_administratives"
REFERRED = "oriente"
WALK_IN = "sans_rdv"

_TYPES: tuple[Row, ...] = (
    (INDIVIDUAL, "Accompagnement individuel"),
    (WORKSHOP, "Atelier collectif"),
)
_PLACES: tuple[Row, ...] = (
    (AT_VENUE, "Lieu d’activité"),
    (ELSEWHERE, "Autre lieu", ELSEWHERE, _MORE_PLACES),
    (AT_HOME, "À domicile"),
    (REMOTE, "À distance"),
)
_DURATIONS: tuple[Row, ...] = (
    ("15", "15mn"),
    ("30", "30mn"),
    ("45", "45mn"),
    ("60", "1h"),
    ("90", "1h30"),
    ("120", "2h"),
    ("personnaliser", "Personnaliser"),
)
_DURATION_BANDS: tuple[Row, ...] = (
    ("m30", "Moins de 30 min", None),
    ("30_59", "30min à 1 h", None),
    ("60_119", "1 h à 2 h", None),
    ("120p", "2 h et plus", None),
)
_DEVICES: tuple[Row, ...] = (
    ("ordinateur", "Ordinateur"),
    ("telephone", "Téléphone"),
    ("tablette", "Tablette"),
    ("autre", "Autre"),
    ("aucun", "Pas de matériel"),
)
_AGES: tuple[Row, ...] = (
    ("m12", "Moins de 12 ans", "moins_de_douze", _CHILDREN_SPLIT),
    ("12_17", "12 - 17 ans", "douze_dix_huit", _CHILDREN_SPLIT),
    ("18_24", "18 - 24 ans", "dix_huit_vingt_quatre"),
    ("25_39", "25 - 39 ans", "vingt_cinq_trente_neuf"),
    ("40_59", "40 - 59 ans", "quarante_cinquante_neuf"),
    ("60_69", "60 - 69 ans", "soixante_soixante_neuf"),
    ("70p", "70 ans et plus", "soixante_dix_plus"),
    (NOT_TOLD, "Non communiqué", "non_communique"),
)
_AGE_BANDS: tuple[Row, ...] = (
    ("m25", "Moins de 25 ans", None),
    ("25_59", "25 - 59 ans", None),
    ("60p", "60 ans et plus", None),
    (NOT_TOLD, "Non communiqué", None),
)
_GENDERS: tuple[Row, ...] = (
    ("m", "Masculin", "masculin"),
    ("f", "Féminin", "feminin"),
    (NOT_TOLD, "Non communiqué", "non_communique"),
)
_STATUSES: tuple[Row, ...] = (
    ("retraite", "Retraité"),
    ("sans_emploi", "Sans emploi"),
    ("en_emploi", "En emploi"),
    ("scolarise", "Scolarisé"),
    (NOT_TOLD, "Non communiqué ou hétérogène", "non_communique"),
)
_AUTONOMY: tuple[Row, ...] = (
    ("entierement_accompagne", "Avec guidage"),
    ("partiellement_autonome", "Autonome avec guidage en cas de besoin"),
    ("autonome", "Autonome"),
)
_LEVELS: tuple[Row, ...] = (
    ("debutant", "Débutant"),
    ("intermediaire", "Intermédiaire"),
    ("avance", "Avancé"),
)
_THEMES: tuple[Row, ...] = (
    ("diagnostic_numerique", "Diagnostic numérique", "diagnostic_numerique", _DIAGNOSIS),
    ("prendre_en_main_du_materiel", "Prendre en main du matériel"),
    (
        "maintenance_de_materiel",
        "Maintenance de matériel",
        "maintenance_de_materiel",
        _MAINTENANCE,
    ),
    (
        "gere_ses_contenus_numeriques",  # the national tool spells it so
        "Gérer ses contenus numériques",
        "gere_ses_contenus_numeriques",
        _CONTENTS,
    ),
    ("navigation_sur_internet", "Navigation sur internet"),
    ("email", "E-mail"),
    ("bureautique", "Bureautique"),
    ("reseaux_sociaux", "Réseaux sociaux communication"),
    ("sante", "Santé"),
    ("banque_et_achats_en_ligne", "Banque et achats en ligne"),
    ("entrepreneuriat", "Accompagner un professionnel"),
    ("insertion_professionnelle", "Insertion professionnelle"),
    ("securite_numerique", "Prévention en sécurité numérique"),
    ("parentalite", "Parentalité"),
    ("scolarite_et_numerique", "Scolarité et numérique"),
    ("creer_avec_le_numerique", "Créer avec le numérique"),
    ("culture_numerique", "Culture numérique"),
    (
        "intelligence_artificielle",
        "Intelligence artificielle (IA)",
        "intelligence_artificielle",
        _AI,
    ),
    (ADMINISTRATIVE, "Aide aux démarches administratives", ADMINISTRATIVE, _ONE_FORM),
)
_PROCEDURES: tuple[Row, ...] = (
    ("papiers_elections_citoyennete", "Papiers - Élections - Citoyenneté"),
    ("famille_scolarite", "Famille - Scolarité"),
    ("social_sante", "Social - Santé"),
    ("travail_formation", "Travail - Formation - Entreprise"),
    ("logement", "Logement"),
    ("transports_mobilite", "Transports - Mobilité"),
    ("argent_impots", "Argent - Impôts"),
    ("justice", "Justice"),
    ("etrangers_europe", "Étrangers - Europe"),
    ("loisirs_sports_culture", "Loisirs - Sports - Culture"),
    ("associations", "Associations", "associations", _ASSOCIATIONS),
)
_REDIRECTIONS: tuple[Row, ...] = (
    ("administration", "Administration (mairie, préfecture…)"),
    ("mediation_numerique", "Autre structure de médiation numérique"),
    (
        "operateur_ou_organisme_en_charge",
        "Opérateur ou organisme en charge de la démarche administrative",
    ),
    (
        "aide_sociale",
        "Structure d’aide sociale (maison des solidarités, centre social…)",
        "aide_sociale",
        _SEVEN_REDIRECTIONS,
    ),
    (
        "insertion_professionnelle",
        (
            "Structure d’insertion professionnelle "
            "(France Travail, mission locale, chambre de commerce…)"
        ),
        "insertion_professionnelle",
        _SEVEN_REDIRECTIONS,
    ),
    (
        ADMINISTRATIVE,
        "Structure d’aide aux démarches administratives (France Services…)",
    ),
    ("autre", "Autre"),
)
_RESULTS: tuple[Row, ...] = (
    ("regle", "Réglé", None),
    ("partiel", "Réglé en partie, à revoir", None),
    ("non_regle", "Pas réglé", None),
    (REFERRED, "Orienté vers un autre service", None),
)
_ORIGINS: tuple[Row, ...] = (
    ("rdv_internet", "Rendez-vous pris sur Internet", None),
    ("rdv_telephone", "Rendez-vous pris par téléphone ou à l’accueil", None),
    (WALK_IN, "Sans rendez-vous", None),
    ("prescripteur", "Envoyé par un autre service", None),
)

_FAMILIES: tuple[tuple[Family, tuple[Row, ...], date], ...] = (
    (Family.TYPE, _TYPES, FIRST_FORM),
    (Family.PLACE, _PLACES, FIRST_FORM),
    (Family.DURATION, _DURATIONS, FIRST_FORM),
    (Family.DURATION_BAND, _DURATION_BANDS, FIRST_FORM),
    (Family.DEVICE, _DEVICES, FIRST_FORM),
    (Family.AGE, _AGES, FIRST_FORM),
    (Family.AGE_BAND, _AGE_BANDS, FIRST_FORM),
    (Family.GENDER, _GENDERS, FIRST_FORM),
    (Family.STATUS, _STATUSES, FIRST_FORM),
    (Family.AUTONOMY, _AUTONOMY, FIRST_FORM),
    (Family.LEVEL, _LEVELS, FIRST_FORM),
    (Family.THEME, _THEMES, FIRST_FORM),
    (Family.PROCEDURE, _PROCEDURES, _ONE_FORM),
    (Family.REDIRECTION, _REDIRECTIONS, FIRST_FORM),
    (Family.RESULT, _RESULTS, FIRST_FORM),
    (Family.ORIGIN, _ORIGINS, FIRST_FORM),
)


def _rows(family: Family, rows: Iterable[Row], first: date) -> Iterator[Label]:
    for order, row in enumerate(rows, start=1):
        coop_code = row[2] if len(row) > 2 else row[0]
        valid_from = row[3] if len(row) > 3 else first
        yield Label(row[0], family, row[1], order, valid_from, None, coop_code)


LABELS: tuple[Label, ...] = tuple(
    label for family, rows, first in _FAMILIES for label in _rows(family, rows, first)
)
NATIONAL = Nomenclature(LABELS)

AGE_BAND_OF = {
    "m12": "m25",
    "12_17": "m25",
    "18_24": "m25",
    "25_39": "25_59",
    "40_59": "25_59",
    "60_69": "60p",
    "70p": "60p",
    NOT_TOLD: NOT_TOLD,
}
"""Under which of the three ages of a commune's table each age is counted."""


def duration_band(minutes: int) -> str:
    """The code of the band of statistics: under 30 minutes, under 1 hour, under 2 hours, more."""
    if minutes < 30:
        return "m30"
    if minutes < 60:
        return "30_59"
    return "60_119" if minutes < 120 else "120p"
