"""What each figure means, in the words of the report (statistics §2, §4.4)."""

from app.domain.nomenclature import Family

DEFINITIONS = {
    "Activités": "Une activité est un relevé : un rendez-vous, ou un atelier entier.",
    "Accompagnements": (
        "Un par personne reçue. Un atelier de 10 personnes compte pour 1 activité et "
        "10 accompagnements."
    ),
    "Ateliers": "Les activités collectives.",
    "Participations": "Les personnes venues aux ateliers. Une personne venue 2 fois compte 2 fois.",
    "Déjà accompagnés": "Les personnes que le conseiller avait déjà aidées.",
    "Temps des activités": (
        "La durée réelle de chaque activité, comptée une fois, même avec plusieurs personnes."
    ),
    "Durée moyenne": "Le temps des activités, divisé par le nombre d’activités.",
    "Rendez-vous honorés": "Les personnes venues à leur rendez-vous. Sans compter les ateliers.",
    "Taux de présence": (
        "Les rendez-vous honorés, divisés par les honorés et les absences. "
        "Une annulation n’est pas une absence."
    ),
    "Absences": "Les personnes qui ne sont pas venues, sans prévenir.",
    "Annulés par la personne": "Les rendez-vous annulés par la personne ou par son proche.",
    "Annulés par le service": "Les rendez-vous que le service a dû annuler.",
    "Délai moyen": "Le nombre de jours entre la réservation et le rendez-vous.",
    "Inscrits venus en atelier": (
        "Les places prises par les personnes inscrites, d’après les feuilles closes. "
        "Un cycle compte une fois par date."
    ),
    "Inscrits absents en atelier": "Les places des personnes inscrites qui ne sont pas venues.",
    "Taux de présence en atelier": (
        "Les inscrits venus, divisés par les inscrits venus et absents. "
        "Sans compter les personnes venues sans inscription."
    ),
    "Inscriptions annulées": "Les places rendues par les personnes inscrites. Sans l’attente.",
    "Places d’ateliers annulés": "Les places d’un atelier, ou d’une date, que le service annule.",
    "Recherches sans heure libre": (
        "Les fois où une personne n’a pas trouvé d’heure en mairie, en ligne ou à l’accueil. "
        "Comptées par semaine, dans la commune où vit la personne."
    ),
    "Recherches de visite sans heure": "La même chose pour une visite à domicile.",
    "Rattrapage": (
        "Les activités d’un semestre déjà clos, dites plus tard. Elles comptent ici, une fois."
    ),
    "Heures prévues": "Les heures d’accueil de l’emploi du temps, avant les absences.",
    "Heures tenues": "Un conseiller était là, remplaçant compris. C’est ce que la clé partage.",
    "Heures perdues": "Prévues et non tenues : absence, lieu fermé, jour férié ou autre.",
    "Heures utilisées": "Le temps des rendez-vous honorés et des ateliers.",
    "Heures libres": "Tenues et sans personne : créneau vide ou personne absente.",
    "Tenues avec trajet": "Les heures tenues, et le trajet noté dans les relevés.",
    "Tenues avec préparation": "Les heures tenues, et la préparation notée dans les relevés.",
    "Tenues avec trajet et préparation": (
        "Les heures tenues, le trajet et la préparation notés dans les relevés."
    ),
    "Part": "Les heures tenues dans la commune, sur toutes les heures tenues dans les communes.",
    "Clé": (
        "La part que la clé de répartition du temps donne à la commune. Chaque heure est partagée "
        "par la clé de son jour."
    ),
    "Écart en points": "La part, moins la clé. « À corriger » : au-delà de l’écart accepté.",
    "Écart en heures": "Les heures tenues, moins celles que la clé donne.",
    "Écart depuis janvier": "Le même écart, compté depuis janvier.",
    "Part prévue à la fin": (
        "La part à la fin du semestre, si tout ce qui est prévu est tenu. Les visites à venir "
        "n’ont pas encore de commune."
    ),
    "Écart prévu": "La part prévue à la fin, moins la clé, en points.",
    "Part du coût": "Ce que la commune paie du coût de la période, par la clé du coût.",
    "Valeur du temps reçu": (
        "Le coût de la période, partagé entre les communes selon les heures tenues."
    ),
    "Montant": "La part du coût de la période, par la clé du coût. Le total fait le coût entier.",
    "Commune de résidence": (
        "Où vivent les personnes reçues, d’après leur rendez-vous ou le relevé. Une personne venue "
        "2 fois compte 2 fois."
    ),
}
PUBLICS = {
    Family.AGE: "L’âge des personnes reçues, dit par le conseiller au relevé.",
    Family.GENDER: "Le genre des personnes reçues, dit par le conseiller au relevé.",
    Family.STATUS: "La situation des personnes reçues : retraite, emploi, études.",
    Family.THEME: "Ce dont il a été question. Une personne compte dans chaque thème abordé.",
    Family.PROCEDURE: (
        "Les démarches, quand le thème est « Aide aux démarches administratives ». Une personne "
        "compte dans chacune."
    ),
    Family.DEVICE: "Le matériel utilisé pendant l’activité.",
    Family.RESULT: "Où en est la demande à la fin : réglée, en partie, pas réglée, ou orientée.",
    Family.AUTONOMY: "Ce que la personne fait seule, dit par le conseiller. Rendez-vous seulement.",
    Family.REDIRECTION: "Vers quel service la personne a été orientée, quand elle l’a été.",
    Family.ORIGIN: (
        "Comment la personne est venue : Internet, téléphone ou accueil, sans rendez-vous, "
        "ou envoyée par un autre service."
    ),
    Family.DURATION_BAND: "La durée réelle, par activité et non par personne.",
    Family.LEVEL: "Le niveau annoncé de chaque atelier, par atelier.",
}
"""What each table about people counts."""
