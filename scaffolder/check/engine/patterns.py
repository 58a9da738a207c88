"""Regular expressions that are compiled when they are first used: one repository needs few of all that there are."""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def pattern(expression: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """The pattern as of `re.compile`, for modules with many that one repository seldom needs."""
    return cast("re.Pattern[AnyStr]", _Pattern(expression, flags))


class _Pattern:
    """A pattern that has the methods of the compiled one once somebody asks for the first of them."""

    def __init__(self, expression: Any, flags: int) -> None:
        self._given = expression, flags

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._given)
        for each in ("match", "fullmatch", "search", "sub", "split", "findall", "finditer"):
            setattr(self, each, getattr(compiled, each))
        return getattr(compiled, name)
