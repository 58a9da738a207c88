"""(template, answers) -> Tree, in memory, byte for byte what cookiecutter 2.7 writes."""

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
from scaffolder.template.catalog import Template
from scaffolder.template.environments import environment, has_jinja
from scaffolder.tree import EXECUTABLE, PLAIN, File, Tree, make_tree, name_problem

CACHES = frozenset({"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".DS_Store"})


class _Part(NamedTuple):
    """One file of a template, read and compiled; what needs no Jinja is ready as text or bytes."""

    source: str
    head: str | jinja2.Template
    tail: str  # literal end of the path, for what lies in a folder that is copied as it is
    body: bytes | jinja2.Template
    newline: str | None
    mode: int


def render(template: Template, answers: Answers, suffixes: tuple[str, ...] = ("",)) -> Tree:
    """The project's files, or those whose paths end in one of `suffixes`, which spares compiling the others.

    Raises `TemplateError` if the template fails or names an unsafe path.
    """
    public = {name: raw for name, raw in template.config.items() if not name.startswith("_")}
    scope = {"cookiecutter": dict(answers.context), "_cookiecutter": public}
    return make_tree(_files(_compiled(template, suffixes), scope, suffixes))


def folder_name(template: Template, answers: Answers) -> str:
    """The name of the project's own folder; raises `AnswerError` if not every system takes it."""
    with _blame(template.project_folder):
        engine = environment(template)
        name = engine.from_string(template.project_folder).render(cookiecutter=answers.context)
    problem = name_problem(name)
    if problem:
        raise AnswerError(f"The project's folder cannot be called {shown(name)}, which {problem}.")
    return name


def _files(parts: tuple[_Part, ...], scope: Mapping[str, Any], suffixes: tuple[str, ...]) -> Iterator[tuple[str, File]]:
    for part in parts:
        with _blame(part.source):
            path = (part.head if isinstance(part.head, str) else part.head.render(scope)) + part.tail
            if not path or path.endswith("/") or not path.endswith(suffixes):
                continue  # a conditional file name, here empty, or a file that nobody asks for
            data = part.body if isinstance(part.body, bytes) else _encoded(part.body.render(scope), part.newline)
        yield path, File(data, part.mode)


@contextmanager
def _blame(source: str) -> Iterator[None]:
    """Turn what a template raises (it is a program: anything) into a `TemplateError` that names the file."""
    try:
        yield
    except ScaffolderError:
        raise
    except Exception as error:
        line = f", line {error.lineno}" if isinstance(error, jinja2.TemplateSyntaxError) else ""
        reason = one_line(str(error).strip().rstrip(".")) or type(error).__name__
        raise TemplateError(f"The template's {shown(source, 120)}{line} cannot be rendered: {reason}.") from error


@lru_cache(maxsize=32)
def _compiled(template: Template, suffixes: tuple[str, ...]) -> tuple[_Part, ...]:
    """The files under the project folder, in cookiecutter's order, read once and compiled once."""
    project = template.folder / template.project_folder
    engine = environment(template)
    raw = tuple(template.config.get("_copy_without_render") or ())
    parts = []
    for source, head, copied in _walk(project, raw):
        if not source.endswith((*suffixes, "}")):
            continue  # whereas a path that ends in Jinja may become anything
        with _blame(source):
            parts.append(_part(engine, project, source, head, copied, template.config.get("_new_lines")))
    return tuple(parts)


def _walk(project: Path, raw: tuple[str, ...]) -> Iterator[tuple[str, str, bool]]:
    """Each file: its relative path, the part of it that may be Jinja, and whether it is copied as it is.

    Inside a folder that `_copy_without_render` names, only the path of that folder may be Jinja.
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


def _part(
    engine: jinja2.Environment, project: Path, source: str, head: str, copied: bool, new_lines: str | None
) -> _Part:
    """Read and compile the file `source`; its path is Jinja up to the end of `head` and literal after it."""
    from binaryornot.check import is_binary

    file, data = project / source, (project / source).read_bytes()
    mode = EXECUTABLE if file.stat().st_mode & 0o100 else PLAIN
    path = engine.from_string(head) if has_jinja(engine, head) else head
    part = _Part(source, path, source[len(head) :], data, None, mode)
    if copied or is_binary(str(file)):
        return part
    newline = new_lines or _first_newline(data)
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8").read()
    body = engine.get_template(source) if has_jinja(engine, text) else _encoded(text, newline)
    return part._replace(body=body, newline=newline)


def _first_newline(data: bytes) -> str | None:
    """The newline cookiecutter would detect: the first kind that a text reader has met after one line."""
    reader = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8")
    reader.readline()
    return reader.newlines[0] if isinstance(reader.newlines, tuple) else reader.newlines


def _encoded(text: str, newline: str | None) -> bytes:
    """`text` as a file opened with this `newline` would hold it."""
    return text.replace("\n", newline or os.linesep).encode("utf-8")
