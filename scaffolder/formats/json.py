"""Reads JSON, safely on hostile text: values are not nested too deep, and can be written as UTF-8."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

MAX_DEPTH = 50


class JsonError(ValueError):
    """A text that is not JSON, or not such as a person would write; the message says why."""


def load_json(text: str | bytes) -> Any:
    """The value of a JSON document; raises `JsonError`."""
    try:
        value = json.loads(text)
        _check_depth(value, MAX_DEPTH)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeError:
        raise JsonError("a character that UTF-8 cannot encode") from None
    except RecursionError:
        raise JsonError(f"more than {MAX_DEPTH} levels") from None
    except JsonError:
        raise
    except ValueError as error:
        raise JsonError(str(error)) from None
    return value


def as_json(value: Any) -> Any:
    """`value`, read from TOML or YAML, as JSON would have it: exact numbers become floats, dates become texts."""
    return load_json(
        json.dumps(value, default=lambda other: float(other) if isinstance(other, Decimal) else str(other))
    )


def _check_depth(value: Any, left: int) -> None:
    if left < 0:
        raise JsonError(f"more than {MAX_DEPTH} levels")
    for child in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        _check_depth(child, left - 1)
