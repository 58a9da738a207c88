"""A template's files as Jinja parses them: what they include and extend, and which answers they use.

Somebody else's template is parsed in the child of `worker`, which has limits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

from scaffolder.template.catalog import Template
from scaffolder.template.environments import environment
from scaffolder.template.render import walk

_EVERYTHING = "*"  # stands for every answer, where a file uses the answers as a whole


@dataclass(frozen=True, eq=False)
class Source:
    """A file of the project folder, or one in templates/ that such files include.

    `path` is its place in the template, `name` its name for Jinja's loader, `head` the start of the name that may have
    Jinja, None in templates/. `text` is None if the file is only copied, `tree` also if its Jinja is broken.
    """

    path: str
    name: str
    head: str | None
    text: str | None
    tree: nodes.Template | None


@dataclass(frozen=True, eq=False)
class Sources:
    """All files of a template, and how each refers to the others."""

    template: Template
    engine: Environment
    files: tuple[Source, ...]

    @cached_property
    def of_project(self) -> tuple[Source, ...]:
        """The files in the project folder."""
        return tuple(source for source in self.files if source.head is not None)

    @cached_property
    def by_name(self) -> Mapping[str, Source]:
        """The files as the loader finds them: those of the project first."""
        return {source.name: source for source in reversed(self.files)}

    @property
    def references(self) -> Iterator[tuple[Source, Any]]:
        """Each file with each of its statements that names another file."""
        for source in self.files:
            kinds = (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
            yield from ((source, node) for node in source.tree.find_all(kinds)) if source.tree else ()

    @cached_property
    def choice_folders(self) -> Mapping[str, frozenset[str]]:
        """The folders where answers select the file to include, such as 'boosters/', each with these answers."""
        found: dict[str, frozenset[str]] = {}
        for _, node in self.references:
            folder, slash, _ = _literal_start(node.template).rpartition("/")
            if slash and constant(node) is None:
                found[folder + slash] = found.get(folder + slash, frozenset()) | used(node)
        return found

    def uses(self, source: Source) -> frozenset[str]:
        """The names of the answers that a file uses, and the files that it includes."""
        left, seen = [source], {source}
        while left:
            one = left.pop()
            named = [node for other, node in self.references if other is one]
            found = {inner for node in named for inner in self._named_by(node)} - seen
            left += found
            seen |= found
        return frozenset().union(*(used(one.tree) for one in seen if one.tree))

    def _named_by(self, node: Any) -> list[Source]:
        """The files that a statement may include."""
        name, folder = constant(node), _literal_start(node.template).rpartition("/")[0]
        if name is not None:
            return [self.by_name[name]] if name in self.by_name else []
        return [source for source in self.files if folder and source.name.startswith(f"{folder}/")]

    def behind(self, names: Iterable[str]) -> set[str]:
        """`names`, and the names that the values in cookiecutter.json use to make them."""
        found: set[str] = set()
        left = set(names)
        while left:
            found |= left
            left = {inner for name in left for inner in self._made_from.get(name, ())} - found
        return {*found, *self.template.config} if _EVERYTHING in found else found

    def used_by(self, text: str | None) -> frozenset[str]:
        """The names of the answers that `text` uses; none if its Jinja is broken."""
        tree = _parsed(self.engine, text)
        return used(tree) if tree else frozenset()

    @cached_property
    def _made_from(self) -> Mapping[str, frozenset[str]]:
        rendered = {name: value for name, value in self.template.config.items() if name[:1] != "_" or name[:2] == "__"}
        return {name: frozenset().union(*map(self.used_by, _texts(value))) for name, value in rendered.items()}


def sources(template: Template) -> Sources:
    """Every file of the project folder, and of the folder of includes."""
    engine, found = environment(template), []
    project, includes = template.folder / template.project_folder, template.folder / "templates"
    for name, head, copied in walk(project, tuple(template.config.get("_copy_without_render") or ())):
        text = None if copied else text_of(project / name)
        found.append(Source(f"{template.project_folder}/{name}", name, head, text, _parsed(engine, text)))
    for file in sorted(path for path in includes.rglob("*") if path.is_file()):
        name, text = file.relative_to(includes).as_posix(), text_of(file)
        found.append(Source(f"templates/{name}", name, None, text, _parsed(engine, text)))
    return Sources(template, engine, tuple(found))


def text_of(file: Path) -> str | None:
    """The text of a file; None if the file is not text."""
    from binaryornot.check import is_binary

    try:
        return None if is_binary(str(file)) else file.read_bytes().decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None


def used(tree: nodes.Node) -> frozenset[str]:
    """The names of the answers that a piece of Jinja uses; `_EVERYTHING` if it uses the answers as a whole."""
    keys: dict[int, Any] = {id(node.node): node.attr for node in tree.find_all(nodes.Getattr)}
    keys |= {id(node.node): getattr(node.arg, "value", None) for node in tree.find_all(nodes.Getitem)}
    uses = [keys.get(id(node)) for node in tree.find_all(nodes.Name) if node.name in ("cookiecutter", "_cookiecutter")]
    return frozenset(key if isinstance(key, str) else _EVERYTHING for key in uses)


def constant(reference: Any) -> str | None:
    """The file that a statement names, as the loader knows it, if it is always the same."""
    value = getattr(reference.template, "value", None)
    return normal(value) if isinstance(value, str) else None


def normal(name: str) -> str:
    """The name of a file without the parts that the loader ignores."""
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def _parsed(engine: Environment, text: str | None) -> nodes.Template | None:
    """`text` as parsed by Jinja; None if that fails, which rendering reports in full."""
    try:
        return None if text is None else engine.parse(text)
    except MemoryError:
        raise
    except Exception:  # broken, or nested too deep
        return None


def _literal_start(expression: Any) -> str:
    """The text with which an expression begins: 'boosters/' of `"boosters/" ~ cookiecutter.model ~ ".py"`."""
    if isinstance(expression, nodes.Concat | nodes.Add):
        return _literal_start(expression.nodes[0] if isinstance(expression, nodes.Concat) else expression.left)
    value = getattr(expression, "value", "")
    return value if isinstance(value, str) else ""


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value of cookiecutter.json."""
    if isinstance(value, dict | list):
        for each in (*value, *value.values()) if isinstance(value, dict) else value:
            yield from _texts(each)
    elif isinstance(value, str):
        yield value
