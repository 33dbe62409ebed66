"""Leave out of the measure of coverage what runs no line of ours: it costs as much as the rest."""

import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Result = TypeVar("Result")


def untraced(function: Callable[Given, Result]) -> Callable[Given, Result]:
    """The same function, unseen by coverage: an HTML parser calls itself a million times."""

    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        tracer = sys.gettrace()
        sys.settrace(None)
        try:
            return function(*args, **kwargs)
        finally:
            sys.settrace(tracer)

    return run
