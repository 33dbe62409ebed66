"""The rights of app/web/programme."""

_SEES = "coordinator=all counsellor=all desk=all referent=all committee=no"
_SEES_HERS = "coordinator=all counsellor=all desk=own referent=own committee=no"
_PLANS = "coordinator=all counsellor=all desk=no referent=no committee=no"
_OWN = "coordinator=all counsellor=own desk=no referent=no committee=no"
_WRITES = "coordinator=all counsellor=no desk=no referent=no committee=no"
ROWS = f"""
GET  /agents/ateliers | {_SEES}
GET  /agents/ateliers/nouveau | {_PLANS}
POST /agents/ateliers/verifier | {_PLANS}
POST /agents/ateliers/enregistrer | {_PLANS}
GET  /agents/ateliers/modeles | {_PLANS}
GET  /agents/ateliers/modeles/nouveau | {_WRITES}
POST /agents/ateliers/modeles/nouveau | {_WRITES}
GET  /agents/ateliers/modeles/<template_id> | {_WRITES}
POST /agents/ateliers/modeles/<template_id> | {_WRITES}
POST /agents/ateliers/modeles/<template_id>/retrait | {_WRITES}
GET  /agents/ateliers/reprendre | {_PLANS}
POST /agents/ateliers/reprendre/verifier | {_PLANS}
POST /agents/ateliers/reprendre/enregistrer | {_PLANS}
GET  /agents/ateliers/<workshop_id> | {_SEES_HERS}
POST /agents/ateliers/<workshop_id>/maintien | {_OWN}
GET  /agents/ateliers/<workshop_id>/modifier | {_OWN}
POST /agents/ateliers/<workshop_id>/modifier | {_OWN}
GET  /agents/ateliers/<workshop_id>/dates/<date_id> | {_OWN}
POST /agents/ateliers/<workshop_id>/dates/<date_id>/apercu | {_OWN}
POST /agents/ateliers/<workshop_id>/dates/<date_id>/enregistrer | {_OWN}
GET  /agents/ateliers/<workshop_id>/annuler | {_OWN}
POST /agents/ateliers/<workshop_id>/annulation | {_OWN}
"""
