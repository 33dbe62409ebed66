"""The rights of app/web/timetable."""

ROWS = ""
