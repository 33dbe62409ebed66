"""What a browser calls itself, short enough to recognise one's own: « Firefox, Windows »."""

BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device_name(user_agent: str) -> str:
    """Never the whole header: it is as good as a fingerprint."""
    browser = _first(BROWSERS, user_agent) or "Navigateur"
    system = _first(SYSTEMS, user_agent)
    return f"{browser}, {system}" if system else browser


def _first(names: tuple[tuple[str, str], ...], user_agent: str) -> str | None:
    return next((said for sign, said in names if sign in user_agent), None)
