"""The texts that `make adopt` writes and shows, from `texts/`."""

import json
import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader

from ..reporting.markdown import cell, number

TEXTS = Environment(  # noqa: S701
    loader=FileSystemLoader(Path(__file__).with_name("texts")),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def text(name: str, **values: object) -> str:
    TEXTS.filters |= {"quoted": repr, "number": number, "share": "{:.1%}".format, "plain": cell, "toml": toml}
    return TEXTS.get_template(f"{name}.jinja").render(**values)


def toml(value: object, *, key: bool = False) -> str:
    """JSON's strings are TOML's, but for one character; a plain key needs no quotes."""
    quoted = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value) if key and re.fullmatch(r'"[A-Za-z0-9_-]+"', quoted) else quoted
