"""The page of one appointment: what it is, its note, its history, its paper card."""

from typing import Any

from flask import redirect, request, url_for
from wtforms import HiddenField, StringField

from app.domain.access import Action
from app.domain.appointment import (
    HelperRelation,
    MessageChannel,
    Recipient,
)
from app.domain.errors import DomainError
from app.extensions import db
from app.gateways import dates
from app.services.agenda_card import Card, note_seen, read_card, write_note
from app.services.message_log import messages_about
from app.web import filters
from app.web.access import allow, current_actor, may, requires
from app.web.agenda.blueprint import blueprint
from app.web.agenda.history import told
from app.web.agenda.people import CALL_TIMES, home_address, letter_lines, see, venue_address
from app.web.appointment_words import CALLERS, DEADLINES
from app.web.clock import utc_now
from app.web.forms import BaseForm
from app.web.language import localized
from app.web.message_words import receipt_of
from app.web.security import keeps_answers
from app.web.site import current_catalogue
from app.web.staff_page import staff_page
from app.web.venue_card import venue_cards

CHANNELS = {
    MessageChannel.SMS: "Par SMS",
    MessageChannel.EMAIL: "Par e-mail",
    MessageChannel.PAPER: "Sur papier",
    MessageChannel.VOICE: "Par téléphone",
    MessageChannel.NONE: "Aucun message",
}
RELATIONS = {
    HelperRelation.RELATIVE: "un proche",
    HelperRelation.NEIGHBOUR: "un voisin ou un ami",
    HelperRelation.HOME_AIDE: "une aide à domicile",
    HelperRelation.PROFESSIONAL: "un professionnel",
}
SAID = {
    "visite-terminee": "C’est noté : la visite est terminée.",
    "arrive": "C’est noté : la personne est arrivée.",
    "present": "C’est noté : présent.",
    "absent": "C’est noté : absent. Une erreur ? Appuyez sur « Présent » dans les 7 jours.",
    "note": "La note est enregistrée.",
    "deplace": "Le rendez-vous est déplacé.",
    "annule": "Le rendez-vous est annulé.",
    "confie": "Le rendez-vous est confié à votre collègue.",
}


class NoteForm(BaseForm):
    """The few words for the counsellor; which note they replace travels along."""

    note = StringField("Note pour le conseiller")
    lue = HiddenField()


@blueprint.get("/agents/rendez-vous/<int:appointment_id>")
@requires(Action.SEE_APPOINTMENT)
def appointment(appointment_id: int) -> Any:
    """Everything that the reader may know of it; that they looked is journalled."""
    card = allowed_card(appointment_id)
    tell_seen(appointment_id)
    return card_page(card, note_form(card))


@blueprint.post("/agents/rendez-vous/<int:appointment_id>/note")
@keeps_answers
@requires(Action.WRITE_NOTE)
def note(appointment_id: int) -> Any:
    """Write the note; what somebody else wrote meanwhile is not written over."""
    card = allowed_card(appointment_id)
    allow(Action.WRITE_NOTE, card.entry.subject)
    form = NoteForm()
    if form.validate():
        given, seen = form.note.data or "", form.lue.data or ""
        user_id = current_actor().user_id
        try:
            write_note(db.session(), appointment_id, given, seen, by=user_id, now=utc_now())
        except DomainError as refusal:
            form.refuse(refusal)
            card = allowed_card(appointment_id)
            form.lue.data = card.note_key
        else:
            page = url_for("agenda.appointment", appointment_id=appointment_id, fait="note")
            return redirect(page, 303)
    return card_page(card, form)


@blueprint.get("/agents/rendez-vous/<int:appointment_id>/imprimer")
@requires(Action.SEE_APPOINTMENT)
def printed_card(appointment_id: int) -> Any:
    """The A5 card that the person takes home."""
    card = allowed_card(appointment_id)
    allow(Action.SEE_APPOINTMENT, card.entry.subject)
    tell_seen(appointment_id)
    return staff_page(
        "agenda/card_printed.html", card=card, when=when_of(card), rows=_ticket_rows(card)
    )


@blueprint.get("/agents/rendez-vous/<int:appointment_id>/lettre")
@requires(Action.SEE_APPOINTMENT)
def letter(appointment_id: int) -> Any:
    """The same by post: A4, for an envelope with a window, in large print."""
    card = allowed_card(appointment_id)
    allow(Action.SEE_APPOINTMENT, card.entry.subject)
    tell_seen(appointment_id)
    now, zone = utc_now(), filters.zone()
    return staff_page(
        "agenda/letter.html",
        card=card,
        when=when_of(card),
        rows=_ticket_rows(card),
        address=letter_lines(card.entry),
        today=dates.long_date(now, "fr", zone),
        year=dates.local_date(now, zone).year,
    )


def allowed_card(appointment_id: int) -> Card:
    """The appointment, if it is any business of whoever asks. Raises SubjectUnknown (404)."""
    card = read_card(db.session(), current_catalogue(), appointment_id)
    allow(Action.CHANGE_APPOINTMENT, card.entry.subject)
    return card


def tell_seen(appointment_id: int) -> None:
    """Every page that shows an appointment is told in the journal, once a day for each reader."""
    note_seen(db.session(), appointment_id, by=current_actor().user_id, now=utc_now())


def note_form(card: Card) -> NoteForm:
    """The form with the note of now in it."""
    form = NoteForm()
    form.note.data, form.lue.data = card.note or "", card.note_key
    return form


def card_page(card: Card, form: NoteForm) -> Any:
    """The page, with the note's form as it stands."""
    catalogue, now, entry = current_catalogue(), utc_now(), card.entry
    is_own = may(Action.RECORD_ATTENDANCE, entry.subject)
    return staff_page(
        "agenda/card.html",
        form.status,
        card=card,
        entry=entry,
        seen=see(entry, now),
        form=form,
        when=when_of(card),
        rows=_rows(card),
        venue_card=venue_cards({entry.venue.id}).get(entry.venue.id) if entry.venue else None,
        again=_again(card),
        history=[told(each, catalogue, now) for each in card.changes],
        receipts=_receipts(card),
        said=SAID.get(request.args.get("fait", "")),
        is_open=entry.status.value == "BOOKED",
        may_record=is_own,
        has_begun=entry.starts_at <= now,
        may_read_note=may(Action.READ_NOTE, entry.subject),
        may_write_note=may(Action.WRITE_NOTE, entry.subject),
        may_hand_over=may(Action.REPLACE, entry.subject) and entry.starts_at > now,
    )


def _again(card: Card) -> str | None:
    """The desk page for the same person: same counsellor first, same need and place."""
    entry = card.entry
    if not (may(Action.SEE_APPOINTMENT, entry.subject) and entry.first_name):
        return None
    kept: dict[str, Any] = {
        "personne": card.resident_id,
        "conseiller": entry.counsellor_id,
        "besoin": entry.topic.code,
        "deplacement": "non" if entry.is_visit else "oui",
        "lieu": entry.venue.slug if entry.venue else None,
    }
    return url_for("desk.call", **kept)


def when_of(card: Card) -> str:
    """« Mardi 8 décembre à 10 h », or the window of a visit."""
    entry, zone = card.entry, filters.zone()
    this_year = dates.local_date(utc_now(), zone).year
    if entry.is_visit and entry.window_minutes:
        ends_at = entry.starts_at + entry.window
        text = dates.date_window(entry.starts_at, ends_at, "fr", zone, this_year)
    else:
        text = dates.date_time(entry.starts_at, "fr", zone, this_year)
    return filters.first_upper(text)


def _rows(card: Card) -> list[dict[str, Any]]:
    """The summary: what may be read, and nothing empty."""
    entry = card.entry
    is_known = may(Action.SEE_APPOINTMENT, entry.subject)
    rows = [
        ("Lieu", see(entry, utc_now()).where),
        ("Adresse", venue_address(entry.venue) if entry.venue else home_address(entry)),
        ("Avec", entry.counsellor),
        ("Durée", dates.minutes(card.topic_minutes, "fr")),
    ]
    if is_known:
        rows += _known_rows(card)
    return [{"key": key, "value": value} for key, value in rows if value]


def _receipts(card: Card) -> list[tuple[str, str]]:
    """What was sent and what became of it; never an address. For whoever knows the person."""
    if not may(Action.SEE_APPOINTMENT, card.entry.subject):
        return []
    sent = messages_about(db.session(), card.entry.appointment_id)
    return [receipt_of(each) for each in sent]


def _known_rows(card: Card) -> list[tuple[str, str | None]]:
    entry = card.entry
    relation = f" ({RELATIONS[card.helper_relation]})" if card.helper_relation else ""
    to_helper = ", à la personne qui aide" if card.message_to is Recipient.HELPER else ""
    return [
        ("Besoin", localized(entry.topic.label)),
        ("À apporter", localized(entry.topic.bring)),
        ("Commune", entry.commune.name if entry.commune else "Une autre commune"),
        ("Aidé par", f"{entry.helper_name}{relation}" if entry.helper_name else None),
        ("Confirmation et rappel", CHANNELS[card.message_channel] + to_helper),
        ("Peut être appelé", CALL_TIMES[card.call_time] if card.call_time else None),
        ("Appel reçu de", CALLERS[card.caller] if card.caller else None),
        ("Délai proche", DEADLINES[card.deadline] if card.deadline else None),
        ("Numéro", dates.reference(card.reference) if card.reference else None),
    ]


def _ticket_rows(card: Card) -> list[dict[str, Any]]:
    """What the person must know, on paper."""
    entry = card.entry
    if entry.venue:
        venue = entry.venue
        more = [venue_address(venue), localized(venue.access_notes)]
        place: dict[str, Any] = {"icon": "map-pin", "text": venue.name, "more": more}
    else:
        place = {"icon": "house", "text": f"Chez vous, {entry.place_commune.name_in}"}
    length = dates.minutes(card.topic_minutes, "fr")
    rows = [place, {"icon": "user", "text": f"Avec {entry.counsellor}, {length}"}]
    bring = localized(entry.topic.bring)
    verb = "À préparer" if entry.is_visit else "À apporter"
    return [*rows, {"icon": "backpack", "text": f"{verb} : {bring}"}] if bring else rows
