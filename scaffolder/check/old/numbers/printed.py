"""Numbers as documents print them, beside the numbers that reports hold."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from scaffolder.check.engine.snapshot import Snapshot

_NUMBER = re.compile(r"[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][-+]?\d{1,3})?(?:\s?%)?")


def first_number(text: str) -> str | None:
    """The first number in `text`, as it is printed."""
    match = _NUMBER.search(text)
    return match[0] if match else None


def as_decimal(printed: str) -> Decimal | None:
    """What a printed number stands for; a percentage is a share."""
    bare = printed.replace(",", "").replace("−", "-").strip()
    try:
        value = Decimal(bare.rstrip("% "))
    except InvalidOperation:
        return None
    return value.scaleb(-2) if bare.endswith("%") else value


def agrees(printed: str, value: Decimal) -> bool:
    """Whether `printed` is `value`, rounded to as many places as are printed."""
    shown = as_decimal(printed)
    if shown is None or not value.is_finite():
        return False
    exponent = shown.as_tuple().exponent
    step = Decimal(1).scaleb(int(exponent))
    return abs(shown - value) * 2 <= step


def read_json(snapshot: Snapshot, path: str) -> Any:
    """The content of a JSON file with exact numbers; None if it is absent or does not parse, which a note says."""
    text = snapshot.text(path)
    try:
        return json.loads(text, parse_float=Decimal, parse_int=Decimal) if text is not None else None
    except (ValueError, RecursionError, InvalidOperation) as error:
        snapshot.note(f"{path} is not JSON: {error}")
        return None


def dictionaries(value: Any) -> list[dict[str, Any]]:
    """The dictionaries in a list; nothing of anything else."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
