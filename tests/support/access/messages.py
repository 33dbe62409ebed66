"""The rights of app/web/messages."""

_HERS = "coordinator=all counsellor=no desk=no referent=no committee=no"
ROWS = f"""
GET  /agents/messages | {_HERS}
GET  /agents/messages/suspendre | {_HERS}
POST /agents/messages/suspendre | {_HERS}
GET  /agents/messages/reprendre | {_HERS}
POST /agents/messages/reprendre | {_HERS}
POST /agents/messages/<message_id>/encore | {_HERS}
GET  /agents/messages/textes | {_HERS}
GET  /agents/messages/textes/<texte> | {_HERS}
POST /agents/messages/textes/<texte> | {_HERS}
POST /agents/messages/textes/<texte>/apercu | {_HERS}
POST /agents/messages/textes/<texte>/origine | {_HERS}
"""
