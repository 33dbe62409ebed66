"""What a clerk reads aloud: hours and digits in words, as one says them on the telephone."""

from datetime import time

_SMALL = (
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
    "douze", "treize", "quatorze", "quinze", "seize",
)  # fmt: skip
_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante"}
_AT_THE = {
    "mairie": "à la ", "maison": "à la ", "médiathèque": "à la ", "bibliothèque": "à la ",
    "salle": "à la ", "poste": "à la ", "centre": "au ", "foyer": "au ", "pôle": "au ",
    "local": "au ", "espace": "à l’", "hôtel": "à l’", "école": "à l’", "agence": "à l’",
}  # fmt: skip


def spoken_number(number: int) -> str:
    """From 0 to 59: « vingt et un », « quarante-cinq »."""
    if number < len(_SMALL):
        return _SMALL[number]
    if number < 20:
        return f"dix-{_SMALL[number - 10]}"
    tens, rest = _TENS[number // 10], number % 10
    if rest == 0:
        return tens
    return f"{tens} et un" if rest == 1 else f"{tens}-{_SMALL[rest]}"


def spoken_clock(wall: time) -> str:
    """« dix heures », « neuf heures trente », « midi quinze », « vingt et une heures »."""
    minutes = f" {spoken_number(wall.minute)}" if wall.minute else ""
    if wall.hour in (0, 12):
        return ("midi" if wall.hour else "minuit") + minutes
    hours = spoken_number(wall.hour)
    hours = f"{hours}e" if hours.endswith("un") else hours
    return f"{hours} heure{'s' if wall.hour > 1 else ''}{minutes}"


def spoken_reference(reference: int) -> str:
    """Six digits in two groups: « quatre, huit, deux — neuf, un, trois »."""
    digits = [_SMALL[int(digit)] for digit in str(reference)]
    return f"{', '.join(digits[:3])} — {', '.join(digits[3:])}"


def at_the_place(name: str) -> str:
    """« à la mairie de Breuillet », « au centre social »; else « à : Les Tilleuls »."""
    first = name.split(maxsplit=1)[0].casefold() if name.strip() else ""
    article = _AT_THE.get(first)
    return f"{article}{name[:1].lower()}{name[1:]}" if article else f"à : {name}"


def in_the_middle(text: str) -> str:
    """« L’appareil » goes on as « l’appareil », but « CV » stays « CV »."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
