"""Render the page: HTML templates without inline scripts or styles, with all values escaped."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..passages import Document, Span
from .reading import Reading, read_answer, read_source
from .schemas import QUESTION, Passage, Range, Reply

Values = dict[str, Any]

TEMPLATES = Path(__file__).with_name("templates")
DRAFT_NUMBERS = range(1, 51)  # what passes for a citation until the answer is whole
MOST_VALUES = 24  # of a field that is offered as a filter


@dataclass(frozen=True, slots=True)
class Source:
    """A citation as a link."""

    href: str
    title: str
    section: Sequence[str]
    quote: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document opened at a passage. `address` is where the original is, if that is a web address."""

    title: str
    metadata: Mapping[str, str]
    address: str
    text: Reading


class Pages:
    """Renders templates."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        filters = {"words": words, "score": score, "duration": duration, "passage_href": passage_href}
        self._environment.filters.update(filters)

    def render(self, name: str, **values: object) -> str:
        return self._environment.get_template(name).render(values)

    def draft(self, text: str) -> str:
        """What is there of an answer so far."""
        return self.render("draft_text.html", blocks=read_answer(text, DRAFT_NUMBERS))


def reply_values(reply: Reply, threshold: float) -> Values:
    """What `answer.html` needs of an answer."""
    sources = {
        one.number: Source(source_href(one.document, one.span), one.title, one.section, one.quote)
        for one in reply.citations
    }
    return {
        "reply": reply,
        "sources": sources,
        "answer_blocks": read_answer(reply.text, sources),
        "threshold": f"{threshold:.3f}",
    }


def sheet(document: Document, mark: Span) -> Sheet:
    """A document opened where `mark` is."""
    shown = {name: value for name, value in document.metadata.items() if name not in ("source", "title")}
    source = document.metadata.get("source", "")
    address = source if source.startswith(("https://", "http://")) else ""
    return Sheet(document.title, shown, address, read_source(document.text, mark))


def filters(facets: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    """The fields worth filtering by: few values, and more than one."""
    return {
        field: dict(sorted(values.items()))
        for field, values in sorted(facets.items(), key=lambda item: len(item[1]))
        if 1 < len(values) <= MOST_VALUES
    }


def curl_body(question: str = QUESTION) -> str:
    """The example request for a shell; an apostrophe would end its quoting."""
    return json.dumps({"question": question}, ensure_ascii=False).replace("'", "\\u0027")


def source_href(document: str, span: Range) -> str:
    return f"/source/{quote(document)}?{urlencode({'start': span.start, 'end': span.end})}"


def passage_href(passage: Passage) -> str:
    return source_href(passage.document, passage.span)


def words(name: str) -> str:
    """`python_version` -> `Python version`."""
    spaced = name.replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:]


def score(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def duration(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"
