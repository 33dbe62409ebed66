"""The rights of app/web/administration."""

_HERS = "coordinator=all counsellor=no desk=no referent=no committee=no"
ROWS = f"""
GET  /agents/equipe | {_HERS}
GET  /agents/equipe/nouveau | {_HERS}
POST /agents/equipe/nouveau | {_HERS}
GET  /agents/equipe/<user_id> | {_HERS}
POST /agents/equipe/<user_id> | {_HERS}
POST /agents/equipe/<user_id>/lien | {_HERS}
POST /agents/equipe/<user_id>/sans-code | {_HERS}
POST /agents/equipe/<user_id>/fermer | {_HERS}
POST /agents/equipe/<user_id>/rouvrir | {_HERS}
GET  /agents/journal | {_HERS}
GET  /agents/journal.csv | {_HERS}
"""
