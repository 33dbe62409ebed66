"""The rights of app/web/attendance."""

_OWN_DAY = "coordinator=no counsellor=all desk=no referent=no committee=no"
_OWN_AGENDA = "coordinator=no counsellor=own desk=no referent=no committee=no"
_MONTH = "coordinator=all counsellor=all desk=no referent=no committee=no"
_LINES = "coordinator=all counsellor=own desk=no referent=no committee=no"
ROWS = f"""
GET  /agents/frequentation | {_MONTH}
GET  /agents/rendez-vous/<appointment_id>/releve | {_OWN_AGENDA}
POST /agents/rendez-vous/<appointment_id>/releve | {_OWN_AGENDA}
GET  /agents/rendez-vous/<appointment_id>/releve/retirer | {_OWN_AGENDA}
POST /agents/rendez-vous/<appointment_id>/releve/retirer | {_OWN_AGENDA}
GET  /agents/frequentation/demi-journee | {_OWN_DAY}
POST /agents/frequentation/demi-journee | {_OWN_DAY}
GET  /agents/frequentation/releves | {_MONTH}
GET  /agents/frequentation/releves.csv | {_MONTH}
GET  /agents/frequentation/releves/<line_id> | {_LINES}
POST /agents/frequentation/releves/<line_id>/saisi | {_LINES}
GET  /agents/frequentation/releves/<line_id>/corriger | {_LINES}
POST /agents/frequentation/releves/<line_id>/corriger | {_LINES}
GET  /agents/frequentation/releves/<line_id>/dupliquer | {_LINES}
POST /agents/frequentation/releves/<line_id>/dupliquer | {_LINES}
GET  /agents/frequentation/releves/<line_id>/supprimer | {_LINES}
POST /agents/frequentation/releves/<line_id>/supprimer | {_LINES}
GET  /agents/frequentation/atelier/<workshop_session_id> | {_OWN_AGENDA}
POST /agents/frequentation/atelier/<workshop_session_id> | {_OWN_AGENDA}
POST /agents/frequentation/atelier/<workshop_session_id>/personne | {_OWN_AGENDA}
POST /agents/frequentation/atelier/<workshop_session_id>/quelqu-un | {_OWN_AGENDA}
"""
