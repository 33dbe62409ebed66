"""The rights of app/web/administration."""

ROWS = ""
