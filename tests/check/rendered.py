"""Freshly generated projects in memory, and small changes to them."""

from __future__ import annotations

import io
import json
import re
import tomllib
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path

from any_package.reporting import blocks
from PIL import Image, ImageDraw
from printed import shows

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.results.finding import Finding
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

Files = dict[str, bytes]
TODAY = date(2026, 12, 1)
METRICS, STAMPS = "reports/metrics.json", "reports/blocks.json"

WRITTEN = tuple(item.id for item in ITEMS if item.written)
BLOCK = re.compile(r"(?:<!--|#) measured:([\w-]+)(?: -->)?\n(.*?)(?:<!--|#) /measured:\1(?: -->)?\n", re.DOTALL)
QUESTION = re.compile(r"TODO\(\w+\):[^|\n]*(?=\n| \|)")


def fresh(template: str, **given: str) -> Files:
    """What `scaffolder new` writes, without the record."""
    return dict(_fresh(template, tuple(given.items())))


@cache
def _fresh(name: str, given: tuple[tuple[str, str], ...]) -> Files:
    template = catalog.bundled(name)
    answers = complete(template, chosen({"author_name": "Mara Lindqvist", "github_owner": "mara", **dict(given)}))
    return {path: file.data for path, file in render(template, answers).items()}


def answered(files: Files, answer: str | Callable[[re.Match[str]], str]) -> Files:
    """The same with every open question replaced by `answer`."""
    said = answer if callable(answer) else lambda _: answer
    return {
        path: QUESTION.sub(said, data.decode()).encode() if path.endswith(".md") else data
        for path, data in files.items()
    }


def finding(files: Files, item: str) -> Finding:
    """One item's finding about files in memory."""
    return BY_ID[item].finding(Repository(Snapshot.of_files(files)))


def findings(files: Files, tags: tuple[str, ...] = ()) -> dict[str, Finding]:
    """Every item's finding about files in memory."""
    repo = Repository(Snapshot.of_files(files, tags), today=TODAY)
    return {item.id: item.finding(repo) for item in ITEMS}


def open_items(files: Files, tags: tuple[str, ...] = ()) -> dict[str, str]:
    """The items that are neither done, written nor n/a, with their state."""
    return {item: found.state.value for item, found in findings(files, tags).items() if not found.state.counts}


def stamped(files: Files) -> Files:
    """The same with the stamps of its measured blocks, as the last step of `make report` writes them."""
    measured = files[METRICS].decode()
    values = {metric["name"]: metric["value"] for metric in json.loads(measured)["metrics"]}
    stamps = {
        path: {
            name: {
                "sha256": blocks.digest(text),
                "metrics": [name for name, value in values.items() if shows(text, value)],
                "metrics_sha256": blocks.digest(measured),
            }
            for name, text in BLOCK.findall(files[path].decode())
        }
        for path in tomllib.loads(files["scaffolder.toml"].decode())["blocks"]
    }
    return {**files, STAMPS: json.dumps(stamps).encode()}


def stamp(folder: Path) -> None:
    """Write the stamps of the measured blocks in a folder."""
    pages = tomllib.loads((folder / "scaffolder.toml").read_text())["blocks"]
    files = {path: (folder / path).read_bytes() for path in ("scaffolder.toml", METRICS, *pages)}
    (folder / STAMPS).write_bytes(stamped(files)[STAMPS])


def screenshot() -> bytes:
    """A small picture that is not blank."""
    image = Image.new("RGB", (320, 200), "white")
    ImageDraw.Draw(image).rectangle((40, 40, 200, 120), fill="navy")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
