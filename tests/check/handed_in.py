"""The templates in memory: generated, after a run, and as a good learner hands them in.

The runs in data/ are real: no number in them was ever typed. `renew.py` says how one is made again.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from rendered import Files, fresh, screenshot, stamped

DATA = Path(__file__).parent / "data"
RUNS: dict[str, tuple[str, dict[str, str]]] = {
    "churn": (
        "classical-ml",
        {
            "use_case": "churn",
            "project_name": "Churn predictor",
            "author_name": "Mara Lindqvist",
            "github_owner": "mara-lindqvist",
        },
    ),
    "assistant": (
        "rag-assistant",
        {"project_name": "Python help desk", "author_name": "Noor Haddad", "github_owner": "noor-haddad"},
    ),
}

FIGURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="4"/><path d="M0 1h3"/><path d="M1 2h3"/></svg>\n'
)
_FIGURE = re.compile(rb"\((?:\.\./)*(reports/figures/[\w.-]+)\)")
_BLOCK = re.compile(rb"(?:<!--|#) measured:([\w-]+)(?: -->)?\n.*?(?:<!--|#) /measured:\1(?: -->)?\n", re.DOTALL)


def measured_pages(contract: bytes) -> list[str]:
    """The documents with measured blocks, as a project's scaffolder.toml lists them."""
    return list(tomllib.loads(contract.decode())["blocks"])


def after_run(name: str) -> Files:
    """A project after `make demo`: reports, artifacts and measured blocks."""
    return dict(_after_run(name))


def filled(name: str) -> Files:
    """What a good learner hands in: every question answered, and what the template leaves to its owner added."""
    return dict(_filled(name))


@cache
def _after_run(name: str) -> Files:
    template, given = RUNS[name]
    files, run = fresh(template, **given), _stored(f"{name}_run")
    figures: Files = {}
    for page in measured_pages(files["scaffolder.toml"]):
        blocks = {match[1]: match[0] for match in _BLOCK.finditer(run.pop(page, b""))}
        files[page] = _BLOCK.sub(lambda match, blocks=blocks: blocks.get(match[1], match[0]), files[page])
        figures |= {path.decode(): FIGURE for path in _FIGURE.findall(files[page])}
    return stamped(files | run | figures)


@cache
def _filled(name: str) -> Files:
    files = after_run(name)
    words = tomllib.loads((DATA / f"{name}_words.toml").read_text("utf-8"))
    written = {path: _reworded(files[path].decode(), part).encode() for path, part in words.items()}
    return files | written | _stored(f"{name}_added") | {"docs/screenshot.png": screenshot()}


def _reworded(text: str, part: Mapping[str, Any]) -> str:
    """One document with its questions answered, edited, and with more at its end."""
    for key, words in part.get("answers", {}).items():
        for answer in [words] if isinstance(words, str) else words:
            question = re.compile(rf"TODO\({key}\):[^|\n]*(?=\n| \|)")
            assert question.search(text), f"the template no longer asks TODO({key})"
            text = question.sub(lambda _, answer=answer: answer.strip(), text, count=1)
    for old, new in part.get("edits", {}).items():
        assert old in text, f"the template has changed: {old!r} is gone"
        text = text.replace(old, str(new).strip("\n"))
    added = str(part.get("appended", {}).get("text", ""))
    return f"{text}\n{added}" if added else text


def _stored(folder: str) -> Files:
    paths = (path for path in (DATA / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(DATA / folder).as_posix(): path.read_bytes() for path in paths}
