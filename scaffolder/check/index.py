"""An index of the repository's documents: texts by subject, and the pictures, diagrams and addresses that they show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product, takewhile
from typing import NamedTuple
from urllib.parse import unquote

from scaffolder.check.documents import documents, readme
from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.patterns import pattern
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.snapshot import IMAGES
from scaffolder.check.readers.diagrams import drawn
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Document, Passage, Section
from scaffolder.check.readers.markdown_blocks import Block
from scaffolder.check.readers.markdown_inline import Link, plain
from scaffolder.check.readers.parts import Part
from scaffolder.check.readers.vocabulary import MOST_WORDS, meaning, phrases, saying, vocabulary
from scaffolder.check.template_words import words

MOST_BLOCKS = 12  # below a label in bold letters
OPENING, OPENING_ALONE = 8, 3  # blocks above the first section, and of a page without sections
LEAST_WORDS = 8  # in such a part: "**Docker**: containers" describes no deployment
MOST_PICTURES = 2_000

_ASIDE = pattern(
    r"(?:^|/)(?:prompts?|templates?|fixtures?|tests?|vendor|third_party|[\w-]*(?:adrs?|rfcs?|decisions)|\.[^/]+)/|_template/"
    r"|(?:^|/|[_-])(?:licen[cs]e|change|release_?notes|log|todo|history)[^/]*$|(?:^|/)(?:claude|agents|gemini|code_of_conduct)\.md$",
    re.I,
)
_LABEL = pattern(r"(?:\*\*|__)([^*_\n]{2,60})(?:\*\*|__)")
_PLAIN_LABEL = pattern(r"([^\W\d_][\w ’'/&-]{1,40})(?:[:：]\s|\n|\Z)")  # before a colon, or alone in its line
_CODE = pattern(
    r"[\[`/$]|.*/\Z|.*\.(?:py|js|ts|sql|ya?ml|json|csv|ipynb|toml)\W*\Z"
)  # a title that names a setting or a file
_STOP = pattern(r"[.!?:。](?:\W|$)")
_VIDEO = pattern(r"\.(?:mp4|mov|webm|gif)(?:$|\?)", re.IGNORECASE)
_WEB = pattern(r"https?://", re.IGNORECASE)
_BADGE = pattern(
    r"shields\.io|badge|/workflows/.*\.svg|contrib\.rocks|readme-stats|star-history|skillicons|colab-", re.I
)
_MADE_UP = pattern(r"your[-_.]|example\.|<|localhost|xxx", re.IGNORECASE)
_HEADED = {"architecture": "diagram", "demo": "product", "results": "chart", "data": "chart"}
_FILES = (".mmd", ".mermaid", ".puml", ".plantuml", ".drawio", ".dio", ".excalidraw", ".dot", ".d2", ".vsdx")


def texts(repo: Repository, subject: str) -> Iterator[tuple[Passage, Evidence]]:
    """The pages, sections and parts of all documents that are about a subject, the surest first.

    Headings are surer than labels and openings, and those than single sentences.
    """
    found = [*_headed(repo, subject)]
    yield from (pair for pair, is_sure in found if is_sure)
    yield from (pair for pair, is_sure in found if not is_sure)
    for page in explaining(repo):
        for block in page.blocks:
            is_said = _is_sentence(block) if block.kind == "heading" else block.kind != "fence"
            if is_said and (said := _saying(block, subject, "said")):
                yield Part(page, (block._replace(kind="paragraph"),)), Evidence(f"“{said}”", page.path, block.line)


def _headed(repo: Repository, subject: str) -> Iterator[tuple[tuple[Passage, Evidence], bool]]:
    """The texts that a name, a heading or a label says to be about a subject, and whether that is sure."""
    wanted = phrases(subject)
    for page in explaining(repo):
        name, _, ending = page.path.rpartition("/")[2].rpartition(".")
        how = meaning(name, wanted)
        if how and not how.weak and how.part < 2 and ending != "ipynb":
            yield (page, Evidence("a page of that name", page.path)), True
        is_first = page is readme(repo)
        opening = _opening(page, is_first) if subject == "problem" else None  # which is where many state it
        if opening and (said := _telling(opening, subject)):
            place = Evidence(f"in the first sentences{said}", page.path, opening.blocks[0].line)
            yield (opening, place), is_first
        for section, how in page.titled(subject):
            said = _telling(section, subject) if how.weak else ""
            if not _CODE.match(section.title[:200]) and (said or not how.weak):
                place = Evidence(f"under “{section.title[:60]}”{said}", page.path, section.line)
                yield (section, place), not how.weak
        for label, part, line in _labelled(page):
            how = meaning(label, wanted)
            if how and not how.weak and not how.part and not _CODE.match(label):
                yield (part, Evidence(f"after “{label}”", page.path, line)), False


def _telling(passage: Passage, subject: str) -> str:
    """A clause with the word by which a text is likely to be about a subject; "" if it has none."""
    said = (_saying(block, subject, "telling") for block in passage.own[:8])
    word = next(filter(None, said), "")
    return f", with the word “{word}”" if word else ""


def _saying(block: Block, subject: str, group: str) -> str:
    """The first words of a block, as a reader sees them, that the vocabulary has for a subject; "" if it has none."""
    pattern = saying(subject, group)
    found = pattern.search(" ".join(plain(block.text)[:2_000].split())) if pattern else None
    return found[0][:100] if found else ""


def _opening(page: Document, is_first: bool) -> Part | None:
    """The first prose of a page above its first section; of the first page, in that if there is none above it."""
    starts = [section.line for section in page.sections if section.level > 1] + [10**9, 10**9]
    parts = (
        [block for block in page.own if block.line < start and _is_sentence(block)] for start in starts[: 1 + is_first]
    )
    blocks = next(filter(None, parts), [])
    return Part(page, blocks[: OPENING if starts[0] < 10**9 else OPENING_ALONE]) if blocks else None


def _is_sentence(block: Block) -> bool:
    text = plain(block.text)
    return len(words(text)) >= LEAST_WORDS and bool(_STOP.search(text))


@fact
def explaining(repo: Repository) -> tuple[Document, ...]:
    """The documents that explain the project: without prompts, fixtures, logs and records of decisions."""
    return tuple(page for page in documents(repo) if not _ASIDE.search(page.path))


@fact
def unnamed(repo: Repository) -> tuple[Section, ...]:
    """The sections with a sentence of their own whose heading the vocabulary does not have."""
    known = phrases(*vocabulary()["headings"])
    found = (each for page in explaining(repo) for each in page.sections if each.level > 1)
    return tuple(each for each in found if not meaning(each.title, known) and any(map(_is_sentence, _directly(each))))


def _directly(section: Section) -> Iterator[Block]:
    """The text of a section above the first heading in it."""
    inside = takewhile(lambda block: block.kind != "heading", section.blocks)
    return (block for block in inside if block.kind != "fence")


def _labelled(page: Document) -> Iterator[tuple[str, Part, int]]:
    """The labels that begin a paragraph or item, each with that item or the blocks up to the next one or a heading."""
    starts = {at: label for at, block in enumerate(page.blocks) if (label := _label(block))}
    for at, label in starts.items():
        end = at + 1
        is_item = page.blocks[at].kind == "item"
        while end < len(page.blocks) and page.blocks[end].kind != "heading":
            if end in starts and (is_item or page.blocks[end].kind != "item"):
                break  # the items below a label may have labels, too
            end += 1
        most = 1 if is_item else MOST_BLOCKS
        part = Part(page, page.blocks[at : min(end, at + most)])
        if sum(len(words(block.text)) for block in part.blocks) - len(words(label)) >= LEAST_WORDS:
            yield label, part, page.blocks[at].line


def _label(block: Block) -> str:
    """The words in bold letters that a block begins with, or the label of a paragraph; "" if there are none."""
    found = _LABEL.match(block.text) or (_PLAIN_LABEL.match(block.text) if block.kind == "paragraph" else None)
    return found[1].strip(" :") if found else ""


def kind_of(*names: str) -> str:
    """The kind of a picture by the first of its names that tells one: a "diagram", a "product"…; "" if none does."""
    kinds = ((said, kind) for said, kind in product(names, vocabulary()["pictures"]))
    return next((kind for said, kind in kinds if meaning(said, phrases(kind, group="pictures"), MOST_WORDS)), "")


class Shown(NamedTuple):
    """A picture or a link, the document and the heading that it stands under, and of a file, its path."""

    page: Document
    link: Link
    heading: str
    path: str  # "" if it is a web address
    outer: tuple[str, ...]  # the headings above that one, but for the first of the document

    @property
    def is_film(self) -> bool:
        """Whether it moves: a film or an animated picture; of films elsewhere, those that are said to show it."""
        said = f"{self.heading} {self.link.text}"
        is_shown = bool(_WEB.match(self.link.text) or meaning(said, phrases("demo"), MOST_WORDS))
        return bool(_VIDEO.search(self.link.target)) or (is_shown and _host(self.link.target, "videos"))

    @property
    def kind(self) -> str:
        """Its kind by its name, else by its description or heading: a "diagram", a "product", a "chart" or ""."""
        name = unquote(self.link.target.rpartition("/")[2]).partition("?")[0].rpartition(".")[0]
        about = (kind for subject, kind in _HEADED.items() if meaning(self.heading, phrases(subject)))
        is_inner = any(meaning(title, phrases("architecture")) for title in self.outer)
        return kind_of(name, self.link.text) or next(about, "") or ("diagram" if is_inner else "")

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
    """Whether something runs at an address, as its host says, or its words, or its heading for a page of GitHub's."""
    said = f"{each.heading} {each.link.text}" if ".github.io" in each.link.target else each.link.text
    known = _host(each.link.target, "pages") or _host(each.link.target, "data")
    return _host(each.link.target, "hosts") or (not known and bool(meaning(said, phrases("demo"))))


@fact
def sources(repo: Repository) -> tuple[Shown, ...]:
    """The web addresses of data sets."""
    return tuple(each for each in _shown(repo) if _host(each.link.target, "data"))


@fact
def _shown(repo: Repository) -> tuple[Shown, ...]:
    found: list[Shown] = []
    for page in explaining(repo):
        titles = iter([*page.sections, None])
        heading, after, above = "", next(titles), list[Section]()
        inside = {id(link): path for link, path in files(page.links, page.path)}
        for link in page.links:
            while isinstance(after, Section) and after.line <= link.line:
                above = [each for each in above if each.level < after.level] + [after]
                heading, after = after.title, next(titles)
            if not _BADGE.search(link.target):
                outer = tuple(each.title for each in above[:-1] if each is not page.sections[0])
                found.append(Shown(page, link, heading, inside.get(id(link), ""), outer))
    return tuple(found)


def _host(target: str, kind: str) -> bool:
    """Whether an address lies at one of the vocabulary's hosts of this kind, or below one that begins with a dot."""
    bare = _WEB.sub("", target.casefold()).removeprefix("www.")
    host, _, path = bare.partition("/")
    known = (each.partition("/") for each in vocabulary()["addresses"][kind])
    return not is_front_page(target) and any(
        (host if name.startswith(".") else f".{host}").endswith(f".{name.removeprefix('.')}")
        and path.startswith(beginning)
        for name, _, beginning in known
    )


def is_front_page(target: str) -> bool:
    """Whether an address is only that of a host at which things of many people run."""
    return _WEB.sub("", target.casefold()).strip("/") in {
        each.strip("/") for each in vocabulary()["addresses"]["hosts"]
    }


def diagrams(repo: Repository) -> Iterator[Evidence]:
    """The diagrams: drawn in text, shown as pictures, or lying there as files."""
    for page in explaining(repo):
        yield from (Evidence(how, page.path, fence.line) for fence in page.fences if (how := drawn(fence)))
        for each in (one for one in pictures(repo) if one.page is page and one.kind == "diagram"):
            yield each.says(
                f"{each.path or each.link.target[:120]}: by its name or place a diagram; it was not looked at"
            )
    for path, name, ending in _named(repo):
        if ending in _FILES or (ending in IMAGES and kind_of(name) == "diagram"):
            yield Evidence("by its name a diagram; it was not looked at", path)


def screenshots(repo: Repository) -> Iterator[Evidence]:
    """The pictures and films that lie there, shown in no document, and are of the product by their name or folder."""
    wanted = phrases("screenshots", group="titles")
    for path, name, ending in _named(repo):
        said = f"{path.rpartition('/')[0].rpartition('/')[2]} / {name}"
        is_film = bool(_VIDEO.search(ending)) and meaning(name, phrases("demo"))
        if (is_film or (ending in IMAGES and meaning(said, wanted, MOST_WORDS))) and kind_of(name) in ("product", ""):
            yield Evidence("by its name or folder a picture of the product; it was not looked at", path)


def _named(repo: Repository) -> Iterator[tuple[str, str, str]]:
    """The path, the bare name and the ending of each file that does not lie aside."""
    for path in repo.snapshot.paths:
        name, _, ending = path.rpartition("/")[2].rpartition(".")
        if not _ASIDE.search(path):
            yield path, name, f".{ending.lower()}"
