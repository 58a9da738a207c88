"""The words of the owner that a page quotes: never a template's, never an open question, never a measured block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from scaffolder.check.documents import readme
from scaffolder.check.engine.repository import Repository
from scaffolder.check.own_work import own_work
from scaffolder.check.readers.markdown import Document, Passage, Section, sentences
from scaffolder.check.readers.markdown_blocks import Block
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.template_words import SAME_WORDS, marked, of_template, words
from scaffolder.portfolio.model import Text
from scaffolder.portfolio.project import Project
from scaffolder.portfolio.whose import own_lines
from scaffolder.results.finding import Evidence, State

CHANGES = "what i changed and why"
HEADLINE = "headline"
MOST_PARAGRAPHS, LONGEST = 3, 700  # of one quotation; its characters
LONGEST_SENTENCE = 300
LONGEST_HEADLINE = 3_000  # shown whole or not at all: what is left out could turn it around
FEWEST_WORDS = 4  # of a sentence
_ENDS = (".", "!", "?")


def title(repo: Repository) -> str:
    """The title of the README, "" if it has none."""
    page = readme(repo)
    first = page.sections[0] if page and page.sections else None
    return first.title[:100] if first and first.level == 1 and not marked(first.title) else ""


class Description(NamedTuple):
    """The first sentence of a README that says something, and the lines of its paragraph."""

    sentence: str = ""
    lines: range = range(0)


def description(repo: Repository, owner: str) -> Description:
    """The first sentence about the project; a line that begins with By, or names the owner, is about a person."""
    page = readme(repo)
    for block in _opening(page) if page else ():
        if block.text.startswith("By ") or (owner and owner.casefold() in block.text.casefold()):
            continue
        for sentence in sentences(block):
            if _is_sentence(sentence):
                return Description(sentence, range(block.line, block.end + 1))
    return Description()


def is_own(repo: Repository, sentence: str) -> bool:
    """Whether a sentence is in the owner's words, and not in those of the template."""
    return of_template(repo, sentence) < SAME_WORDS


def in_words(repo: Repository) -> str:
    """The measured block `headline` of the README, whole, which a program wrote; "" if it has none, or one too long."""
    page = readme(repo)
    blocks = [block for block in page.blocks if block.measured == HEADLINE] if page else []
    said = " ".join(sentence for block in blocks for sentence in sentences(block))
    return said if said.endswith(_ENDS) and len(said) <= LONGEST_HEADLINE and not marked(said) else ""


def changes(project: Project) -> Text | None:
    """The words of the owner under "What I changed and why"."""
    page = readme(project.repo)
    section = page.section(CHANGES) if page else None
    return _quoted(project, section) if section else None


def failure(project: Project) -> Text | None:
    """The error analysis, if somebody wrote it."""
    page = readme(project.repo)
    analysis = page.section("error analysis") if page else None
    written = project.finding("error-analysis").state is State.WRITTEN
    return _quoted(project, analysis) if analysis and written else None


def _opening(page: Document) -> Iterator[Block]:
    """The paragraphs above the first section that nobody measured or left open."""
    first = next((section.line for section in page.sections if section.level > 1), len(page.lines) + 1)
    for block in page.blocks:
        if block.line < first and block.kind == "paragraph" and not block.measured and not marked(plain(block.text)):
            yield block


def _is_sentence(text: str) -> bool:
    """Whether a text is a whole sentence that fits, and not an open question."""
    is_whole = text.endswith(_ENDS) and len(words(text)) >= FEWEST_WORDS
    return is_whole and len(text) <= LONGEST_SENTENCE and not marked(text)


def _quoted(project: Project, passage: Passage) -> Text | None:
    """The first paragraphs of the owner's in `passage`, as many as fit; None if there are none."""
    kept = list(_fitting(_own(project.repo, passage)))
    if not kept:
        return None
    line = passage.line if isinstance(passage, Section) else kept[0].line
    paragraphs = tuple(" ".join(plain(block.text).split()) for block in kept)
    address = project.link(Evidence("", passage.path, line))
    return Text(paragraphs, passage.path, address)


def _own(repo: Repository, passage: Passage) -> Iterator[Block]:
    for block in passage.own:
        said = plain(block.text)
        lines = block.end - block.line + 1
        is_prose = own_work(repo).found is None or 2 * own_lines(repo, passage.path, block.line, lines) >= lines
        is_prose = is_prose and block.kind != "html" and len(words(said)) >= FEWEST_WORDS
        if is_prose and not marked(said) and is_own(repo, said):
            yield block


def _fitting(blocks: Iterable[Block]) -> Iterator[Block]:
    """The blocks up to the limit of characters; the first one only if it fits alone."""
    room = LONGEST
    for block, _ in zip(blocks, range(MOST_PARAGRAPHS), strict=False):
        room -= len(block.text)
        if room < 0:
            return
        yield block
