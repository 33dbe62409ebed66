"""The rights of app/web/desk."""

ROWS = ""
