"""Signing in and one's own account."""

FOR_ALL = """
GET  /agents/connexion
POST /agents/connexion
GET  /agents/connexion/code
POST /agents/connexion/code
GET  /agents/temps-restant
GET  /agents/mot-de-passe-oublie
POST /agents/mot-de-passe-oublie
GET  /agents/mot-de-passe/<token>
POST /agents/mot-de-passe/<token>
"""
_EVERYBODY = "coordinator=all counsellor=all desk=all referent=all committee=all"
ROWS = f"""
GET  /agents | {_EVERYBODY}
POST /agents/deconnexion | {_EVERYBODY}
POST /agents/encore-la | {_EVERYBODY}
GET  /agents/mon-compte | {_EVERYBODY}
GET  /agents/mon-compte/mot-de-passe | {_EVERYBODY}
POST /agents/mon-compte/mot-de-passe | {_EVERYBODY}
GET  /agents/mon-compte/adresse | {_EVERYBODY}
POST /agents/mon-compte/adresse | {_EVERYBODY}
GET  /agents/mon-compte/double-verification | {_EVERYBODY}
POST /agents/mon-compte/double-verification | {_EVERYBODY}
POST /agents/mon-compte/double-verification/arret | {_EVERYBODY}
POST /agents/mon-compte/deconnecter/<session_id> | {_EVERYBODY}
POST /agents/mon-compte/tout-deconnecter | {_EVERYBODY}
"""
