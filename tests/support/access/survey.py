"""The rights of the staff pages of app/web/survey."""

_TEAM = "coordinator=all counsellor=all desk=all referent=all committee=no"
ROWS = f"""
GET  /agents/avis | {_TEAM}
POST /agents/avis/imprimer | {_TEAM}
GET  /agents/avis/saisie | {_TEAM}
POST /agents/avis/saisie | {_TEAM}
"""
