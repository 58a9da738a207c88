"""Text of the owner's data in the form in which another text takes it: TOML, Markdown, a number."""

from __future__ import annotations

import math
import re

from scaffolder.errors import one_line
from scaffolder.formats.toml import as_toml

_MARKUP = re.compile(r"[\\`*~|]|&(?=[#\w])|(?<=\])[(\[]|(?<![^\W_])_|_(?![^\W_])")  # _ inside a word is only itself


def toml(value: object, *, key: bool = False) -> str:
    """The value as TOML; a plain key needs no quotes."""
    quoted = as_toml(value)
    return str(value) if key and re.fullmatch(r'"[A-Za-z0-9_-]+"', quoted) else quoted


def plain(value: object) -> str:
    """Markdown that shows the text as it is, on one line, also in a cell of a table."""
    return _MARKUP.sub(r"\\\g<0>", one_line(" ".join(str(value).split()))).replace("<", "&lt;")


def code(value: object) -> str:
    """The text as a code span; one that no code span can hold everywhere, such as in a table, as plain Markdown."""
    text = one_line(" ".join(str(value).split()))
    return plain(text) if not text or re.search(r"[`|]", text) else f"`{text}`"


def number(value: float) -> str:
    """A number with as many decimals as suit it: three significant digits, or one decimal."""
    if isinstance(value, int):
        return f"{value:,}"
    size = math.floor(math.log10(abs(value))) if value else 0
    wanted = 3 - size if size >= 0 else max(3, 2 - size)
    return f"{value:.{min(6, max(1, wanted))}f}"


def sql(text: str) -> str:
    """The text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def python(text: str) -> str:
    """The text as a literal that ruff leaves as it is: only letters that cannot be taken for others, few escapes."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    bare = re.sub(r"[^ -~À-ÖØ-öø-ÿ]|\\", lambda found: found[0].encode("unicode_escape").decode(), text)
    return f"{quote}{bare.replace(quote, chr(92) + quote)}{quote}"
