"""The rights of app/web/agenda."""

ROWS = ""
