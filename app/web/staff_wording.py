"""The words of the refusals that only the team meets: French, plain, with a way on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.domain import call_errors as calls
from app.domain import desk_errors as desk
from app.domain import message_errors, own_account_errors, sheet_errors
from app.domain import planning_errors as planning
from app.domain import programme_errors as programme
from app.domain import staff_errors as errors
from app.domain.errors import DomainError
from app.domain.half_year import HalfYear
from app.gateways.dates import clock, date_time, local_date
from app.web import attendance_wording
from app.web.filters import half_words

SENTENCES: dict[type[DomainError], str] = {
    programme.WorkshopNotChosen: "Choisissez un atelier.",
    programme.FilterUnknown: "Ce choix n’existe pas. Choisissez dans la liste.",
    sheet_errors.SheetTooEarly: "L’atelier n’a pas commencé. Dites qui est venu après le début.",
    sheet_errors.SheetIsClosed: "Cette feuille est close. Rouvrez-la pour la corriger.",
    sheet_errors.SheetRecorded: (
        "Le relevé de cet atelier est fait : sa feuille de présence ne change plus."
    ),
    sheet_errors.SheetTooLate: "Plus de 7 jours ont passé : cette feuille ne change plus.",
    sheet_errors.SheetAnswerUnknown: "Choisissez une des réponses de la feuille.",
    errors.SignInNeeded: "Connectez-vous pour voir cette page.",
    errors.SignInRefused: "Adresse e-mail ou mot de passe incorrect.",
    errors.TooManySignIns: (
        "Trop d’essais depuis cet ordinateur. Attendez 15 minutes, puis recommencez."
    ),
    errors.CodeWrong: "Ce code n’est pas le bon. Attendez le code suivant et recopiez-le.",
    errors.PageForbidden: "Cette page n’est pas ouverte à votre compte.",
    errors.SubjectUnknown: "Nous ne trouvons pas cette page.",
    errors.EditedMeanwhile: (
        "%(by)s a changé la même chose %(at)s. Vos réponses sont toujours là : "
        "comparez, puis enregistrez encore."
    ),
    errors.EditedByPerson: (
        "La personne a changé ce rendez-vous %(at)s. Vos réponses sont toujours là : "
        "comparez, puis enregistrez encore."
    ),
    errors.PasswordMissing: "Écrivez un mot de passe.",
    errors.PasswordTooLong: "Ce mot de passe est trop long. Écrivez 200 caractères au plus.",
    errors.PasswordWeak: (
        "Ce mot de passe est trop facile. Écrivez 7 mots, ou 14 caractères avec des lettres, "
        "des majuscules et des chiffres."
    ),
    errors.PasswordsDiffer: "Les deux mots de passe ne sont pas les mêmes.",
    errors.CurrentPasswordWrong: "Ce n’est pas votre mot de passe actuel.",
    errors.AccountLinkDead: (
        "Ce lien ne marche plus : il a servi, ou il a plus d’une heure. "
        "Demandez un nouveau lien à la coordination."
    ),
    errors.EmailTaken: "Un compte existe déjà avec cette adresse e-mail.",
    errors.RoleMissing: "Choisissez un rôle.",
    errors.CommunesMissing: "Choisissez au moins une commune pour ce rôle.",
    errors.CounsellorMissing: (
        "Choisissez le conseiller de ce compte. Un conseiller n’a qu’un seul compte."
    ),
    errors.AgendaLost: (
        "%(person)s ne verra plus cet agenda : %(agenda)s. "
        "Rendez-vous à venir qui y restent : %(count)s. Enregistrez encore pour confirmer."
    ),
    errors.LastCoordinator: (
        "C’est le dernier compte de coordination. Ouvrez-en un autre d’abord."
    ),
    errors.NoteTooLong: "Cette note est trop longue. Écrivez 200 caractères au plus.",
    errors.DeadlineMissing: (
        "Cette place est gardée pour les délais proches. Choisissez le délai de la personne."
    ),
    errors.CallerMissing: "Choisissez de qui vient l’appel.",
    errors.ReasonMissing: "Choisissez pourquoi.",
    errors.ColleagueBusy: "%(colleague)s a déjà un rendez-vous à cette heure (%(place)s).",
    errors.ColleagueTooFar: (
        "Il faut %(minutes)s minutes de route depuis %(place)s. "
        "Premier horaire possible : %(first_at)s."
    ),
    errors.ColleagueAway: "%(colleague)s n’est pas là à cette heure.",
    errors.StateRefused: "Ce rendez-vous n’est plus dans cet état. Relisez la page.",
    errors.OutcomeTooEarly: (
        "Ce rendez-vous n’a pas commencé. Notez « présent » ou « absent » à partir de son heure."
    ),
    errors.SecondStepActive: (
        "La double vérification est déjà active. "
        "Si vous n’avez pas gardé vos codes de secours, arrêtez-la, puis ajoutez-la encore."
    ),
    own_account_errors.OwnPasswordNeeded: (
        "C’est votre compte. Changez-le depuis « Mon compte », avec votre mot de passe."
    ),
    own_account_errors.SameAddress: "C’est déjà votre adresse.",
    own_account_errors.TooManyCodes: (
        "Trop de codes faux pour ce compte. Attendez une heure, puis recommencez."
    ),
    # ---- people and administration
    errors.SecondStepNeeded: "Votre compte doit d’abord avoir la double vérification.",
    errors.AnswerMissing: "Choisissez une réponse de la liste.",
    errors.SearchTooShort: ("Écrivez au moins 4 chiffres du téléphone, ou 3 lettres du nom."),
    errors.CardsDiffer: "Ces deux fiches n’ont ni le même téléphone, ni le même nom.",
    errors.SettingsRefused: "Corrigez les réponses marquées.",
    errors.ExportTooLong: "Il y a trop de lignes. Choisissez une période plus courte.",
    errors.StillExpected: (
        "Cette personne a encore un rendez-vous à venir. Annulez-le d’abord, puis effacez."
    ),
    errors.RegisterUnwritable: (
        "Rien n’a été effacé : le registre des effacements ne répond pas. Prévenez l’informatique."
    ),
    # ---- today and the calls
    errors.NoSessionToday: "Vous n’avez pas de permanence aujourd’hui.",
    calls.CallOutcomeMissing: "Choisissez ce que l’appel a donné.",
    calls.CallHourChanged: (
        "L’heure de ce rendez-vous vient de changer."
        " Dites la nouvelle à la personne, puis notez l’appel."
    ),
    errors.DelayMissing: "Choisissez combien de minutes de retard.",
    # calendars
    errors.FeedUnknown: "Cette adresse d’agenda ne marche pas. Demandez une nouvelle adresse.",
    errors.FeedOwnerMissing: "Choisissez l’agenda à suivre.",
    errors.FeedLevelMissing: "Choisissez ce que l’agenda montre.",
    errors.CalendarAddressMissing: "Collez l’adresse de votre agenda.",
    errors.CalendarAddressTooLong: "Cette adresse est trop longue. Collez 2 000 lettres au plus.",
    errors.CalendarAddressWrong: (
        "Ce n’est pas l’adresse d’un agenda. Elle commence par https:// ou webcal://."
    ),
    # ---- the phone desk
    errors.TooManySearches: "Trop de recherches. Attendez une heure, puis recommencez.",
    errors.CardDiffers: (
        "Ce n’est pas le nom de la fiche. Choisissez « Une nouvelle personne », "
        "ou reprenez le nom de la fiche."
    ),
    desk.EmailNotOfCard: (
        "Ce n’est pas l’adresse de la fiche. Corrigez la fiche, ou effacez cette adresse."
    ),
    desk.EmailNotOnCard: (
        "La fiche n’a pas d’adresse e-mail. Ajoutez-la sur la fiche, "
        "ou effacez-la ici et choisissez un autre moyen."
    ),
    desk.PhoneNotOfCard: (
        "Ce n’est pas le téléphone de la fiche. Corrigez la fiche, ou effacez ce numéro."
    ),
    desk.PhoneNotOnCard: (
        "La fiche n’a pas de téléphone. Ajoutez-le sur la fiche, ou effacez ce numéro."
    ),
    # ---- the timetable
    planning.DateMissing: "Écrivez la date du début.",
    planning.DateUnreadable: "Écrivez le jour, le mois et l’année du premier jour, en chiffres.",
    planning.EndUnreadable: "Écrivez le jour, le mois et l’année du dernier jour, en chiffres.",
    planning.StartPast: "Cette date est passée. Choisissez aujourd’hui ou une date à venir.",
    planning.EndMissing: "Écrivez jusqu’à quelle date cela se répète.",
    planning.EndBeforeStart: "La fin est avant le début. Corrigez une des deux dates.",
    planning.PeriodTooLong: "Cette période est trop longue. Choisissez un an au plus.",
    planning.AgendaMissing: "Choisissez un conseiller.",
    planning.AgendaClosed: "Ce conseiller n’est plus en activité. Choisissez un autre conseiller.",
    planning.ColleagueMissing: (
        "Choisissez un collègue. S’il n’est plus dans la liste, il a quitté l’équipe."
    ),
    planning.SubstituteUnfit: (
        "Cette personne ne peut pas remplacer. Choisissez une autre personne."
    ),
    planning.AlreadyAway: "%(by)s a déjà enregistré une absence à ces dates.",
    planning.AlreadyReplaced: "%(by)s a déjà choisi qui remplace à ces dates.",
    planning.VenueMissing: "Choisissez un lieu.",
    planning.AlreadyClosed: "%(by)s a déjà fermé ce lieu à ces dates.",
    planning.AlreadyWithdrawn: "%(by)s l’a déjà retirée %(at)s. Rien d’autre ne change.",
    planning.ClosureReasonTooLong: "Cette raison est trop longue. Écrivez 80 lettres au plus.",
    planning.UndoTooLate: (
        "Plus de dix minutes ont passé : ce changement ne s’annule plus. "
        "Faites un autre changement."
    ),
    planning.UndoTold: (
        "Une personne est déjà prévenue : ce changement ne s’annule plus. "
        "Faites un autre changement."
    ),
    planning.UndoChangedSince: (
        "Un rendez-vous ou les horaires ont changé depuis : ce changement ne s’annule plus."
    ),
    planning.UndoTaken: (
        "Nous ne pouvons pas tout remettre. Une autre personne a pris l’heure du %(at)s depuis."
    ),
    planning.UndoNewerFirst: (
        "Un changement plus récent touche les mêmes horaires ou le même lieu. "
        "Annulez d’abord celui-là."
    ),
    planning.HoursMissing: "Écrivez les deux heures.",
    planning.HoursUnreadable: "Écrivez l’heure comme ceci : 9 h 30 ou 09:30.",
    planning.HoursInOrder: "L’heure de fin est avant l’heure de début. Corrigez une des deux.",
    planning.HoursTooShort: (
        "C’est trop court pour un rendez-vous. Gardez au moins %(minutes)s minutes."
    ),
    planning.RuleOverlaps: "%(person)s est déjà là à ces heures : %(place)s, %(day)s.",
    planning.OutsideAgreement: (
        "La convention %(town)s ne couvre pas toutes ces dates (%(dates)s). "
        "Changez le début ou la fin."
    ),
    planning.PlacesMissing: "Choisissez au moins une commune pour les visites.",
    planning.NumberUnreadable: "Écrivez un nombre de %(low)s à %(high)s.",
    planning.DateUnfit: "Cette date ne va pas avec ces horaires. Choisissez une autre date.",
    planning.HoursOfColleague: (
        "Ces horaires sont aussi ceux d’un collègue à cette date. "
        "Choisissez une autre date, ou demandez à la coordination."
    ),
    planning.DayMissing: "Écrivez la date.",
    # ---- the programme of workshops
    programme.TitleMissing: "Écrivez le titre de l’atelier.",
    programme.ProgrammeTextTooLong: "Un texte est trop long. Écrivez %(most)s lettres au plus.",
    programme.ThemesMissing: "Choisissez au moins un thème.",
    programme.TooManyThemes: "Choisissez %(most)s thèmes au plus.",
    programme.TemplateMissing: "Ce modèle n’est plus proposé. Choisissez un autre modèle.",
    programme.CapacityWrong: "Écrivez un nombre de places de %(low)s à %(high)s.",
    programme.DevicesWrong: "Écrivez un nombre d’appareils de %(low)s à %(high)s.",
    programme.KeptDaysWrong: "Écrivez un nombre de jours de %(low)s à %(high)s.",
    programme.MinimumAboveCapacity: "Le minimum ne peut pas dépasser le nombre de places.",
    programme.KeptAboveCapacity: (
        "Les places gardées ne peuvent pas dépasser le nombre de places."
    ),
    programme.KeptUntilMissing: ("Écrivez jusqu’à combien de jours avant les places sont gardées."),
    programme.PlaceMissing: "Choisissez un lieu ouvert, ou « Un autre lieu ».",
    programme.PlaceNameMissing: "Écrivez le nom de l’autre lieu.",
    programme.PlaceAddressMissing: "Écrivez l’adresse de l’autre lieu.",
    programme.PlaceCommuneMissing: "Choisissez la commune de l’autre lieu.",
    programme.HolderMissing: "Choisissez qui anime l’atelier.",
    programme.TooManyHolders: "Choisissez deux personnes au plus.",
    programme.NotAmongHolders: (
        "Vous planifiez vos ateliers : choisissez votre nom, seul ou avec un collègue."
    ),
    programme.LengthWrong: "Écrivez une durée de %(low)s à %(high)s minutes.",
    programme.DatesUnreadable: (
        "Nous ne lisons pas la date « %(typed)s ». "
        "Écrivez le jour, le mois et l’année, en chiffres."
    ),
    programme.NoDates: "Gardez au moins une date.",
    programme.TooManyDates: "C’est trop de dates. Planifiez-en %(most)s au plus à la fois.",
    programme.DatesRefused: (
        "Une des dates choisies est devenue impossible : la raison est écrite à côté."
    ),
    programme.ConflictsChanged: (
        "Quelque chose a changé depuis : relisez les dates, puis enregistrez encore."
    ),
    programme.CapacityTaken: (
        "%(taken)s places sont déjà prises. Pour en enlever, appelez d’abord : %(names)s."
    ),
    programme.DevicesLent: "Appareils déjà promis : %(lent)s. Gardez-en autant.",
    programme.DateOver: "Cette date est passée ou annulée : elle ne change plus.",
    programme.NewStartPast: "Cette date est passée. Choisissez une date à venir.",
    programme.NothingToRepeat: "Il n’y a aucun atelier dans cette période.",
    message_errors.MessageTooLate: "Il est trop tard pour cet envoi. Appelez la personne.",
    message_errors.MessageTextRefused: "%(problems)s",
    message_errors.SlipCountWrong: "Écrivez un nombre de 1 à 20.",
    message_errors.TooManyTypedSlips: (
        "Vous avez saisi 60 feuilles aujourd’hui. Gardez les autres pour demain."
    ),
    message_errors.PlaceKindMissing: "Dites si c’était à la permanence ou à domicile.",
    **attendance_wording.SENTENCES,
}
"""One sentence for each refusal of `domain.staff_errors`; facts of the refusal fill the braces."""
UNKNOWN = {"by": "Quelqu’un", "at": "à l’instant"}
"""« Quelqu’un a changé la même chose à l’instant »: where nothing tells who and when."""


def told_facts(facts: Mapping[str, Any], timezone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """The facts of a refusal as its sentence says them: instants on the clock of the territory."""
    return {
        name: UNKNOWN.get(name) if fact is None else _told(name, fact, timezone, now)
        for name, fact in facts.items()
    }


def _told(name: str, fact: Any, timezone: ZoneInfo, now: datetime) -> Any:
    """`at`: « à 10 h » today, else « le vendredi 20 novembre à 10 h »; other hours: « 10 h ».

    `half_year`: « 2e semestre 2025 ».
    """
    if name == "half_year":
        return half_words(HalfYear.parse(fact))
    if not isinstance(fact, datetime):
        return fact
    today = local_date(now, timezone)
    if name != "at" or local_date(fact, timezone) == today:
        return ("à " if name == "at" else "") + clock(fact, "fr", timezone)
    return f"le {date_time(fact, 'fr', timezone, today.year)}"
