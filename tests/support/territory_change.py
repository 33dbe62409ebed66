"""Changing a loaded territory, so that every process notices at its next request."""

from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.models.places import Territory
from tests.support.databases import Database


def change(database: Database, statement: Any) -> None:
    """Change the territory as an operator would, and let every process notice."""
    engine = database.engine()
    with Session(engine) as session:
        session.execute(statement)
        session.execute(update(Territory).values(revision=Territory.revision + 1))
        session.commit()
    engine.dispose()
