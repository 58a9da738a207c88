"""All that was generated in a project before: the template and answers, the render, and the owner's data in it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pygit2

from scaffolder.errors import ScaffolderError, shown
from scaffolder.exercises import declared
from scaffolder.project import record, store
from scaffolder.project.plan import rendered
from scaffolder.project.record import Record
from scaffolder.project.update import Base, UpdateError, find_base, record_of
from scaffolder.template import foreign
from scaffolder.template.answers import Data, chosen, complete, validate
from scaffolder.template.catalog import Template
from scaffolder.template.foreign import Opened, Request
from scaffolder.template.questions import Answer, Question


@dataclass(frozen=True)
class Generated:
    """All that was generated before in the project in `folder`, as its `commit` has it."""

    repo: pygit2.Repository
    commit: str
    folder: Path
    record: Record

    @classmethod
    def at_head(cls, repo: pygit2.Repository, folder: Path) -> Generated:
        """That of the commit that is checked out; raises `UpdateError` if it has no usable record."""
        commit = str(repo.head.target)
        return cls(repo, commit, folder, record_of(repo, commit))

    @cached_property
    def base(self) -> Base:
        """The render that the project was last made from or updated to: in the repository, or else rendered again.

        Raises `UpdateError`, which says what is needed, if the repository lacks it and the template no longer gives it.
        """
        found = find_base(self.repo, self.commit)
        if found is None:
            with suppress(ScaffolderError):
                found = self._rendered_again()
        if found is None:
            version = self.record.version
            made = f", or update once with scaffolder {version}, which made it" if version else ""
            raise UpdateError(
                "The template's files as they were when this project was made are not here: fetch the branch "
                "'scaffold' (git fetch origin scaffold:scaffold), or deepen a shallow clone (git fetch --unshallow)"
                f"{made}. If somebody has edited {record.NAME}, undo that: 'scaffolder update --set' changes answers."
            )
        return found

    def _rendered_again(self) -> Base | None:
        """The recorded render, if the recorded template and the data in the commit still give it; else None."""
        version = self.record.source.get("commit")
        checkout = version if isinstance(version, str) else None
        with opened(self.record, self.folder, checkout=checkout) as (kind, _):
            return rendered_by(kind, self.repo, self.commit, self.record, self.repo)

    @cached_property
    def data(self) -> Data | None:
        """The owner's data, as in the render; None if it has none."""
        return data_of(self.repo, self.record, self.base.tree)

    def answers(
        self, template: Template, changes: Mapping[str, Answer], data: Data | None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The answers about `data` after these changes, and the recorded ones that the template no longer takes.

        The latter are not among the former; each has the reason.
        """
        outdated: dict[str, str] = {}
        for name in [name for name in self.record.answers if name in template.questions.keys() - changes.keys()]:
            try:
                validate(template, {name: self.record.answers[name]})
            except ScaffolderError as error:
                outdated[name] = str(error)
        answers = answers_of(template, self.record, changes, self.data, data)
        return {name: value for name, value in answers.items() if name not in outdated}, outdated

    @contextmanager
    def template(self, spec: str | None, checkout: str | None, trust: bool) -> Iterator[Opened]:
        """The present version of the template, and where it comes from, for a new record.

        Raises `UpdateError` if `spec` names another template, or if its hooks, which were run, may not run now.
        """
        with opened(self.record, self.folder, spec, checkout, trust) as (kind, source):
            _refuse_other(kind, self.record, spec, trust)
            recorded = source.get("kind") == "path" and not spec
            yield Opened(kind, self.record.source if recorded else source)


def request(
    known: Record, folder: Path, spec: str | None = None, checkout: str | None = None, trust: bool = False
) -> Request:
    """The template to render: `spec` if given, else the one that the record names.

    A branch, tag or commit in the record applies only to the template in the record.
    """
    source = known.source
    kind = source.get("kind") or "bundled"
    directory = source.get("directory")
    recorded = {"bundled": known.template, "path": source.get("path"), "git": source.get("url")}.get(str(kind))
    found = spec or recorded
    if not isinstance(found, str) or not isinstance(directory, str | None):
        raise UpdateError(f"{record.NAME} does not say where the template came from: say it with --template.")
    if kind == "path" and not spec:
        found = _place(found, folder)
    ref = checkout or (source.get("checkout") if kind == "git" and not spec else None)
    return Request(found, ref if isinstance(ref, str) else None, None if spec else directory, trust, folder.parent)


@contextmanager
def opened(
    known: Record, folder: Path, spec: str | None = None, checkout: str | None = None, trust: bool = False
) -> Iterator[Opened]:
    """The template that `request` names, with the exercises that the record keeps."""
    with foreign.opened(request(known, folder, spec, checkout, trust)) as (kind, source):
        yield Opened(declared.from_record(kind, known.own_exercises), source)


def _place(path: str, folder: Path) -> str:
    """The absolute path of a template; `path` may be relative to the working folder, or to one above the project's."""
    places = (Path(os.path.expanduser(path)), *(parent / path for parent in folder.resolve().parents))
    found = next((place for place in places if place.is_dir()), None)
    if found is None:
        raise UpdateError(f"The template {shown(path, 200)} is not there any more: say where it is with --template.")
    return str(found.resolve())


def _refuse_other(template: Template, known: Record, spec: str | None, trust: bool) -> None:
    """Raise `UpdateError` if this is not the project's template, or if its hooks, which were run, may not run now."""
    unknown = [name for name in known.answers if name not in template.questions]
    if spec and unknown:
        raise UpdateError(
            f"{shown(spec)} is another template than the project's: it does not ask for {shown(unknown[0])}."
        )
    bundled = known.source.get("kind", "bundled") == "bundled"
    if not (known.render or bundled or trust) and template.hooks:
        raise UpdateError(
            "This project was made with --trust, and the template's hooks wrote files: say --trust again."
        )


def answers_of(
    template: Template,
    known: Record,
    given: Mapping[str, Answer],
    former: Data | None = None,
    data: Data | None = None,
) -> dict[str, Any]:
    """The recorded answers, overridden by those `given`; new questions of the template have no answer yet.

    An answer that was derived from another one or from the data, such as a folder's name from a title, follows if the
    other changes, or the `former` data of the owner's give way to other `data`.
    """
    kept = {name: value for name, value in known.answers.items() if name in template.questions}
    if not given and data == former:
        return kept
    defaults: dict[str, Answer] = {}

    def noted(question: Question) -> Answer:
        defaults[question.name] = question.default
        return kept.get(question.name, question.default)

    with suppress(ScaffolderError):  # an answer that is no longer valid is reported where it is used
        complete(template, noted, data=former)
        derived = [name for name, question in template.questions.items() if "{{" in str(question.default)]
        following = {name for name in derived if name in kept and kept[name] == defaults[name]} - given.keys()
        stable = {name: value for name, value in kept.items() if name not in following}
        new = complete(template, chosen({**stable, **given}), data=data).public
        kept |= {name: new[name] for name in following}
    return {**kept, **given}


def data_of(repo: pygit2.Repository, known: Record, tree: str) -> Data | None:
    """The owner's data that the record tells of, with their files as they are in the Git `tree`; None if it has none.

    Raises `UpdateError` if the record is damaged, or if a file is not there.
    """
    if not known.data:
        return None
    kind, facts, paths = (known.data.get(name) for name in ("kind", "facts", "files"))
    if not (isinstance(kind, str) and isinstance(facts, dict) and isinstance(paths, list)):
        raise UpdateError(f"{record.NAME} cannot be used: its `data` are damaged.")
    present = store.entries(repo, tree)
    if lost := [path for path in paths if path not in present]:
        raise UpdateError(f"{shown(lost[0], 200)}, which {record.NAME} names as the project's data, is not there.")
    return Data(kind, facts, store.loaded(repo, present, paths))


def rendered_by(
    kind: Template, repo: pygit2.Repository, commit: str, known: Record, into: pygit2.Repository
) -> Base | None:
    """The recorded render, if the template `kind` and the data in `commit` give it; else None. It is written `into`."""
    data = data_of(repo, known, store.tree_of(repo, commit))
    answers = complete(kind, chosen(known.answers), data=data)
    tree = rendered(kind, replace(answers, exercises=known.exercises), known.source)
    if not known.render or record.read(tree[record.NAME].data.decode()).render != known.render:
        return None
    return Base(store.write_tree(into, tree), "")
