"""A repository of each template in three states: generated, after a run, and handed in by a good learner.

The runs in data/*_run are real: no number in them was ever typed. `renew.py` says how one is made again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Any

from scaffolder.check.engine.facts import Facts
from scaffolder.check.engine.finding import Finding
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import ITEMS
from scaffolder.project.record import NAME as RECORD
from scaffolder.project.record import write as record
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

DATA = Path(__file__).parent / "data"
PAGES = ("README.md", "MODEL_CARD.md")
TODAY = date(2026, 12, 1)

Files = dict[str, bytes]

_BLOCK = re.compile(rb"(?:<!--|#) measured:([\w-]+)(?: -->)?\n.*?(?:<!--|#) /measured:\1(?: -->)?\n", re.DOTALL)


@dataclass(frozen=True)
class Fixture:
    """A project of `template`: its run, the owner's words and the owner's files are in data/`name`_*."""

    template: str
    name: str
    given: Mapping[str, str]
    kept: tuple[str, ...]  # what a run leaves and a fixture keeps, beside the pages

    def fresh(self, **other: str) -> Files:
        """What `scaffolder new` writes."""
        return dict(_fresh(self.template, tuple({**self.given, **other}.items())))

    def after_run(self) -> Files:
        """The same after `make demo` and `make load`: reports, artifacts, measured blocks."""
        return dict(self._after_run)

    def filled(self) -> Files:
        """What a good learner hands in: every question answered, and what the template leaves to its owner added."""
        return dict(self._filled)

    def restated(self, path: str, *keys: str) -> Files:
        """The same, but the answers to `keys` in one document are the template's questions, each fifth word changed."""
        text, part = self._after_run[path].decode(), self._words[path]
        again = {key: _changed_words(re.findall(rf"TODO\({key}\): (.*)", text)[0]) for key in keys}
        return self.filled() | {path: reworded(text, {**part, "answers": {**part["answers"], **again}}).encode()}

    @cached_property
    def _after_run(self) -> Files:
        files, run = self.fresh(), _stored(f"{self.name}_run")
        for page in PAGES:
            files[page] = with_blocks(files[page], run.pop(page))
        return files | run

    @cached_property
    def _filled(self) -> Files:
        files = self._after_run
        written = {path: reworded(files[path].decode(), part).encode() for path, part in self._words.items()}
        return files | written | _stored(f"{self.name}_added")

    @cached_property
    def _words(self) -> dict[str, dict[str, Any]]:
        return tomllib.loads((DATA / f"{self.name}_words.toml").read_text("utf-8"))


CHURN = Fixture(
    "classical-ml",
    "churn",
    {
        "use_case": "churn",
        "project_name": "Churn predictor",
        "author_name": "Mara Lindqvist",
        "github_owner": "mara-lindqvist",
    },
    ("reports/*", "reports/figures/*", "artifacts/model.json", "artifacts/model.onnx"),
)
ASSISTANT = Fixture(
    "rag-assistant",
    "assistant",
    {"project_name": "Python help desk", "author_name": "Noor Haddad", "github_owner": "noor-haddad"},
    ("reports/*", "reports/figures/*"),  # the index is made again from the documents, which the template has
)
FIXTURES = {fixture.name: fixture for fixture in (CHURN, ASSISTANT)}


@cache
def _fresh(name: str, given: tuple[tuple[str, str], ...]) -> Files:
    template = catalog.bundled(name)
    answers = complete(template, chosen(dict(given)))
    path, recorded = record(template, answers, {"kind": "bundled"})
    files = {path: file.data for path, file in render(template, answers).items()}
    return {**files, path: recorded.data}


def _changed_words(text: str) -> str:
    return " ".join("otherwise" if index % 5 == 2 else word for index, word in enumerate(text.split()))


def reworded(text: str, part: Mapping[str, Any]) -> str:
    """One document with its questions answered, edited, and with more at its end."""
    for key, words in part.get("answers", {}).items():
        for answer in [words] if isinstance(words, str) else words:
            text = _answered(text, key, answer.strip())
    for old, new in part.get("edits", {}).items():
        assert old in text, f"the template has changed: {old!r} is gone"
        text = text.replace(old, str(new).strip("\n"))
    added = str(part.get("appended", {}).get("text", ""))
    return f"{text}\n{added}" if added else text


def _answered(text: str, key: str, answer: str) -> str:
    """The next question of that name, to the end of its paragraph or cell, replaced by the answer."""
    question = re.compile(rf"TODO\({key}\):[^|\n]*(?=\n| \|)")
    assert question.search(text), f"the template no longer asks TODO({key})"
    return question.sub(lambda _: answer, text, count=1)


def with_blocks(page: bytes, measured: bytes) -> bytes:
    """`page` with the measured blocks of another version of it."""
    blocks = {match[1]: match[0] for match in _BLOCK.finditer(measured)}
    return _BLOCK.sub(lambda match: blocks[match[1]], page)


def _stored(folder: str) -> Files:
    paths = (path for path in (DATA / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(DATA / folder).as_posix(): path.read_bytes() for path in paths}


@cache
def _origin(recorded: bytes) -> dict[str, Any]:
    """What the template makes of the recorded answers: rendered once, as it is the same for each mutant."""
    facts = Facts(Snapshot.of_files({RECORD: recorded}))
    return {"pristine": facts.pristine, "stubs": facts.stubs}


@lru_cache(maxsize=4)
def _code(files: tuple[tuple[str, bytes], ...]) -> dict[str, Any]:
    """What follows from the Python files alone, which few mutants change."""
    facts = Facts(Snapshot.of_files(dict(files)))
    return {name: getattr(facts, name) for name in ("modules", "tests", "routes", "endpoint_tests")}


def findings(files: Files) -> dict[str, Finding]:
    """Every item's finding about files in memory, on `TODAY`."""
    facts = Facts(Snapshot.of_files(files))
    known = _origin(files[RECORD]) if RECORD in files else {}
    code = tuple((path, data) for path, data in files.items() if path.endswith(".py") or path == "pyproject.toml")
    for name, value in {**known, **_code(code), "today": TODAY}.items():
        setattr(facts, name, value)
    return {item.id: item.finding(facts) for item in ITEMS}


def unrecorded(files: Files) -> Files:
    """The same as stock cookiecutter leaves it: without the record of the answers."""
    return {path: data for path, data in files.items() if path != RECORD}


def open_items(files: Files) -> dict[str, str]:
    """The items that are neither done nor n/a, with their state."""
    return {name: found.state.value for name, found in findings(files).items() if not found.state.counts}
