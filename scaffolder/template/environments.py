"""Jinja environments: plain for bundled templates, a sandbox for others, cookiecutter's own for trusted ones."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2 import Template as JinjaTemplate

from scaffolder.errors import TemplateError, shown
from scaffolder.template.catalog import Template, Trust

_EXTENSIONS = [
    f"cookiecutter.extensions.{name}Extension" for name in ("Jsonify", "RandomString", "Slugify", "Time", "UUID")
]


@lru_cache(maxsize=32)
def environment(template: Template) -> Environment:
    """The environment of `template`, with cookiecutter's semantics and include folders."""
    engine = _BY_TRUST[template.trust](template)
    engine.loader = FileSystemLoader([template.folder / template.project_folder, template.folder / "templates"])
    engine.auto_reload = False
    return engine


def render_text(template: Template, text: str, context: Mapping[str, Any]) -> str:
    """`text` with its Jinja rendered; raises whatever the template, which is a program, raises."""
    if template.worker:
        return template.worker.text(text, context)
    engine = environment(template)
    return compiled(engine, text).render(cookiecutter=context) if has_jinja(engine, text) else text


@lru_cache(maxsize=256)
def compiled(engine: Environment, text: str) -> JinjaTemplate:
    """The template of `text`, compiled once."""
    return engine.from_string(text)


def has_jinja(engine: Environment, text: str) -> bool:
    """Whether rendering could change `text`."""
    marks = (engine.variable_start_string, engine.block_start_string, engine.comment_start_string)
    return bool(engine.line_statement_prefix or engine.line_comment_prefix) or any(mark in text for mark in marks)


def _plain(template: Template) -> Environment:
    engine = Environment(**_options(template.config))  # noqa: S701 - the output is Markdown, TOML and Python; templates escape where it is needed
    engine.filters["slugify"] = _slugify
    return engine


def _sandboxed(template: Template) -> Environment:
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    from scaffolder.template.config import JINJA_OPTIONS

    unknown = set(template.config.get("_jinja2_env_vars") or ()) - set(JINJA_OPTIONS)
    if unknown:
        raise TemplateError(f"The template sets the Jinja option {shown(min(unknown))}: use --trust if you trust it.")
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
        engine: Environment = create_env_with_context({"cookiecutter": template.config})
        return engine
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
    return {"undefined": StrictUndefined, "keep_trailing_newline": True, **(config.get("_jinja2_env_vars") or {})}


def _slugify(text: str, **options: Any) -> str:
    """Cookiecutter's `slugify` filter; its library is imported when a template first uses it."""
    from slugify import slugify

    return slugify(text, **options)
