"""The rights of app/web/people."""

ROWS = ""
