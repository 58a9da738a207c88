"""Render a template with its answers into a Tree in memory: the same bytes that cookiecutter 2.7 writes."""

from __future__ import annotations

import fnmatch
import io
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from scaffolder.errors import AnswerError, ScaffolderError, TemplateError, one_line, shown
from scaffolder.template.answers import Answers
from scaffolder.template.catalog import Template, Trust
from scaffolder.template.environments import compiled, environment, has_jinja, render_text
from scaffolder.tree import EXECUTABLE, PLAIN, File, Tree, make_tree, name_problem

CACHES = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".DS_Store"})


class _Part(NamedTuple):
    """One file of a template, read and compiled. A path or body without Jinja is kept as it is."""

    source: str
    head: str | jinja2.Template
    tail: str  # the literal end of the path, inside a folder that is copied without rendering
    body: bytes | jinja2.Template
    newline: str | None
    mode: int


def render(template: Template, answers: Answers, suffixes: tuple[str, ...] = ("",)) -> Tree:
    """The files of the project; with `suffixes`, only those whose paths end in one of them, which is faster.

    Raises `TemplateError` if rendering fails or a path is unsafe.
    """
    if template.worker:
        return make_tree(template.worker.files(answers.context, suffixes))
    public = {name: raw for name, raw in template.config.items() if not name.startswith("_")}
    scope = {"cookiecutter": dict(answers.context), "_cookiecutter": public}
    return make_tree(_files(_compiled(template, suffixes), scope, suffixes))


def folder_name(template: Template, answers: Answers) -> str:
    """The name of the project's folder; raises `AnswerError` if it is not safe on every system."""
    with _template_errors(template.project_folder):
        name = render_text(template, template.project_folder, answers.context)
    problem = name_problem(name)
    if problem:
        raise AnswerError(f"The project's folder cannot be called {shown(name)}, which {problem}.")
    return name


def _files(parts: tuple[_Part, ...], scope: Mapping[str, Any], suffixes: tuple[str, ...]) -> Iterator[tuple[str, File]]:
    for part in parts:
        with _template_errors(part.source):
            path = (part.head if isinstance(part.head, str) else part.head.render(scope)) + part.tail
            if not path or path.endswith("/") or not path.endswith(suffixes):
                continue  # a conditional file name that is empty here, or a file that was not asked for
            data = part.body if isinstance(part.body, bytes) else _encoded(part.body.render(scope), part.newline)
        yield path, File(data, part.mode)


@contextmanager
def _template_errors(source: str) -> Iterator[None]:
    """Turn any error of a template, which is a program, into a `TemplateError` that names the file `source`."""
    try:
        yield
    except (ScaffolderError, MemoryError):
        raise
    except Exception as error:
        line = f", line {error.lineno}" if isinstance(error, jinja2.TemplateSyntaxError) else ""
        reason = one_line(str(error).strip().rstrip(".")) or type(error).__name__
        raise TemplateError(f"The template's {shown(source, 120)}{line} cannot be rendered: {reason}.") from error


@lru_cache(maxsize=32)
def _compiled(template: Template, suffixes: tuple[str, ...]) -> tuple[_Part, ...]:
    """The files in the project folder, in cookiecutter's order, read and compiled once."""
    raw = tuple(template.config.get("_copy_without_render") or ())
    parts = []
    for source, head, copied in walk(template.folder / template.project_folder, raw):
        if not source.endswith((*suffixes, "}")):
            continue  # a path that ends in Jinja is kept, since it may get any suffix
        with _template_errors(source):
            parts.append(_part(template, source, head, copied))
    return tuple(parts)


def walk(project: Path, raw: tuple[str, ...]) -> Iterator[tuple[str, str, bool]]:
    """Each file: its relative path, the start of it that may contain Jinja, and whether it is copied unrendered.

    In a folder that `_copy_without_render` names, only the path of that folder may contain Jinja.
    """
    for root, folders, files in os.walk(project):
        folders[:] = sorted(set(folders) - CACHES)
        here = Path(root).relative_to(project)
        copied_root = next((str(p) for p in [*reversed(here.parents), here] if _matches(str(p), raw)), None)
        for name in sorted(set(files) - CACHES):
            path = str(here / name)
            yield (
                path.replace(os.sep, "/"),
                (copied_root or path).replace(os.sep, "/"),
                bool(copied_root) or _matches(path, raw),
            )


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return path != "." and any(fnmatch.fnmatch(path, pattern) for pattern in patterns)


def _part(template: Template, source: str, head: str, copied: bool) -> _Part:
    """Read and compile the file `source`; of its path, only the start `head` may contain Jinja."""
    engine, file = environment(template), template.folder / template.project_folder / source
    data = file.read_bytes()
    mode = EXECUTABLE if file.stat().st_mode & 0o100 else PLAIN
    path = compiled(engine, head) if has_jinja(engine, head) else head
    part = _Part(source, path, source[len(head) :], data, None, mode)
    if copied or _is_binary(template, file, data):
        return part
    newline = template.config.get("_new_lines") or _first_newline(data)
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8").read()
    body = engine.get_template(source) if has_jinja(engine, text) else _encoded(text, newline)
    return part._replace(body=body, newline=newline)


def _is_binary(template: Template, file: Path, data: bytes) -> bool:
    """Whether the file is not text, so that cookiecutter would copy it as it is.

    The library guesses, which takes long. A test shows that in our own templates it takes exactly the files that are
    UTF-8 for text.
    """
    if template.trust is not Trust.BUNDLED:
        from binaryornot.check import is_binary

        return is_binary(str(file))
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


def _first_newline(data: bytes) -> str | None:
    """The newline that cookiecutter would detect: the first one that a text reader knows after reading a line."""
    reader = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
    reader.readline()
    return reader.newlines[0] if isinstance(reader.newlines, tuple) else reader.newlines


def _encoded(text: str, newline: str | None) -> bytes:
    """`text` as the bytes that a file opened with this `newline` would have."""
    return text.replace("\n", newline or os.linesep).encode("utf-8")
