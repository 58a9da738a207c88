"""Finds the problems of a template's files that their Jinja shows without being rendered, whatever the answers are."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from jinja2 import nodes

from scaffolder.errors import shown
from scaffolder.template.environments import has_jinja
from scaffolder.template.lint import CONFIG, Problem, line_of
from scaffolder.template.lint_sources import Source, Sources, constant, text_of, used

NOT_THERE = "Add that file, or correct its name."
_STATEMENT = re.compile(r"\{%[^%]{0,500}%\}")


def problems(found: Sources) -> Iterator[Problem]:
    """Every problem that needs no answers to be seen."""
    yield from _missing(found)
    yield from lost_blocks(found)
    yield from _python(found)
    yield from _folders(found)
    yield from _patterns(found)
    yield from _unused_answers(found)


def not_there(name: str) -> str:
    """The sentence about an included file that does not exist."""
    return f"It includes {shown(name, 120)}, which is neither in the project folder nor in templates/."


def _missing(found: Sources) -> Iterator[Problem]:
    """Includes of files that are not there; those with names made from answers only show in a render."""
    for source, node in found.references:
        name = constant(node)
        if name is not None and name not in found.by_name and not getattr(node, "ignore_missing", False):
            yield Problem(source.path, node.lineno, not_there(name), NOT_THERE)


def lost_blocks(found: Sources) -> Iterator[Problem]:
    """Each block that a file fills although no skeleton has it, which Jinja drops without a word."""
    for source in found.files:
        chain = _chain(found, source)
        if len(chain) == 1 or not source.tree or not chain[-1].tree or _extends(chain[-1]):
            continue  # it extends nothing, or a file that cannot be read
        known = {block.name for one in chain[1:] if one.tree for block in one.tree.find_all(nodes.Block)}
        for block in _outer_blocks(source.tree):
            if block.name not in known:
                said = f"Its skeleton has no block {shown(block.name)}, so this text would vanish."
                remedy = "Correct the name, or move the text into a block that the skeleton has."
                yield Problem(source.path, block.lineno, said, remedy)


def _chain(found: Sources, source: Source) -> list[Source]:
    """The file, the one that it extends, and so on, until one comes again or is not there."""
    chain = [source]
    while (extends := _extends(chain[-1])) and (skeleton := found.by_name.get(constant(extends) or "")):
        chain.append(skeleton)
        if skeleton in chain[:-1]:
            break
    return chain


def _extends(source: Source) -> nodes.Extends | None:
    return source.tree.find(nodes.Extends) if source.tree else None


def _outer_blocks(node: nodes.Node) -> Iterator[nodes.Block]:
    """The blocks that are not inside another block, with which they would be rendered."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            yield child
        else:
            yield from _outer_blocks(child)


def _python(found: Sources) -> Iterator[Problem]:
    engine = found.engine
    for source in found.files:
        is_python = PurePosixPath(_STATEMENT.sub("", source.name)).suffix == ".py"
        if not is_python or not source.tree or not source.text or not has_jinja(engine, source.text):
            continue
        if all(isinstance(node, nodes.Include) or _is_blank(node) for node in source.tree.body):
            continue  # the line that includes what a choice selects
        marks = (engine.variable_start_string, engine.block_start_string, engine.comment_start_string)
        start = min((at for mark in marks if (at := source.text.find(mark)) >= 0), default=0)
        said = "Here stands Jinja in Python, so neither an editor nor ruff can read the file."
        remedy = "Let a choice select a whole file, or write the answer into settings.toml and read it from there."
        yield Problem(source.path, source.text.count("\n", 0, start) + 1, said, remedy)


def _is_blank(node: nodes.Node) -> bool:
    texts = node.nodes if isinstance(node, nodes.Output) else [node]
    return all(isinstance(text, nodes.TemplateData) and not text.data.strip() for text in texts)


def _folders(found: Sources) -> Iterator[Problem]:
    project = found.template.project_folder
    if not found.behind(found.used_by(project)).intersection(found.template.questions):
        said = "The folder's name depends on no question, so every project would have the same."
        yield Problem(project, None, said, "Call it {{cookiecutter.project_slug}}, after a question.")
    for folder in sorted({folder for one in found.of_project for folder in PurePosixPath(one.head or "").parents}):
        if found.engine.block_start_string in folder.name:
            said = "A folder whose name is empty is the project's root, where its files would land or collide."
            yield Problem(f"{project}/{folder}", None, said, "Give the condition to the names of the files in it.")


def _patterns(found: Sources) -> Iterator[Problem]:
    names = {source.name for source in found.of_project}
    places = names.union(*(map(str, PurePosixPath(name).parents) for name in names))
    for pattern in found.template.config.get("_copy_without_render") or ():
        if not fnmatch.filter(places, pattern):
            said = f"_copy_without_render names {shown(pattern)}, which matches no file."
            yield Problem(CONFIG, None, said, "Correct or remove it.")


def _unused_answers(found: Sources) -> Iterator[Problem]:
    """The questions that no file uses; none are reported if a file cannot be read."""
    template = found.template
    if any(source.text is not None and source.tree is None for source in found.files):
        return
    names = {name for source in found.files if source.tree for name in used(source.tree)}
    names.update(*map(found.used_by, (template.project_folder, *(source.head for source in found.of_project))))
    names.update(*(found.used_by(text_of(hook)) for hook in template.hooks))
    for name in sorted(set(template.questions) - found.behind(names)):
        said = f"No file uses the answer to {shown(name)}."
        yield Problem(
            CONFIG,
            line_of(template, name),
            said,
            f"Write {{{{ cookiecutter.{name} }}}} where it belongs, or do not ask.",
        )
