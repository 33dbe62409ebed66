"""The rights of app/web/statistics: what a board shows of whom is tested with its pages."""

_HERS = "coordinator=all counsellor=no desk=no referent=no committee=no"
_ALL = "coordinator=all counsellor=all desk=all referent=all committee=all"
_SHARES = "coordinator=all counsellor=no desk=no referent=all committee=all"
ROWS = f"""
GET  /agents/statistiques | {_ALL}
GET  /agents/statistiques/cles | {_SHARES}
GET  /agents/statistiques/cles/nouvelle | {_HERS}
POST /agents/statistiques/cles/nouvelle | {_HERS}
POST /agents/statistiques/cles/retirer | {_HERS}
GET  /agents/statistiques/cloture | {_HERS}
POST /agents/statistiques/cloture | {_HERS}
"""
