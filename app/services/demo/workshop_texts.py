"""The kinds of workshops of the demo: what people read of them (product §17)."""

from dataclasses import dataclass

from app.domain.workshops import Level


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of workshop; texts in French and in English."""

    code: str
    title: tuple[str, str]
    content: tuple[str, str]
    bring: tuple[str, str]
    level: Level
    themes: tuple[str, ...]
    prerequisites: tuple[str, str] = ("", "")


PHONE = ("Votre téléphone et son chargeur.", "Your phone and its charger.")
COMPUTER = ("Votre ordinateur portable, si vous en avez un.", "Your laptop, if you have one.")
KINDS = (
    Kind(
        "smartphone",
        ("Débuter avec le smartphone", "First steps with a smartphone"),
        (
            "Vous apprenez les gestes de base : appeler, écrire un message, ajouter un contact.",
            "You learn the basics: calling, writing a message, adding a contact.",
        ),
        PHONE,
        Level.BEGINNER,
        ("prendre_en_main_du_materiel",),
    ),
    Kind(
        "mots-de-passe",
        ("Mots de passe et arnaques", "Passwords and scams"),
        (
            "Vous apprenez à choisir un mot de passe et à reconnaître un faux message.",
            "You learn to choose a password and to spot a fake message.",
        ),
        PHONE,
        Level.BEGINNER,
        ("securite_numerique",),
    ),
    Kind(
        "photos",
        ("Photos : ranger, sauvegarder, partager", "Photos: sort, save, share"),
        (
            "Vous rangez vos photos et vous les envoyez à vos proches.",
            "You sort your photos and send them to your family.",
        ),
        PHONE,
        Level.INTERMEDIATE,
        ("gere_ses_contenus_numeriques",),
        ("Savoir ouvrir une application.", "Knowing how to open an app."),
    ),
    Kind(
        "ordinateur",
        ("Débuter avec l’ordinateur", "First steps with a computer"),
        (
            "En quatre dates : la souris, le clavier, les fichiers, Internet.",
            "In four dates: the mouse, the keyboard, files, the Internet.",
        ),
        COMPUTER,
        Level.BEGINNER,
        ("prendre_en_main_du_materiel", "navigation_sur_internet"),
    ),
    Kind(
        "appels-video",
        ("WhatsApp et appels vidéo", "WhatsApp and video calls"),
        (
            "Vous appelez un proche et vous le voyez.",
            "You call somebody close to you, and see them.",
        ),
        PHONE,
        Level.INTERMEDIATE,
        ("reseaux_sociaux",),
    ),
    Kind(
        "sante-en-ligne",
        ("Mon espace santé et Doctolib", "Online health services"),
        (
            "Vous prenez un rendez-vous médical et vous retrouvez vos documents.",
            "You book a medical appointment and find your documents.",
        ),
        PHONE,
        Level.ADVANCED,
        ("sante",),
        ("Savoir aller sur Internet.", "Knowing how to browse the Internet."),
    ),
)
