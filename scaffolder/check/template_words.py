"""Telling an owner's words from the template's: open questions, and runs of three words that a template has too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import PurePath
from typing import Any

from scaffolder.check.contract import contract
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.markdown_blocks import without_comments
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.project import record

Shingle = tuple[str, ...]

SAME_WORDS = 0.3
"""From this share of its three-word runs in a template on, a paragraph is the template's: unedited text scores near
1.00 (0.5 where answers put many words in), with 30% of its words changed 0.52, strangers' prose at most 0.1 (Broder
1997, On the resemblance and containment of documents). Such a paragraph may stay; it does not count."""
SAME_CODE = 0.9  # the same share of a block of code, such as a diagram

_MARK = re.compile(r"\bTODO\(|\A\W*(?:TODO|FIXME|TBD|TBA)\b|\blorem ipsum\b|\[more information needed\]", re.IGNORECASE)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+(?:['’][^\W_]+)?")
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_JINJA = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)


def marked(text: str) -> bool:
    """Whether `text` says itself that it is unfinished: an open question, or a filler that no README keeps."""
    return bool(_MARK.search(text))


def words(text: str) -> list[str]:
    """The words of `text`, folded; of scripts without spaces, the characters."""
    return _WORD.findall(text.casefold())


def shingles(text: str) -> set[Shingle]:
    """The runs of three words in `text`; a shorter text is one run."""
    found = words(text)
    return set(zip(found, found[1:], found[2:], strict=False)) if len(found) > 2 else {tuple(found)} - {()}


def containment(text: str, known: frozenset[Shingle]) -> float:
    """Which share of the runs of `text` is among `known`, from 0 to 1."""
    own = shingles(text)
    return len(own & known) / len(own) if own else 0.0


@fact
def template_name(repo: Repository) -> str:
    """The template that the repository was made from, as its contract or its record says; "" if neither does."""
    declared = contract(repo)
    if declared and declared.template:
        return declared.template
    text = repo.snapshot.text(record.NAME)
    if text is None:
        return ""
    try:
        return record.read(text).template
    except record.RecordError as error:
        repo.snapshot.note(f"{record.NAME} cannot be read: {error}.")
        return ""


@fact
def template_words(repo: Repository) -> frozenset[Shingle]:
    """The runs of words in the prose of the repository's template, as it is installed; none of a stranger's."""
    return _prose_of(template_name(repo))


@fact
def template_code(repo: Repository) -> frozenset[Shingle]:
    """The same of the blocks of code in its documents."""
    return _code_of(template_name(repo))


@cache
def _prose_of(name: str) -> frozenset[Shingle]:
    return frozenset(run for text in _sources(name) for run in shingles(plain(_FENCE.sub("\n", text))))


@cache
def _code_of(name: str) -> frozenset[Shingle]:
    return frozenset(run for text in _sources(name) for code in _FENCE.findall(text) for run in shingles(code))


@cache
def _sources(name: str) -> tuple[str, ...]:
    """The template's documents and questions, with every choice at once: nothing is rendered."""
    from scaffolder.template import catalog

    if name not in catalog.names():
        return ()
    folder = catalog.templates_folder() / name
    texts = [path.read_text("utf-8") for path in sorted(folder.rglob("*.md")) if _is_prose(path.relative_to(folder))]
    texts += _strings(json.loads((folder / "cookiecutter.json").read_text("utf-8")))
    return tuple(without_comments(_JINJA.sub(" ", text)) for text in texts)


def _is_prose(path: PurePath) -> bool:
    """Whether the template speaks there; documents below data/ are somebody's, and hold every common phrase."""
    return "data" not in path.parts or path.name == "DATASET.md"


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)
