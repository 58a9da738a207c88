"""A classical-ml repository on churn in three states: generated, after a run, and handed in by a good learner.

The run in data/churn_run is real: `scaffolder new classical-ml churn-predictor --yes --set use_case=churn`, then
`make demo` and `make load`. To renew it, do that again and copy reports/, README.md, MODEL_CARD.md,
artifacts/model.json and artifacts/model.onnx; no number in it was ever typed.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from scaffolder import catalog
from scaffolder.answers import chosen, complete
from scaffolder.checklist.facts import Facts
from scaffolder.checklist.finding import Finding
from scaffolder.checklist.items import ITEMS
from scaffolder.checklist.snapshot import Snapshot
from scaffolder.project import RECORD, record
from scaffolder.render import render

DATA = Path(__file__).parent / "data"
GIVEN = {
    "use_case": "churn",
    "project_name": "Churn predictor",
    "author_name": "Mara Lindqvist",
    "github_owner": "mara-lindqvist",
}
TODAY = date(2026, 12, 1)

Files = dict[str, bytes]

_BLOCK = re.compile(rb"(?:<!--|#) measured:([\w-]+)(?: -->)?\n.*?(?:<!--|#) /measured:\1(?: -->)?\n", re.DOTALL)


def fresh(**other: str) -> Files:
    """What `scaffolder new` writes."""
    return dict(_fresh(tuple({**GIVEN, **other}.items())))


@cache
def _fresh(given: tuple[tuple[str, str], ...]) -> Files:
    template = catalog.bundled("classical-ml")
    answers = complete(template, chosen(dict(given)))
    name, recorded = record(template, answers, {"kind": "bundled"})
    files = {path: file.data for path, file in render(template, answers).items()}
    return {**files, name: recorded.data}


def after_run() -> Files:
    """The same after `make demo` and `make load`: reports, artifacts, measured blocks."""
    files, run = fresh(), _stored("churn_run")
    for page in ("README.md", "MODEL_CARD.md"):
        files[page] = with_blocks(files[page], run.pop(page))
    return files | run


def filled() -> Files:
    """What a good learner hands in: every question answered, and what the template leaves to its owner added."""
    files = after_run()
    return files | {path: reworded(files[path].decode(), part).encode() for path, part in _words().items()} | _added()


def restated(path: str, *keys: str) -> Files:
    """The same, but the answers to `keys` in one document are the template's questions with each fifth word changed."""
    text = after_run()[path].decode()
    again = {key: _changed_words(re.findall(rf"TODO\({key}\): (.*)", text)[0]) for key in keys}
    part = _words()[path]
    return filled() | {path: reworded(text, {**part, "answers": {**part["answers"], **again}}).encode()}


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


@cache
def _words() -> dict[str, dict[str, Any]]:
    return tomllib.loads((DATA / "churn_words.toml").read_text("utf-8"))


def _added() -> Files:
    return _stored("churn_added")


@cache
def _read(folder: str) -> Files:
    paths = (path for path in (DATA / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(DATA / folder).as_posix(): path.read_bytes() for path in paths}


def _stored(folder: str) -> Files:
    return dict(_read(folder))


@cache
def _origin(recorded: bytes) -> dict[str, Any]:
    """What the template makes of the recorded answers: rendered once, as it is the same for each mutant."""
    facts = Facts(Snapshot.of_files({RECORD: recorded}))
    return {"pristine": facts.pristine, "stubs": facts.stubs}


def findings(files: Files) -> dict[str, Finding]:
    """Every item's finding about files in memory, on `TODAY`."""
    facts = Facts(Snapshot.of_files(files))
    for name, value in {**_origin(files[RECORD]), "today": TODAY}.items():
        setattr(facts, name, value)
    return {item.id: item.finding(facts) for item in ITEMS}


def open_items(files: Files) -> dict[str, str]:
    """The items that are neither done nor n/a, with their state."""
    return {name: found.state.value for name, found in findings(files).items() if not found.state.counts}
