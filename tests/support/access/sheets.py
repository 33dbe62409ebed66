"""The rights of app/web/sheets: whoever holds the workshop, and the coordination."""

_KEPT = "coordinator=all counsellor=own desk=no referent=no committee=no"
_SHEET = "/agents/ateliers/<workshop_id>/presence/<date_id>"
ROWS = f"""
GET  {_SHEET} | {_KEPT}
GET  {_SHEET}/imprimer | {_KEPT}
POST {_SHEET}/venu | {_KEPT}
POST {_SHEET}/sans-inscription | {_KEPT}
POST {_SHEET}/prets | {_KEPT}
POST {_SHEET}/clore | {_KEPT}
POST {_SHEET}/rouvrir | {_KEPT}
"""
