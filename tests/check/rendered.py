"""Freshly generated projects in memory, and small changes to them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from functools import cache

from PIL import Image, ImageDraw

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID, ITEMS
from scaffolder.results.finding import Finding
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

Files = dict[str, bytes]
TODAY = date(2026, 12, 1)

WRITTEN = tuple(item.id for item in ITEMS if item.written)
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


def screenshot() -> bytes:
    """A small picture that is not blank."""
    image = Image.new("RGB", (320, 200), "white")
    ImageDraw.Draw(image).rectangle((40, 40, 200, 120), fill="navy")
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
