"""What is asked of the database while a block runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from tests.support.stage import Stage


@contextmanager
def counted_queries(stage: Stage) -> Iterator[list[str]]:
    said: list[str] = []

    def note(*given: Any) -> None:
        said.append(given[2])

    engine = stage.session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)
