"""Globs of paths as regular expressions that cannot take long."""

from __future__ import annotations

import re
from functools import lru_cache

_SIGN = re.compile(r"\*+|\?|\[([!^]?)((?:(?!--)[^][\\/&|~!^])+)\]|\\(.)|[^*?\\[]+|.", re.DOTALL)


@lru_cache(maxsize=512)
def matching(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """The expression of the paths that match one of the globs, in any case."""
    return re.compile("|".join(map(expression, patterns)), re.IGNORECASE | re.DOTALL)


def expression(pattern: str) -> str:
    """The regular expression of a glob: `*`, `?` and `[a-z]` stand for signs inside a name, `**/` for any folders.

    It cannot backtrack for long: `*` is atomic, at most three `**/` count.
    """
    everything = f"{pattern}/*" if pattern == "**" or pattern.endswith("/**") else pattern
    head, *rest = re.split(r"\*\*/", everything, maxsplit=3)
    parts = [_segment(part) for part in (head, *rest)]
    return r"(?:[^/]+/)*".join(parts) + r"\Z"


def _segment(glob: str) -> str:
    """The expression of a glob without `**/`: each `*` takes as little as reaches the literal text after it."""
    parts = [""]
    for sign in _SIGN.finditer(glob):
        if sign[0].startswith("*"):
            parts.append("")
        else:
            parts[-1] += _literal(sign)
    first, *rest = parts
    middle = "".join(f"(?>[^/]*?{part})" for part in rest[:-1])
    last = f"[^/]*{rest[-1]}" if rest else ""
    return first + middle + last


def _literal(sign: re.Match[str]) -> str:
    if sign[0] == "?":
        return "[^/]"
    if sign[2]:
        return f"[^/{sign[2]}]" if sign[1] else f"(?!/)[{sign[2]}]"
    return re.escape(sign[3] or sign[0])
