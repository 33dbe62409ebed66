"""The pages of figures hang here; `__init__` names them all."""

from collections.abc import Callable

from flask import Blueprint

from app.domain.access import Action
from app.web.access import may
from app.web.statistics.definitions import DEFINITIONS
from app.web.statistics.words import hours_words

blueprint = Blueprint("statistics", __name__)
blueprint.add_app_template_filter(hours_words, "duration")
blueprint.add_app_template_filter(DEFINITIONS.__getitem__, "meaning")


@blueprint.context_processor
def what_may_follow() -> dict[str, Callable[[], bool]]:
    """`may_see_keys()` and `may_close()` for the templates."""
    return {
        "may_see_keys": lambda: may(Action.SEE_SHARES),
        "may_edit_keys": lambda: may(Action.EDIT_KEYS),
        "may_close": lambda: may(Action.CLOSE_HALF_YEAR),
    }
