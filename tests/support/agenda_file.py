"""The file of somebody's own agenda, written by hand as strangers write it."""

HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Essai//FR\r\n"
TAIL = "END:VCALENDAR\r\n"


def agenda(*events: str) -> bytes:
    """A calendar with these events in it."""
    return f"{HEAD}{''.join(events)}{TAIL}".encode()


def taken(start: str, end: str | None = None, *lines: str, uid: str = "1@ailleurs") -> str:
    """An event, « 20261124T090000Z »; lines of its own beside."""
    ends = [f"DTEND:{end}"] if end else []
    told = [f"UID:{uid}", "DTSTAMP:20260101T000000Z", f"DTSTART:{start}", *ends, *lines]
    return "\r\n".join(["BEGIN:VEVENT", *told, "END:VEVENT", ""])


HOSTILE = {
    "secondly": agenda(taken("20200101T000000Z", None, "RRULE:FREQ=SECONDLY")),
    "secondly with an end": agenda(
        taken("20200101T000000Z", None, "RRULE:FREQ=SECONDLY;COUNT=999999999")
    ),
    "minutely": agenda(taken("20200101T000000Z", None, "RRULE:FREQ=minutely;INTERVAL=1")),
    "hourly for ever": agenda(taken("20200101T000000Z", None, "RRULE:FREQ=HOURLY")),
    "excluded every second": agenda(
        taken("20200101T000000Z", None, "RRULE:FREQ=DAILY", "EXRULE:FREQ=SECONDLY")
    ),
}
"""What comes back too often: refused before anything is worked out."""
EVERY_SECOND_OF_THE_DAY = agenda(
    taken(
        "20200101T000000Z", None,
        "RRULE:FREQ=DAILY;BYHOUR={};BYMINUTE={};BYSECOND={}".format(
            ",".join(map(str, range(24))), *[",".join(map(str, range(60)))] * 2
        ),
    )
)  # fmt: skip
"""« Daily », in 86,400 pieces: only the limits of its process stop it."""
