"""Globs of paths as one regular expression that cannot take long."""

from __future__ import annotations

import re
from functools import lru_cache


@lru_cache(maxsize=512)
def matching(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """The expression of the paths that match one of the globs: `*` inside a name, `**/` any folders; in any case."""
    return re.compile("|".join(map(_expression, patterns)), re.IGNORECASE | re.DOTALL)


def _expression(pattern: str) -> str:
    """The regular expression of a glob. It cannot backtrack for long: `*` is atomic, at most three `**/` count."""
    everything = f"{pattern}/*" if pattern == "**" or pattern.endswith("/**") else pattern
    head, *rest = re.split(r"\*\*/", everything, maxsplit=3)
    parts = [_segment(part) for part in (head, *rest)]
    return r"(?:[^/]+/)*".join(parts) + r"\Z"


def _segment(glob: str) -> str:
    """The expression of a glob without `**/`: each `*` takes as little as reaches the literal text after it."""
    first, *rest = (re.escape(part).replace(r"\?", "[^/]") for part in re.split(r"\*+", glob))
    middle = "".join(f"(?>[^/]*?{part})" for part in rest[:-1])
    last = f"[^/]*{rest[-1]}" if rest else ""
    return first + middle + last
