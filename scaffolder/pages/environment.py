"""The template engine of the HTML pages, which escapes all it is given, and the hashes for their policy."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Callable
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from scaffolder import __version__
from scaffolder.errors import one_line

if TYPE_CHECKING:
    from jinja2 import Template
    from markupsafe import Markup


def shown(value: object) -> object:
    """A value as a page shows it: on one line, with characters that do not print or turn the text round escaped."""
    return value if hasattr(value, "__html__") else one_line(str(value))


def template(
    name: str, parts: dict[str, str], *, finalize: Callable[[object], object] = shown, **known: Any
) -> Template:
    """The page `name` of this folder; `parts` are its style and script, which it gets with the hash of each."""
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=finalize
    )
    environment.globals |= {part: Markup(text) for part, text in parts.items()}  # noqa: S704 - our own files
    environment.globals |= {
        f"{part}_hash": b64encode(sha256(text.encode()).digest()).decode() for part, text in parts.items()
    }
    environment.globals |= {"version": __version__, "prose": prose, **known}
    return environment.from_string(source(name))


def source(name: str) -> str:
    """The text of a file in this folder."""
    return files("scaffolder.pages").joinpath(name).read_text("utf-8")


def prose(text: str) -> Markup:
    """A sentence of ours as HTML, with its `code` marked up and all else escaped."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(one_line(text)))))  # noqa: S704 - escaped
