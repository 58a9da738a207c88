"""Finds the problems of a template and of the projects made from it, before anybody has worked on one.

`template.lint` judges the template as it is written, and `lint_renders` what it makes. Its projects are read as
`scaffolder check` reads a repository: with the template's defaults, and with each of its choices.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from scaffolder.check.contract import PATH, contract
from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items.links import broken_links
from scaffolder.check.items.quality_gate import SETTINGS
from scaffolder.check.readers.commands import wrong_commands
from scaffolder.check.readers.gitignore import ignored
from scaffolder.check.readers.make import makefile
from scaffolder.check.readers.toml import settings
from scaffolder.check.readers.values import leaves
from scaffolder.results.finding import Evidence
from scaffolder.template.catalog import Template
from scaffolder.template.lint import MOST, Problem, opened, told
from scaffolder.template.lint import problems as written
from scaffolder.template.lint_picks import Choices, OwnData
from scaffolder.template.lint_renders import Project, limited, problems, projects, sources, with_choices
from scaffolder.tree import File, Tree

_DATA = re.compile(r"data/[\w./-]{1,200}")

Seen = tuple[Evidence, str]  # a problem in a project, and the remedy


Examples = Callable[[Template], Sequence[OwnData]]
"""Gives examples of data of one's own that a template takes."""


def lint(folder: Path, examples: Examples = lambda _: ()) -> tuple[Problem, ...]:
    """The problems of the template in `folder` and of its projects; raises `TemplateError` if there is no template."""
    template = opened(folder)
    with limited(template) as runs:
        rendered = projects(runs, examples(template))
        return told([*written(template), *problems(runs, rendered), *_of_projects(template, rendered)])


def _of_projects(template: Template, rendered: Sequence[Project]) -> Iterator[Problem]:
    """The problems in projects, each with the choices that show it."""
    place = sources(template)
    seen: dict[Problem, list[Choices]] = defaultdict(list)
    for project in rendered:
        tree = {**project.tree, **dict.fromkeys(project.files, File(b""))}
        for evidence, remedy in islice(_wrong(tree), MOST) if project.tree else ():
            where = f" (line {evidence.line} in a project)" if evidence.line else ""
            said = f"{evidence.fact.rstrip('.')}{where}."
            seen[Problem(place.get(evidence.path, evidence.path), None, said, remedy)].append(project.choices)
    yield from with_choices(seen, len(rendered))


def _wrong(tree: Tree) -> Iterator[Seen]:
    """The problems in a project as it is handed out."""
    repo = Repository(Snapshot.of_files({path: file.data for path, file in tree.items()}))
    declared = contract(repo)
    for note in repo.snapshot.notes:
        said = note.removeprefix(f"{PATH}: ")
        said = said[:1].upper() + said[1:] if said != note else f"It{note.removeprefix(PATH)}"
        yield Evidence(said, PATH), "Correct it: docs/contract.md of scaffolder has all keys."
    for each in _wrong_data(repo, declared.shipped if declared else ""):
        yield each, "Add the file, or correct the text that names it."
    for page in documents(repo):
        for each in broken_links(repo, page):
            yield replace(each, fact=f"The link {each.fact}"), "Correct the link."
        yield from ((each, "Correct the command, or add what it names.") for each in wrong_commands(repo, page))


def _wrong_data(repo: Repository, sha256: str) -> Iterator[Evidence]:
    """The data files that the settings name and the project lacks, and a declared hash that no file has."""
    made = makefile(repo)
    for path in sorted({leaf for leaf in leaves(settings(repo)) if isinstance(leaf, str) and _DATA.fullmatch(leaf)}):
        is_made = ignored(repo)(path) or (made and path in made.targets)
        if not (repo.snapshot.has(path) or is_made):
            yield Evidence(f"It names {path}, which is not in the project", SETTINGS)
    if sha256 and sha256 not in map(repo.snapshot.sha256, repo.snapshot.paths):
        yield Evidence(f"The sha256 under [data], {sha256[:8]}…, is the hash of no file of the project", PATH)
