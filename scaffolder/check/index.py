"""An index of the repository's documents: texts by subject, and the pictures, diagrams and addresses that they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import product
from typing import NamedTuple
from urllib.parse import unquote

from scaffolder.check.documents import documents, readme
from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.snapshot import IMAGES
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Document, Fence, Passage, Section
from scaffolder.check.readers.markdown_blocks import Block
from scaffolder.check.readers.markdown_inline import Link, plain
from scaffolder.check.readers.parts import Part
from scaffolder.check.readers.vocabulary import MOST_WORDS, folded, meaning, phrases, vocabulary

MOST_BLOCKS = 12  # below a label in bold letters
OPENING, OPENING_ALONE = 8, 3  # blocks above the first section, and of a page without sections
LEAST_WORDS = 8  # in such a part: "**Docker**: containers" describes no deployment
MOST_PICTURES = 2_000

_ASIDE = re.compile(
    r"(?:^|/)(?:prompts?|templates?|fixtures?|tests?|vendor|third_party|[\w-]*(?:adrs?|rfcs?|decisions)|\.[^/]+)/|_template/"
    r"|(?:^|/|[_-])(?:licen[cs]e|change|release_?notes|log|todo|history)[^/]*$|(?:^|/)(?:claude|agents|gemini)\.md$",
    re.I,
)
_LABEL = re.compile(r"(?:\*\*|__)([^*_\n]{2,60})(?:\*\*|__)")
_PLAIN_LABEL = re.compile(r"([^\W\d_][\w ’'/&-]{2,40})(?::\s|\n|\Z)")  # before a colon, or alone in its line
_CODE = re.compile(
    r"[\[`/$]|.*\.(?:py|js|ts|sql|ya?ml|json|csv|ipynb|toml)\W*\Z"
)  # a title that names a setting or a file
_DATA = re.compile(r"\b(?:data(?:set|sets|base)?|dados|datos|données|\w*daten|datensatz|competition|competição)\b")
_VIDEO = re.compile(r"\.(?:mp4|mov|webm|gif)(?:$|\?)", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_BADGE = re.compile(
    r"shields\.io|badge|/workflows/.*\.svg|contrib\.rocks|readme-stats|star-history|skillicons|colab-", re.I
)
_MADE_UP = re.compile(r"your[-_.]|example\.|<|localhost|xxx", re.IGNORECASE)
_DRAWN = frozenset(("mermaid", "plantuml", "puml", "uml", "dot", "graphviz", "d2", "blockdiag"))
_PLAIN = frozenset(("", "text", "txt", "ascii", "plaintext"))
_FILES = (".mmd", ".mermaid", ".puml", ".plantuml", ".drawio", ".dio", ".excalidraw", ".dot", ".d2", ".vsdx")


def texts(repo: Repository, subject: str) -> list[tuple[Passage, Evidence]]:
    """The pages, sections and labelled parts of all documents that are about a subject, the surest first."""
    wanted = phrases(subject)
    found: list[tuple[bool, Passage, Evidence]] = []
    for page in explaining(repo):
        how = meaning(page.path.rpartition("/")[2].rpartition(".")[0], wanted)
        if how and not how.weak and how.part < 2:
            found.append((False, page, Evidence("a page of that name", page.path)))
        for section, how in page.titled(subject):
            said = _telling(section, subject) if how.weak else ""
            if not _CODE.match(section.title[:200]) and (said or not how.weak):
                place = Evidence(f"under “{section.title[:60]}”{said}", page.path, section.line)
                found.append((how.weak, section, place))
        for label, part, line in _labelled(page):
            said_so = meaning(label, wanted)
            if said_so and not said_so.weak and said_so.part < 2:
                found.append((False, part, Evidence(f"after “{label}”", page.path, line)))
    opening = _opening(repo) if subject == "problem" else None  # which is where many state it
    if opening and (said := _telling(opening, subject)):
        found.append((True, opening, Evidence(f"above all headings{said}", opening.path, opening.blocks[0].line)))
    return [(passage, place) for _, passage, place in sorted(found, key=lambda each: each[0])]


def _telling(passage: Passage, subject: str) -> str:
    """A clause with the word by which a text is likely to be about a subject; "" if it has none."""
    known = phrases(subject, group="telling") if subject in vocabulary()["telling"] else {}
    text = " ".join(plain(block.text)[:2_000] for block in passage.own[:8])
    word = next((word for word in text.split() if folded(word) in known), "")
    return f", with the word “{word.strip('.,:;()')}”" if word else ""


def _opening(repo: Repository) -> Part | None:
    """The prose of the README above its first section."""
    page = readme(repo)
    first = next((section.line for section in page.sections if section.level > 1), 10**9) if page else 0
    blocks = [block for block in page.own if block.line < first] if page else []
    most = OPENING if first < 10**9 else OPENING_ALONE
    return Part(page, blocks[:most]) if page and blocks else None


@fact
def explaining(repo: Repository) -> tuple[Document, ...]:
    """The documents that explain the project: without prompts, fixtures, logs and records of decisions."""
    return tuple(page for page in documents(repo) if not _ASIDE.search(page.path))


def _labelled(page: Document) -> Iterator[tuple[str, Part, int]]:
    """The labels that begin a paragraph, each with the blocks up to the next label or heading."""
    starts = {at: label for at, block in enumerate(page.blocks) if (label := _label(block))}
    for at, label in starts.items():
        end = at + 1
        while end < len(page.blocks) and page.blocks[end].kind != "heading" and end not in starts:
            end += 1
        part = Part(page, page.blocks[at : min(end, at + MOST_BLOCKS)])
        if sum(len(block.text.split()) for block in part.blocks) > LEAST_WORDS:
            yield label, part, page.blocks[at].line


def _label(block: Block) -> str:
    """The words in bold letters that a block begins with, or the label of a paragraph; "" if there are none."""
    found = _LABEL.match(block.text) or (_PLAIN_LABEL.match(block.text) if block.kind == "paragraph" else None)
    return found[1].strip(" :") if found else ""


class Shown(NamedTuple):
    """A picture or a link, the document and the heading that it stands under, and of a file, its path."""

    page: Document
    link: Link
    heading: str
    path: str  # "" if it is a web address

    @property
    def is_film(self) -> bool:
        """Whether it moves: a film or an animated picture."""
        return bool(_VIDEO.search(self.link.target)) or _host(self.link.target, "videos")

    @property
    def kind(self) -> str:
        """Its kind by its name, else by its description or heading: a "diagram", a "product", a "chart" or ""."""
        name = unquote(self.link.target.rpartition("/")[2]).partition("?")[0].rpartition(".")[0]
        kind: str
        for said, kind in product((name, self.link.text), vocabulary()["pictures"]):
            if meaning(said, phrases(kind, group="pictures"), MOST_WORDS):
                return kind
        for subject, kind in (
            ("architecture", "diagram"),
            ("demo", "product"),
            ("results", "chart"),
            ("data", "chart"),
        ):
            if meaning(self.heading, phrases(subject)):
                return kind
        return ""

    def says(self, fact: str) -> Evidence:
        """Evidence at its place."""
        return Evidence(fact, self.page.path, self.link.line)


@fact
def pictures(repo: Repository) -> tuple[Shown, ...]:
    """The pictures and films in the documents, the first `MOST_PICTURES`, without decoration."""
    found = tuple(each for each in _shown(repo) if each.link.image or each.is_film)
    return tuple(each for each in repo.snapshot.first(found, MOST_PICTURES, "pictures") if each.kind != "decoration")


@fact
def addresses(repo: Repository) -> tuple[Shown, ...]:
    """The web addresses at which something runs, as their host, their words or their heading say."""
    found = (each for each in _shown(repo) if not each.link.image and _WEB.match(each.link.target))
    return tuple(each for each in found if not _MADE_UP.search(each.link.target) and _runs(each))


def _runs(each: Shown) -> bool:
    """Whether something runs at an address, as its host says, or its words or heading for a page of GitHub's."""
    said = f"{each.heading} {each.link.text}"
    return _host(each.link.target, "hosts") or (
        ".github.io" in each.link.target and bool(meaning(said, phrases("demo")))
    )


@fact
def sources(repo: Repository) -> tuple[Shown, ...]:
    """The web addresses of data sets."""
    return tuple(each for each in _shown(repo) if _host(each.link.target, "data"))


def named_sources(repo: Repository) -> Iterator[Evidence]:
    """The sentences that name a place where data come from, in a paragraph about data."""
    for page in explaining(repo):
        for block in page.own:
            text = " ".join(plain(block.text)[:2_000].casefold().split())
            name = _names().search(text)
            if name and _DATA.search(text):
                yield Evidence(f"names {name[0]} in a text about data", page.path, block.line)
            elif said := _origin().search(text):
                yield Evidence(f"“{said[0]}”, in a text about data", page.path, block.line)


@cache
def _names() -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, vocabulary()['addresses']['names']))})\b")


@cache
def _origin() -> re.Pattern[str]:
    """A word for data and, near it in the same sentence, words that say where the data come from."""
    said = "|".join(re.escape(phrase) for language in vocabulary()["origin"].values() for phrase in language)
    return re.compile(rf"{_DATA.pattern}[^.!?]{{0,80}}?\b(?:{said})\b")


@fact
def _shown(repo: Repository) -> tuple[Shown, ...]:
    found: list[Shown] = []
    for page in explaining(repo):
        titles = iter([*page.sections, None])
        heading, after = "", next(titles)
        inside = {id(link): path for link, path in files(page.links, page.path)}
        for link in page.links:
            while isinstance(after, Section) and after.line <= link.line:
                heading, after = after.title, next(titles)
            if not _BADGE.search(link.target):
                found.append(Shown(page, link, heading, inside.get(id(link), "")))
    return tuple(found)


def _host(target: str, kind: str) -> bool:
    """Whether an address lies at one of the vocabulary's hosts of this kind, or below one that begins with a dot."""
    bare = _WEB.sub("", target.casefold()).removeprefix("www.")
    host, _, path = bare.partition("/")
    known = (each.partition("/") for each in vocabulary()["addresses"][kind])
    return any(
        (host if name.startswith(".") else f".{host}").endswith(f".{name.removeprefix('.')}")
        and path.startswith(beginning)
        for name, _, beginning in known
    )


def diagrams(repo: Repository) -> Iterator[Evidence]:
    """The diagrams: drawn in text, shown as pictures, or lying there as files."""
    for page in explaining(repo):
        yield from (Evidence(how, page.path, fence.line) for fence in page.fences if (how := drawn(fence)))
        for each in (one for one in pictures(repo) if one.page is page and one.kind == "diagram"):
            yield each.says(
                f"{each.path or each.link.target[:120]}: by its name or place a diagram; it was not looked at"
            )
    for path in repo.snapshot.paths:
        name, _, ending = path.rpartition("/")[2].rpartition(".")
        is_picture = f".{ending.lower()}" in IMAGES and meaning(name, phrases("diagram", group="pictures"), MOST_WORDS)
        if f".{ending.lower()}" in _FILES or (is_picture and not _ASIDE.search(path)):
            yield Evidence("by its name a diagram; it was not looked at", path)


def drawn(fence: Fence) -> str:
    """The kind of diagram that a block of code draws, such as "a Mermaid diagram"; "" if it draws none."""
    if fence.language in _DRAWN or fence.text.lstrip().startswith("@startuml"):
        return f"a diagram in {fence.language.title() or 'PlantUML'}"
    lines = fence.text.split("\n")
    is_tree = 3 * sum("├──" in line or "└──" in line for line in lines) > len(lines)
    steps = sum(line.strip() in ("↓", "▼") for line in lines)
    boxes = sum(fence.text.count(corner) for corner in ("┌", "╔", "╭", "+--"))
    falls = sum(line.strip() in ("↓", "▼", "v", "V", "|", "│", "||") for line in lines)
    flows = sum(fence.text.count(arrow) for arrow in (" → ", " --> ", "──> ", "──►", "──▶", " -> ", " => ", "] --"))
    is_drawn = boxes > 1 or falls > 1 or (flows > 1 and 2 * flows >= len(lines) - 1)
    is_diagram = is_drawn and (steps > 1 or not is_tree)
    return "a diagram drawn with characters" if fence.language in _PLAIN and is_diagram else ""
