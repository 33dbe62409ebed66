"""A file that is loaded while somebody reads: what is read is the old picture or the new one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, select
from sqlalchemy.orm import Session

from app.domain.errors import DatabaseUnavailable
from app.models import Base
from app.models.places import Commune, Territory, Topic, Venue
from app.models.schedule import Availability
from app.services.catalogue import TRIES, Catalogue, read_catalogue
from app.services.slots import load_facts
from tests.support.databases import forget_pictures
from tests.support.stage import Stage
from tests.support.stage_plan import NOW

PARTS = ("name", "communes", "venues", "topics", "settings", "timetable")
MOST_READS = 20


def change_everything(session: Session) -> None:
    """As a loaded file does, in one commit: a limit, a need, and a rule at a new venue."""
    territory = session.scalars(select(Territory)).one()
    territory.revision += 1
    number = territory.revision
    territory.settings = territory.settings | {"upcoming_limit": number}
    session.scalars(select(Topic).order_by(Topic.id)).first().minutes += 15
    session.scalars(select(Commune).order_by(Commune.id)).first().name = f"Amont {number}"
    new = {"slug": f"neuve-{number}", "position": 100 + number}
    commune = another(session, Commune, insee_code=f"17{number}", **new)
    venue = another(session, Venue, commune_id=commune.id, **new)
    rules = session.scalars(select(Availability).order_by(Availability.id)).all()
    rules[0].commune_slugs = [commune.slug]
    another(session, Availability, code=f"neuve-{number}", venue_id=venue.id)
    session.commit()


def another(session: Session, model: type[Base], **changes: Any) -> Any:
    """The first row again, with some columns changed."""
    first = session.scalars(select(model).order_by(model.id)).first()
    columns = {column.name for column in model.__table__.columns} - {"id"}
    made = model(**{name: getattr(first, name) for name in columns} | changes)
    session.add(made)
    session.flush()
    return made


@contextmanager
def before_read(engine: Engine, rank: int, act: Callable[[], None]) -> Iterator[list[int]]:
    """Let somebody else act once, just before the read of that rank; yields when it happened."""
    happened: list[int] = []
    reads: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if happened or not statement.lstrip().startswith("SELECT"):
            return
        reads.append(statement)
        if len(reads) == rank + 1:
            happened.append(rank)
            act()

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield happened
    finally:
        event.remove(engine, "before_cursor_execute", note)


def picture(found: Catalogue) -> dict[str, object]:
    return {part: getattr(found, part) for part in PARTS}


def read_anew(session: Session) -> Catalogue:
    session.rollback()
    forget_pictures()
    return read_catalogue(session)


def test_a_reader_never_mixes_two_pictures(stage: Stage, engine: Engine) -> None:
    """Whichever of its reads the change comes before, and whatever the session has met before."""

    def change() -> None:
        with Session(engine) as theirs:
            change_everything(theirs)

    met = stage.session.scalars(select(Commune)).all()
    ranks = 0
    for rank in range(MOST_READS):
        before = picture(read_anew(stage.session))
        stage.session.rollback()
        forget_pictures()
        with before_read(engine, rank, change) as happened:
            found = read_catalogue(stage.session)
            load_facts(stage.session, found, now=NOW)
        assert picture(found) in (before, picture(read_anew(stage.session))), rank
        if not happened:
            break
        ranks += 1
    assert ranks > len(PARTS)
    assert met


def test_who_meets_a_change_at_each_try_comes_back_later(stage: Stage, engine: Engine) -> None:
    """SQLite reads as of one instant, so that nobody there ever meets one."""
    changes = iter(range(TRIES))

    def change_again(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
        is_reader = connection is reader
        if is_reader and "FROM availability" in statement and next(changes, None) is not None:
            with Session(engine) as theirs:
                change_everything(theirs)

    stage.session.rollback()
    forget_pictures()
    reader = stage.session.connection()
    event.listen(engine, "before_cursor_execute", change_again)
    if engine.dialect.name == "sqlite":
        assert read_catalogue(stage.session).topics
    else:
        with pytest.raises(DatabaseUnavailable):
            read_catalogue(stage.session)
    event.remove(engine, "before_cursor_execute", change_again)
    assert read_anew(stage.session).topics
