"""Reads TOML, safely on hostile text, and writes values of it.

The memory of `tomllib` grows with the square of the parts of a dotted key.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

MAX_CHARACTERS = 500_000
_PART = r"""(?:[\w-]{1,200}+ | "(?:[^"\\\n]|\\.){0,200}+" | '[^'\n]{0,200}+')"""
_LONG_KEY = re.compile(rf"""(?<![\w-]) (?: {_PART} [ \t]*+ \. [ \t]*+ ){{30}}""", re.VERBOSE)


class TomlError(ValueError):
    """A text that is not TOML, or not such as a person would write; the message says why."""


@lru_cache(maxsize=16)  # several facts of the checklist read the same few files
def load_toml(text: str) -> dict[str, Any]:
    """The content of a TOML document, which callers must not change; raises `TomlError`."""
    import tomllib

    if len(text) > MAX_CHARACTERS:
        raise TomlError(f"more than {MAX_CHARACTERS:,} characters")
    if _LONG_KEY.search(text):
        raise TomlError("a key of more than 30 parts")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise TomlError(" ".join(str(error).split())[:200]) from None


def as_toml(value: object) -> str:
    """A text, number, truth value or list of these as TOML: as JSON has it, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
