"""The words of the refusals about attendance, the closing of a half-year and sharing keys."""

from app.domain import attendance_errors as records
from app.domain import sharing_errors as keys
from app.domain.errors import DomainError

SENTENCES: dict[type[DomainError], str] = {
    records.RecordInFuture: "Ce jour n’est pas encore venu. Choisissez aujourd’hui ou avant.",
    records.MinutesWrong: "Écrivez une durée de %(low)s à %(high)s minutes.",
    records.ParticipantsWrong: "Écrivez un nombre de personnes, de %(low)s à %(high)s.",
    records.IndividualIsOne: "Pour plusieurs personnes, choisissez « Atelier collectif ».",
    records.CountsDisagree: (
        "Le total doit faire %(participants)s, et il fait %(told)s. Corrigez un nombre."
    ),
    records.CountNegative: "Écrivez un nombre de 0 ou plus.",
    records.AlreadyHelpedWrong: (
        "Les personnes déjà accompagnées sont plus nombreuses que les présentes (%(participants)s)."
    ),
    records.ThemeMissing: "Choisissez au moins un thème.",
    records.ProcedureAlone: "Choisissez aussi « Aide aux démarches administratives ».",
    records.LabelUnknown: "Cette réponse n’existe pas. Choisissez une réponse dans la liste.",
    records.LabelRetired: (
        "La réponse « %(label)s » n’existe pas à cette date. Choisissez une autre réponse."
    ),
    records.ResidenceUnknown: "Nous ne connaissons pas cette commune. Choisissez dans la liste.",
    records.RecordPlaceMissing: (
        "Choisissez la commune où vous étiez, ou « À distance » sans commune."
    ),
    records.RedirectionUnwanted: (
        "Choisissez d’abord le résultat « Orienté vers un autre service »."
    ),
    records.NotForThisType: (
        "Cette réponse ne va pas avec ce type d’activité. Enlevez-la, ou changez le type."
    ),
    records.LeadersWrong: "Écrivez un nombre de conseillers, de %(low)s à %(high)s.",
    records.AlreadyRecorded: "Ce relevé est déjà fait. Rien n’est compté deux fois.",
    records.RecordExists: (
        "Un relevé compte cette personne comme présente. Retirez d’abord ce relevé."
    ),
    records.SomebodyCame: (
        "La feuille de présence compte des personnes venues (%(came)s). "
        "Corrigez-la, ou faites le relevé."
    ),
    records.LineOfAppointment: (
        "Ce relevé est celui d’un rendez-vous. Retirez-le depuis ce rendez-vous."
    ),
    records.LineOfWorkshop: "Choisissez l’atelier de ce relevé, dans la liste.",
    records.WorkshopNotHeld: "Cet atelier n’a pas eu lieu, ou pas encore.",
    records.OutcomeUntold: "Choisissez « Présent », « Absent » ou « Plus tard » pour chacun.",
    records.NumberWrong: "Écrivez un nombre de %(low)s à %(high)s.",
    records.HalfYearOpenYet: "Ce semestre peut être clos 30 jours après sa fin, pas avant.",
    records.HalfYearClosedAlready: "Ce semestre est déjà clos. Ses chiffres ne changent plus.",
    records.EarlierHalfYearOpen: "Le %(half_year)s n’est pas clos. Commencez par lui.",
    records.RecordsMissing: (
        "Relevés qui manquent : %(missing)s. Complétez la liste, ou confirmez la clôture."
    ),
    keys.KeyEmpty: "Écrivez la part d’au moins une commune qui a accès au service.",
    keys.KeySumWrong: "Le total des parts doit faire 100 %%. Corrigez une part.",
    keys.KeyPartWrong: "Écrivez une part de 0 à 100 %%.",
    keys.PayerTwice: "Le même nom est deux fois dans la clé. Enlevez une ligne.",
    keys.TimeWithoutAccess: (
        "Une commune sans accès au service ne reçoit pas de temps. Écrivez 0 pour elle."
    ),
    keys.PopulationMissing: "Écrivez le nombre d’habitants de chaque commune.",
    keys.PeopleWrong: "Écrivez un nombre d’habitants, sans virgule.",
    keys.PeopleOfABody: "Seule une commune a des habitants. Laissez cette ligne vide.",
    keys.VintageWrong: "Écrivez l’année de la population, de %(low)s à %(high)s.",
    keys.KeyEndsBeforeStart: "La fin est avant le début. Changez une des deux dates.",
    keys.KeyStartMissing: "Écrivez le premier jour de la clé.",
    keys.KeysOverlap: (
        "Une autre clé commence le même jour, ou avant la fin de celle-ci. Changez une date."
    ),
    keys.KeyWithdrawn: "Cette clé est déjà retirée.",
    keys.KeyOfClosedPeriod: "Un semestre clos ne change plus. Choisissez une date plus tard.",
    keys.KeyNotInForce: "Aucune clé n’est valable à ces dates. Ajoutez une clé.",
}
"""One sentence for each refusal; facts of the refusal fill the braces."""
