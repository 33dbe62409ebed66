"""The rights of app/web/desk: whoever books; whose appointment it was is asked at the end."""

_TEAM = "coordinator=all counsellor=all desk=all referent=all committee=no"
_OWN = "coordinator=all counsellor=own desk=own referent=own committee=no"
ROWS = f"""
GET  /agents/telephone | {_TEAM}
POST /agents/telephone | {_TEAM}
POST /agents/telephone/chercher | {_TEAM}
POST /agents/telephone/liste-attente | {_TEAM}
POST /agents/telephone/personnes | {_TEAM}
POST /agents/telephone/heures | {_TEAM}
GET  /agents/telephone/fait/<appointment_id> | {_OWN}
GET  /agents/telephone/atelier | {_TEAM}
POST /agents/telephone/atelier | {_TEAM}
POST /agents/telephone/atelier/chercher | {_TEAM}
GET  /agents/inscriptions/<registration_id> | {_OWN}
POST /agents/inscriptions/<registration_id>/annuler | {_OWN}
POST /agents/inscriptions/<registration_id>/seul | {_OWN}
POST /agents/inscriptions/<registration_id>/excuser | {_OWN}
"""
