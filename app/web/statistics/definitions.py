"""What each figure means, in the words of the report (statistics §2, §4.4)."""

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
    "Rattrapage": (
        "Les activités d’un semestre déjà clos, dites plus tard. Elles comptent ici, une fois."
    ),
    "Heures prévues": "Les heures d’accueil de l’emploi du temps, avant les absences.",
    "Heures tenues": "Un conseiller était là, remplaçant compris. C’est ce que la clé partage.",
    "Heures perdues": "Prévues et non tenues : absence, lieu fermé, jour férié ou autre.",
    "Heures utilisées": "Le temps des rendez-vous honorés et des ateliers.",
    "Heures libres": "Tenues et sans personne : créneau vide ou personne absente.",
}
