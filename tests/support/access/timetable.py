"""The rights of app/web/timetable."""

_TEAM = "coordinator=all counsellor=all desk=all referent=all committee=no"
_PLANS = "coordinator=all counsellor=all desk=no referent=no committee=no"
_OWN = "coordinator=all counsellor=own desk=no referent=no committee=no"
_CLOSES = "coordinator=all counsellor=no desk=no referent=no committee=no"
ROWS = f"""
GET  /agents/absences | {_TEAM}
GET  /agents/absences/nouvelle | {_PLANS}
POST /agents/absences/apercu | {_PLANS}
POST /agents/absences/enregistrer | {_PLANS}
POST /agents/absences/<absence_id>/retrait/apercu | {_OWN}
POST /agents/absences/<absence_id>/retrait | {_OWN}
GET  /agents/fermetures | {_TEAM}
GET  /agents/fermetures/nouvelle | {_CLOSES}
POST /agents/fermetures/apercu | {_CLOSES}
POST /agents/fermetures/enregistrer | {_CLOSES}
POST /agents/fermetures/<closure_id>/retrait/apercu | {_CLOSES}
POST /agents/fermetures/<closure_id>/retrait | {_CLOSES}
GET  /agents/horaires | {_TEAM}
GET  /agents/horaires/nouveau | {_PLANS}
GET  /agents/horaires/plage/<rule_id> | {_OWN}
POST /agents/horaires/apercu | {_PLANS}
POST /agents/horaires/enregistrer | {_PLANS}
GET  /agents/horaires/plage/<rule_id>/dates | {_OWN}
POST /agents/horaires/plage/<rule_id>/dates/apercu | {_OWN}
POST /agents/horaires/plage/<rule_id>/dates/enregistrer | {_OWN}
GET  /agents/horaires/changement/<change_id> | {_OWN}
POST /agents/horaires/changement/<change_id>/annulation | {_OWN}
GET  /agents/a-replacer | {_PLANS}
POST /agents/a-replacer/<appointment_id> | {_OWN}
"""
