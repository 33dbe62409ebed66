"""The rights of app/web/people."""

_ASKED = "coordinator=no counsellor=no desk=no referent=own committee=no"
_SEEN = "coordinator=all counsellor=own desk=own referent=own committee=no"
_CORRECTED = "coordinator=all counsellor=own desk=own referent=no committee=no"
_HELD = "coordinator=all counsellor=no desk=no referent=no committee=no"
_FOUND = "coordinator=all counsellor=all desk=all referent=all committee=no"
ROWS = f"""
GET  /agents/personnes | {_FOUND}
POST /agents/personnes | {_FOUND}
GET  /agents/personnes/<resident_id> | {_SEEN}
GET  /agents/personnes/<resident_id>/corriger | {_CORRECTED}
POST /agents/personnes/<resident_id>/corriger | {_CORRECTED}
POST /agents/personnes/<resident_id>/messages | {_CORRECTED}
POST /agents/personnes/<resident_id>/stop | {_CORRECTED}
POST /agents/personnes/<resident_id>/distincte | {_CORRECTED}
GET  /agents/personnes/<resident_id>/rapprocher | {_CORRECTED}
POST /agents/personnes/<resident_id>/rapprocher | {_CORRECTED}
POST /agents/personnes/<resident_id>/demande-acces | {_ASKED}
POST /agents/personnes/<resident_id>/demande-effacement | {_ASKED}
POST /agents/personnes/<resident_id>/demande-effacement/classer | {_HELD}
GET  /agents/personnes/<resident_id>/donnees | {_HELD}
GET  /agents/personnes/<resident_id>/donnees.json | {_HELD}
GET  /agents/personnes/<resident_id>/effacer | {_HELD}
POST /agents/personnes/<resident_id>/effacer | {_HELD}
"""
