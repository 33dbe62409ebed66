"""The rights of app/web/waiting for the team: as those of « À appeler »."""

_TEAM = "coordinator=all counsellor=all desk=all referent=all committee=no"
_CALLS = "coordinator=all counsellor=own desk=own referent=own committee=no"
_OWN_PEOPLE = "coordinator=all counsellor=all desk=own referent=own committee=no"
ROWS = f"""
GET  /agents/liste-attente | {_TEAM}
POST /agents/liste-attente/<entry_id>/retirer | {_CALLS}
POST /agents/rendez-vous/<appointment_id>/plus-tot | {_OWN_PEOPLE}
POST /agents/a-appeler/offre/<offer_id> | {_CALLS}
"""
