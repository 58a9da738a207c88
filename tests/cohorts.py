"""A small course for tests of `scaffolder cohort`: one template, a few students, and what they do in their clones."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pygit2
import pytest
from support import Outcome, commit, git, make_template

from scaffolder.project import store
from scaffolder.template import catalog

Run = Callable[..., Outcome]
README = "# {{ cookiecutter.project_name }}\n\nIntroduction.\n\n## Data\n\nWhere from?\n\n## Results\n\nHow good?\n"
FILES = {
    "README.md": README.encode(),
    "run.py": b"print('one')\n",
    "notes.txt": b"first\nsecond\nthird\n",
    "gone-later.txt": b"old\n",
}
CONFIG: dict[str, Any] = {
    "project_name": "Small Thing",
    "project_slug": "{{ cookiecutter.project_name|lower|replace(' ', '-') }}",
    "colour": ["red", "blue"],
}
# What a new version of the template does to its files.
CHANGE = {"notes.txt": b"first\nsecond\nTHIRD\n", "new.txt": b"new\n", "gone-later.txt": None}


class Classroom:
    """The cohort `folder`, its remotes below `server`, and the template `tiny`, which can be changed."""

    def __init__(self, home: Path, scaffolder: Run) -> None:
        self.home, self._scaffolder = home, scaffolder
        self.folder, self.server = home / "course", home / "server"
        self.files = dict(FILES)
        self.config = dict(CONFIG)

    def change(self, files: Mapping[str, bytes | None] = {}, **config: Any) -> None:
        """Let the template have other files (None: not any more) and questions."""
        self.files = {path: data for path, data in {**self.files, **files}.items() if data is not None}
        self.config |= config
        shutil.rmtree(self.home / "templates" / "tiny", ignore_errors=True)
        make_template(self.home / "templates" / "tiny", self.config, self.files)
        catalog.bundled.cache_clear()

    def new(self, *students: str, columns: str = "id") -> None:
        roster = self.home / "roster.csv"
        roster.write_text("\n".join([columns, *students]) + "\n")
        made = self._scaffolder("cohort", "new", roster, "-t", "tiny", "-o", self.folder)
        assert made.code == 0, made.err

    def run(self, command: str, *options: object, code: int = 0) -> dict[str, Any]:
        """The JSON of `scaffolder cohort COMMAND`."""
        done = self._scaffolder("cohort", command, self.folder, *options, "--json")
        assert done.code == code, done.err + done.out
        found: dict[str, Any] = json.loads(done.out)
        return found

    def states(self, command: str, *options: object, code: int = 0) -> dict[str, str]:
        return {each["student"]: each["state"] for each in self.run(command, *options, code=code)["projects"]}

    def push(self) -> None:
        self.server.mkdir(exist_ok=True)
        assert set(self.states("push", "--base", self.server).values()) == {"done"}

    def remote(self, student: str) -> Path:
        return self.server / student / "tiny.git"

    def bare(self, student: str) -> Path:
        return self.folder / "repositories" / student / "tiny.git"

    def clone(self, student: str) -> Path:
        place = self.home / "clones" / student
        if not place.exists():
            place.parent.mkdir(exist_ok=True)
            git(place.parent, "clone", "-q", str(self.remote(student)), student)
        return place

    def work(self, student: str, files: Mapping[str, bytes | None], *, push: bool = True) -> str:
        """What the student commits to `main`, and pushes; the commit."""
        place = self.clone(student)
        for path, data in files.items():
            if data is None:
                (place / path).unlink()
            else:
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                (place / path).write_bytes(data)
        made = commit(place, "My work")
        if push:
            git(place, "push", "-q", "origin", "main")
        return made


@contextmanager
def classroom_in(home: Path, scaffolder: Run) -> Iterator[Classroom]:
    """A course whose template is taken for a bundled one, so that it needs no process of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalog, "templates_folder", lambda: home / "templates")
        found = Classroom(home, scaffolder)
        found.change()
        yield found
    catalog.bundled.cache_clear()


def head(repository: Path, branch: str = "main") -> str | None:
    return store.commit_of(store.opened(repository), f"refs/heads/{branch}")


def files_of(repository: Path, revision: str = "main") -> dict[str, str]:
    """The text of each file in a revision, but the record."""
    opened, listed = pygit2.Repository(repository), pygit2.Index()
    listed.read_tree(opened.revparse_single(revision).peel(pygit2.Tree))
    entries = [entry for entry in listed if entry.path != ".scaffolder.json"]
    return {entry.path: opened[entry.id].peel(pygit2.Blob).data.decode().strip() for entry in entries}


def is_ancestor(repository: Path, ancestor: str, descendant: str = "main") -> bool:
    return git(repository, "merge-base", ancestor, descendant) == ancestor


def offers(classroom: Classroom, student: str) -> list[str]:
    """The branches on which updates wait at the remote."""
    listed = git(classroom.remote(student), "branch", "--format=%(refname:short)").split()
    return [name for name in listed if name.startswith("scaffold-update-")]


def branch_of(classroom: Classroom, student: str) -> str:
    """The one branch on which an update waits at the remote."""
    (found,) = offers(classroom, student)
    return found


def details(found: dict[str, Any]) -> dict[str, str]:
    return {each["student"]: each["detail"] for each in found["projects"]}
