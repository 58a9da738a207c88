"""The facts that a portfolio page shows, as plain data. Every text may be a stranger's: pages escape all of it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field

INDEX, PICTURES = "index.html", "pictures"  # the page of a site, and the folder of its pictures
SVG = "svg"  # the suffix of a drawing, which the page itself holds
GENERATOR = "scaffolder portfolio"  # in the head of each page, so that it is known again


@dataclass(frozen=True)
class Link:
    """Words that lead to a web address, such as https:// or mailto:."""

    words: str
    address: str


@dataclass(frozen=True)
class Person:
    """The owner of a portfolio. `role` is the one that this person looks for; `address` is where the page will be."""

    name: str
    role: str
    about: str = ""
    contact: tuple[Link, ...] = ()
    address: str = ""


@dataclass(frozen=True)
class Shown:
    """A fact of a project that shows a skill; `address` leads to its place, "" if nobody knows where that is."""

    project: str
    fact: str
    place: str
    address: str = ""


@dataclass(frozen=True)
class Skill:
    """A skill, the facts that show it, and the template that brought them, "" if they are the owner's work."""

    name: str
    shown: tuple[Shown, ...]
    template: str = ""


@dataclass(frozen=True)
class Result:
    """The measurement to look at first, ready to print; `baseline` is the value of a simple rule, named `rule`."""

    metric: str
    value: str
    interval: str = ""
    baseline: str = ""
    rule: str = ""

    def __str__(self) -> str:
        interval = f" (95% interval {self.interval})" if self.interval else ""
        beside = f"; {self.rule}: {self.baseline}" if self.baseline else ""
        return f"{self.metric} {self.value}{interval}{beside}"


@dataclass(frozen=True)
class Picture:
    """A picture of the product: the name of its file in the site, its description, its size in pixels if it has one.

    A drawing (SVG) has no file: inside the page, a browser runs and loads nothing of it.
    """

    name: str
    words: str
    size: tuple[int, int] | None
    data: bytes = field(repr=False)

    @property
    def is_drawing(self) -> bool:
        """Whether it is an SVG."""
        return self.name.endswith(f".{SVG}")

    @property
    def source(self) -> str:
        """The address of the picture in the page."""
        if self.is_drawing:
            return f"data:image/svg+xml;base64,{b64encode(self.data).decode()}"
        return f"{PICTURES}/{self.name}"


@dataclass(frozen=True)
class Text:
    """Paragraphs that the owner wrote, and where they stand."""

    paragraphs: tuple[str, ...]
    place: str
    address: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A fact that the page does not show, why not, and what its owner can do."""

    what: str
    why: str
    remedy: str


@dataclass(frozen=True)
class Card:
    """One project. What is empty is not shown, and `left_out` says why.

    `sentence` says what it is, `in_words` what was measured; `counts` are those of the checklist.
    `whose` says what in a project from a template is the owner's.
    """

    name: str
    sentence: str = ""
    address: str = ""
    live: str = ""
    level: str = ""
    counts: str = ""
    whose: str = ""
    in_words: str = ""
    result: Result | None = None
    picture: Picture | None = None
    changes: Text | None = None
    failure: Text | None = None
    left_out: tuple[LeftOut, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing of the project: neither what it is nor what came of it."""
        return not (self.sentence or self.whose or self.result or self.picture or self.changes or self.failure)


@dataclass(frozen=True)
class Failure:
    """The one account of a failure that the page tells, and the project that it is from."""

    project: str
    text: Text


@dataclass(frozen=True)
class Site:
    """One page. `left_out` is about the page as a whole; each card has its own."""

    person: Person
    cards: tuple[Card, ...]
    skills: tuple[Skill, ...]
    failure: Failure | None = None
    left_out: tuple[LeftOut, ...] = ()
