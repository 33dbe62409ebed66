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
GET  /agents/reglages | {_HERS}
GET  /agents/reglages/communes/<commune_id> | {_HERS}
POST /agents/reglages/communes/<commune_id> | {_HERS}
GET  /agents/reglages/trajets/<commune_id> | {_HERS}
POST /agents/reglages/trajets/<commune_id> | {_HERS}
GET  /agents/reglages/lieux/nouveau | {_HERS}
POST /agents/reglages/lieux/nouveau | {_HERS}
GET  /agents/reglages/lieux/<venue_id> | {_HERS}
POST /agents/reglages/lieux/<venue_id> | {_HERS}
GET  /agents/reglages/besoins/<topic_id> | {_HERS}
POST /agents/reglages/besoins/<topic_id> | {_HERS}
GET  /agents/reglages/service | {_HERS}
POST /agents/reglages/service | {_HERS}
GET  /agents/reglages/textes | {_HERS}
POST /agents/reglages/textes | {_HERS}
GET  /agents/reglages/delais | {_HERS}
POST /agents/reglages/delais | {_HERS}
GET  /agents/journal | {_HERS}
GET  /agents/journal.csv | {_HERS}
"""
