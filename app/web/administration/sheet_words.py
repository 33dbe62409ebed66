"""The questions of the sheets of settings, in French."""

from dataclasses import fields
from typing import Any

from app.domain.settings import OtherCommune, Settings
from app.domain.territory_entries import ACCESSIBILITY_STATES
from app.web import venue_card
from app.web.administration.sheets import Kind, Question
from app.web.administration.words import ROLES

COMMUNE = (
    Question("bookable", "Ses habitants peuvent prendre rendez-vous", Kind.FLAG),
    Question("active_from", "Participe à partir du", Kind.DAY, "Vide : depuis toujours"),
    Question("active_until", "Participe jusqu’au", Kind.DAY, "Vide : sans fin. Ce jour compte."),
)
CARD_HINTS = {"keys": "À qui demander. Jamais un code."}
VENUE = (
    Question("name", "Nom du lieu"),
    Question("address", "Numéro et rue"),
    Question("postal_line", "Code postal et ville"),
    Question("access.fr", "Comment entrer, en français"),
    Question("access.en", "Comment entrer, en anglais"),
    Question("sms_name", "Nom court pour les SMS", hint="20 lettres au plus"),
    Question("active", "Ce lieu sert encore", Kind.FLAG),
    *(
        Question(f"card.{name}", label, hint=CARD_HINTS.get(name))
        for name, label in venue_card.LABELS.items()
    ),
)
TOPIC = (
    Question("label.fr", "Nom du besoin, en français"),
    Question("label.en", "Nom du besoin, en anglais"),
    Question("minutes", "Durée en minutes", Kind.NUMBER, "De 15 à 180"),
    Question("bring.fr", "À apporter, en français"),
    Question("bring.en", "À apporter, en anglais"),
    Question("active", "Proposé aux habitants", Kind.FLAG),
)
SERVICE = (
    Question("name", "Nom du service"),
    Question("slogan.fr", "Phrase du service, en français"),
    Question("slogan.en", "Phrase du service, en anglais"),
    Question("phone", "Téléphone", hint="Par exemple 05 36 49 00 00"),
    Question("phone_hours.fr", "Heures du téléphone, en français"),
    Question("phone_hours.en", "Heures du téléphone, en anglais"),
    Question("email", "Adresse e-mail"),
    Question("text_number", "Numéro pour écrire par SMS"),
    Question("service_sms", "Nom au début des SMS", hint="10 lettres au plus"),
    Question("sms_sender", "Expéditeur des SMS", hint="11 lettres ou chiffres au plus"),
)
TEXTS = (
    Question("controllers", "Responsables des données"),
    Question("processor", "Sous-traitant"),
    Question("dpo", "Délégué à la protection des données"),
    Question("publisher", "Éditeur du site"),
    Question("publisher_address", "Adresse de l’éditeur"),
    Question("publisher_phone", "Téléphone de l’éditeur"),
    Question("publisher_email", "Adresse e-mail de l’éditeur"),
    Question("publication_director", "Directeur de la publication"),
    Question("host_name", "Hébergeur"),
    Question("host_address", "Adresse de l’hébergeur"),
    Question("host_phone", "Téléphone de l’hébergeur"),
    Question(
        "accessibility_state",
        "Accessibilité",
        Kind.CHOICE,
        choices={state: state for state in ACCESSIBILITY_STATES},
    ),
    Question("accessibility_audited_on", "Date de l’audit", Kind.DAY),
    Question("accessibility_results.fr", "Résultats de l’audit, en français"),
    Question("accessibility_results.en", "Résultats de l’audit, en anglais"),
    Question("accessibility_exceptions.fr", "Exceptions, en français"),
    Question("accessibility_exceptions.en", "Exceptions, en anglais"),
    Question("accessibility_scheme_url", "Adresse du schéma d’accessibilité"),
    Question("accessibility_plan_url", "Adresse du plan d’action"),
    Question("national_map_url", "Adresse de la carte nationale"),
)
FIGURES = {
    "notice_working_days": "Jours ouvrés avant un rendez-vous",
    "visit_notice_working_days": "Jours ouvrés avant une visite à domicile",
    "booking_window_days": "Jours ouverts à la réservation",
    "change_until_minutes": "Minutes avant le rendez-vous, pour changer la date en ligne",
    "cancel_until_minutes": "Minutes avant le rendez-vous, pour annuler en ligne",
    "upcoming_limit": "Rendez-vous à venir pour un téléphone",
    "neighbours_from_days": "Jours pendant lesquels une commune garde ses places",
    "travel_buffer_minutes": "Minutes libres entre deux rendez-vous",
    "same_commune_minutes": "Minutes de trajet dans une même commune",
    "candidate_step_minutes": "Minutes entre deux heures proposées",
    "visit_window_minutes": "Minutes de la plage d’arrivée d’une visite",
    "visit_minimum_minutes": "Durée minimale d’une visite, en minutes",
    "half_day_minutes": "Durée d’une demi-journée de permanence, en minutes",
    "times_per_day": "Heures proposées par jour",
    "days_shown": "Jours proposés",
    "reminder_hours_before": "Heures entre le rappel et le rendez-vous",
    "reminder_at_hour": "Heure du rappel",
    "quiet_from_hour": "Aucun message à partir de (heure)",
    "quiet_until_hour": "Aucun message jusqu’à (heure)",
    "sms_per_number_per_day": "SMS par jour à un même numéro, pour ce qui est fait en ligne",
    "sms_price_hundredths": "Prix d’un SMS, en centièmes de centime",
    "sms_monthly_ceiling_euros": "Euros de SMS par mois, au plus",
    "waiting_answer_hours": "Heures pour répondre à une place libre",
    "waiting_short_answer_hours": "Heures pour répondre, si la date est proche",
    "waiting_short_from_hours": "Une date est proche à moins de (heures)",
    "workshop_capacity": "Places d’un nouvel atelier",
    "workshop_minimum": "Personnes au moins, pour un nouvel atelier",
    "workshop_minimum_days": "Jours avant un atelier pour demander s’il est maintenu",
    "workshop_setup_minutes": "Minutes d’installation avant un atelier",
    "workshop_tidy_minutes": "Minutes de rangement après un atelier",
    "workshop_places_per_phone": "Places d’un atelier pour un même téléphone",
    "annual_cost_cents": "Coût du service en un an, en centimes d’euro",
    "gap_tolerance_points": "Points d’écart acceptés entre la part d’une commune et sa clé",
    "missed_before_call": "Absences sans prévenir, avant un appel de l’accueil",
    "late_arrival_minutes": "Minutes de retard avant que le conseiller choisisse",
    "bookings_per_hour_per_address": "Réservations par heure, d’une même connexion",
    "lookup_failures_per_phone": "Essais pour retrouver un rendez-vous, par téléphone",
    "lookup_failures_per_address": "Essais pour retrouver un rendez-vous, par connexion",
    "lookup_block_minutes": "Minutes d’attente après trop d’essais",
    "account_idle_days": "Jours sans connexion avant de fermer un compte",
    "visit_alert_minutes": "Minutes après la fin d’une visite, avant d’alerter l’équipe",
    "published_people": "Personnes au moins, pour publier l’âge et les thèmes d’une commune",
    "published_cell": "Plus petit nombre publié dans ces tableaux",
    "masked_width": "Largeur minimale de l’intervalle autour d’un nombre caché",
    "busy_calendar_stale_hours": "Heures avant de fermer les horaires, si un agenda est illisible",
}
SECOND_STEP = "second_step_roles"


def figure_questions() -> tuple[Question, ...]:
    """A question for each figure, with its bounds and the value that ships."""
    numbers = {each.name: each for each in fields(Settings)}
    asked = [
        Question(name, text, Kind.NUMBER, _bounds(numbers[name])) for name, text in FIGURES.items()
    ]
    others = {OtherCommune.REFUSE: "Non", OtherCommune.ALLOW: "Oui"}
    return (
        *asked,
        Question(
            "other_commune", "Les habitants d’une autre commune sont acceptés", Kind.CHOICE,
            choices={each.value: text for each, text in others.items()},
        ),
        Question("foreign_sms", "SMS vers les numéros étrangers", Kind.FLAG),
        *(
            Question(f"{SECOND_STEP}.{role}", f"Double vérification demandée : {text}", Kind.FLAG)
            for role, text in ROLES.items()
        ),
    )  # fmt: skip


def _bounds(figure: Any) -> str:
    low, high = figure.metadata["low"], figure.metadata["high"]
    if figure.default is None:
        return f"De {low} à {high}. Au départ : vide, jamais."
    off = ". Vide : jamais" if figure.metadata["off"] else ""
    return f"De {low} à {high}{off}. Au départ : {figure.default}."
