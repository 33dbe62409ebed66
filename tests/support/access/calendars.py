"""The rights of app/web/calendars."""

ROWS = ""
