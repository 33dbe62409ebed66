"""The rights of app/web/agenda."""

_TEAM = "coordinator=all counsellor=all desk=all referent=all committee=no"
_OWN_PEOPLE = "coordinator=all counsellor=all desk=own referent=own committee=no"
_OWN_AGENDA = "coordinator=no counsellor=own desk=no referent=no committee=no"
_VISIT_ENDED = "coordinator=all counsellor=all desk=no referent=no committee=no"
_OWN_DAY = "coordinator=no counsellor=all desk=no referent=no committee=no"
_CALLS = "coordinator=all counsellor=own desk=own referent=own committee=no"
_NOTES = "coordinator=no counsellor=own desk=own referent=no committee=no"
_HANDING = "coordinator=all counsellor=own desk=no referent=no committee=no"
ROWS = f"""
GET  /agents/aujourdhui | {_TEAM}
GET  /agents/aujourdhui/imprimer | {_TEAM}
POST /agents/aujourdhui/sans-rendez-vous | {_OWN_DAY}
POST /agents/aujourdhui/retard | {_OWN_DAY}
GET  /agents/agenda.csv | {_TEAM}
GET  /agents/rendez-vous/<appointment_id> | {_OWN_PEOPLE}
GET  /agents/rendez-vous/<appointment_id>/imprimer | {_CALLS}
GET  /agents/rendez-vous/<appointment_id>/lettre | {_CALLS}
POST /agents/rendez-vous/<appointment_id>/arrive | {_OWN_AGENDA}
POST /agents/rendez-vous/<appointment_id>/present | {_OWN_AGENDA}
POST /agents/rendez-vous/<appointment_id>/absent | {_OWN_AGENDA}
POST /agents/rendez-vous/<appointment_id>/visite-terminee | {_VISIT_ENDED}
POST /agents/rendez-vous/<appointment_id>/retirer | {_OWN_AGENDA}
POST /agents/rendez-vous/<appointment_id>/note | {_NOTES}
GET  /agents/rendez-vous/<appointment_id>/deplacer | {_OWN_PEOPLE}
GET  /agents/rendez-vous/<appointment_id>/deplacer/verifier | {_OWN_PEOPLE}
POST /agents/rendez-vous/<appointment_id>/deplacer | {_OWN_PEOPLE}
GET  /agents/rendez-vous/<appointment_id>/annuler | {_OWN_PEOPLE}
POST /agents/rendez-vous/<appointment_id>/annuler | {_OWN_PEOPLE}
GET  /agents/rendez-vous/<appointment_id>/confier | {_HANDING}
POST /agents/rendez-vous/<appointment_id>/confier | {_HANDING}
GET  /agents/agenda | {_TEAM}
GET  /agents/a-appeler | {_TEAM}
GET  /agents/a-appeler/imprimer | {_TEAM}
POST /agents/a-appeler/<appointment_id> | {_CALLS}
POST /agents/a-appeler/inscription/<registration_id> | {_CALLS}
POST /agents/a-appeler/places/<places_offer_id> | {_CALLS}
"""
