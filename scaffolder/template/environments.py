"""Jinja environments: plain for bundled templates, a sandbox for others, cookiecutter's own for trusted ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from scaffolder.errors import TemplateError, shown
from scaffolder.template.catalog import Template, Trust

_HARMLESS = frozenset(
    [f"{mark}_{end}_string" for mark in ("block", "variable", "comment") for end in ("start", "end")]
    + ["line_statement_prefix", "line_comment_prefix", "trim_blocks", "lstrip_blocks"]
)
_EXTENSIONS = [
    f"cookiecutter.extensions.{name}Extension" for name in ("Jsonify", "RandomString", "Slugify", "Time", "UUID")
]


@lru_cache(maxsize=32)
def environment(template: Template) -> Environment:
    """The environment of `template`, with cookiecutter's semantics and include folders."""
    made = _BY_TRUST[template.trust](template)
    made.loader = FileSystemLoader([template.folder / template.project_folder, template.folder / "templates"])
    made.auto_reload = False
    return made


def has_jinja(engine: Environment, text: str) -> bool:
    """Whether rendering could change `text`."""
    marks = (engine.variable_start_string, engine.block_start_string, engine.comment_start_string)
    return bool(engine.line_statement_prefix or engine.line_comment_prefix) or any(mark in text for mark in marks)


def _plain(template: Template) -> Environment:
    made = Environment(**_options(template.config))  # noqa: S701 - the output is Markdown, TOML and Python; templates escape where it is needed
    made.filters["slugify"] = _slugify
    return made


def _sandboxed(template: Template) -> Environment:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    if template.config.get("_extensions"):
        raise TemplateError(
            "The template has its own Jinja extensions, which are programs: use --trust if you trust them."
        )
    return ImmutableSandboxedEnvironment(extensions=_EXTENSIONS, **_options(template.config))


def _trusted(template: Template) -> Environment:
    from cookiecutter.exceptions import UnknownExtension
    from cookiecutter.utils import create_env_with_context

    sys.path.append(str(template.folder))  # where cookiecutter looks for local extensions
    try:
        made: Environment = create_env_with_context({"cookiecutter": template.config})
        return made
    except UnknownExtension as error:
        raise TemplateError(f"The template needs a Jinja extension that is not installed ({error}).") from error
    finally:
        sys.path.remove(str(template.folder))


_BY_TRUST: dict[Trust, Callable[[Template], Environment]] = {
    Trust.BUNDLED: _plain,
    Trust.SANDBOXED: _sandboxed,
    Trust.TRUSTED: _trusted,
}


def _options(config: Mapping[str, Any]) -> dict[str, Any]:
    options = config.get("_jinja2_env_vars") or {}
    unknown = set(options) - _HARMLESS
    if unknown:
        raise TemplateError(f"The template sets the Jinja option {shown(min(unknown))}: use --trust if you trust it.")
    return {"undefined": StrictUndefined, "keep_trailing_newline": True, **options}


def _slugify(text: str, **options: Any) -> str:
    """Cookiecutter's `slugify` filter; its library is imported when a template first uses it."""
    from slugify import slugify

    return slugify(text, **options)
