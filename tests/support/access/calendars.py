"""The rights of app/web/calendars."""

FOR_ALL = """
GET  /agendas/<token>.ics
"""
_TEAM = "coordinator=all counsellor=all desk=all referent=all committee=no"
_PLANNERS = "coordinator=all counsellor=own desk=no referent=no committee=no"
ROWS = f"""
GET  /agents/mon-compte/agendas | {_TEAM}
GET  /agents/agendas | {_TEAM}
GET  /agents/agendas/nouveau | {_TEAM}
POST /agents/agendas/nouveau | {_TEAM}
POST /agents/agendas/arret | {_TEAM}
GET  /agents/agenda/semaine.ics | {_TEAM}
GET  /agents/agendas/personnel/<counsellor_id> | {_PLANNERS}
POST /agents/agendas/personnel/<counsellor_id> | {_PLANNERS}
POST /agents/agendas/personnel/<counsellor_id>/retrait | {_PLANNERS}
"""
"""Whose feed a form stops is in its fields: tests/web/test_calendars.py tries foreign ones."""
