"""Items that people write: a machine says only whether they are missing, a placeholder or written.

Whether a text is good is for people to judge; `scaffolder review` records their judgement. What a machine can see to be
wrong in a text, the item's subclass yields as `flaws`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import ClassVar

from scaffolder.check.documents import documents, measured_pages, readme
from scaffolder.check.engine.finding import (
    SHOWN,
    Evidence,
    State,
    Verdict,
    absent,
    counted,
    missing,
    placeholder,
    written,
)
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.index import explaining, texts, unnamed
from scaffolder.check.item import Item
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Passage, Section
from scaffolder.check.readers.markdown_blocks import Block
from scaffolder.check.readers.markdown_inline import plain, without_code
from scaffolder.check.readers.parts import Part
from scaffolder.check.readers.vocabulary import phrases, vocabulary
from scaffolder.check.template_words import SAME_WORDS, marked, of_template, words


class WrittenItem(Item):
    """The base of the items that people write: a subclass says where the text is, and what reviewers ask about it."""

    written = True
    rubric: ClassVar[tuple[str, str, str]]  # three questions that a good text answers, from the item's sources
    place: ClassVar[str]  # where it belongs, such as 'section "Problem" in README.md'

    subject: ClassVar[str] = ""  # of its headings, as the vocabulary names it

    def passage(self, repo: Repository) -> Passage | None:
        """The remedy: what to write, where, and why a reader cares."""
        page = readme(repo)
        return page.section(self.subject) if page and self.subject else None

    def elsewhere(self, repo: Repository) -> Iterator[tuple[Passage, Evidence]]:
        """Yield texts of this kind in any document, the surest first."""
        yield from texts(repo, self.subject) if self.subject else ()

    def text(self, repo: Repository) -> Passage | None:
        """The text to judge: where it belongs, or else the surest one elsewhere."""
        return self.passage(repo) or next((passage for passage, _ in self._found(repo)), None)

    def _found(self, repo: Repository) -> Iterator[tuple[Passage, Evidence]]:
        """The texts elsewhere that somebody finished and that are not the template's."""
        found = ((each, place) for each, place in self.elsewhere(repo) if not unfinished(each))
        return (pair for pair in found if self.substance(repo, pair[0]).state is State.WRITTEN)

    def find(self, repo: Repository) -> Iterator[Evidence]:
        """Yield the places of texts of this kind."""
        yield from super().find(repo)
        yield from (place for _, place in self._found(repo))

    def sought(self, repo: Repository) -> Iterator[Evidence]:
        """Yield the headings of this kind; if there are none, the usual ones and the documents that were searched."""
        return searched(repo, self.subject)

    def unclear(self, repo: Repository) -> str:
        """Why a text of this kind may be there all the same: under a heading that the vocabulary does not have."""
        other = unnamed(repo) if self.subject else ()
        places = [f"“{each.title[:60]}” ({each.path}:{each.line})" for each in other[:3]]
        more = [f"{len(other) - 3} more"] if len(other) > 3 else []
        return f"it may stand under another heading: {', '.join([*places, *more])}" if other else ""

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:  # noqa: ARG002 - subclasses use them
        """Yield what a machine can see to be wrong in the text, such as a command that does not exist."""
        yield from ()

    def substance(self, repo: Repository, passage: Passage) -> Verdict:
        """The verdict on a text without flaws: by default, whether it has prose that is not the template's."""
        return prose(repo, passage)

    @classmethod
    def advice(cls) -> Callable[..., object]:
        """The method whose docstring is the remedy."""
        return cls.passage

    def check(self, repo: Repository) -> Verdict:
        """Find the text; look for open questions in it and its details, then for flaws and the template's words."""
        passage = self.passage(repo)
        if passage is None:
            return absent(Evidence(f"there is no {self.place}"))
        if left := [each for part in (passage, *details(repo, passage)) for each in unfinished(part)]:
            return placeholder(*left)
        if flaws := tuple(flaw for flaw, _ in zip(self.flaws(repo, passage), range(SHOWN), strict=False)):
            return missing(*flaws)
        return self.substance(repo, passage)


def searched(repo: Repository, subject: str) -> Iterator[Evidence]:
    """The headings of this kind without a text to find; if there are none, what was looked for and where."""
    pages, usual = explaining(repo), [" ".join(words) for words in phrases(subject)] if subject else []
    headings = [section for page in pages for section, _ in page.titled(subject)] if usual else []
    for section in headings[:SHOWN]:
        yield Evidence(f"under “{section.title[:60]}” nothing was found that counts", section.path, section.line)
    if pages and usual and not headings:
        languages = f"in {len(vocabulary()['headings'][subject])} languages"
        what = f"no finished text under a heading such as {', '.join(usual[:4])}, {languages}"
        yield Evidence(f"{what}, was found in {counted(len(pages), 'document')}, from {pages[0].path} on")


def details(repo: Repository, passage: Passage) -> list[Part]:
    """The parts of linked pages that belong to a text of the README; pages with measured blocks, and those in data/.

    Blocks that another item asks for are left out, so that an item asks only for the questions of its own level.
    """
    front, listed, others = readme(repo), measured_pages(repo), _asked(repo)
    linked = {path for _, path in files(passage.links, passage.path) if front and front.path == passage.path}
    pages = (page for page in documents(repo) if page in listed or page.path.startswith("data/"))
    found = (page for page in pages if page.path in linked and page is not front)
    return [Part(page, (block for block in page.blocks if (page.path, block.line) not in others)) for page in found]


@fact
def _asked(repo: Repository) -> frozenset[tuple[str, int]]:
    """The path and line of each block that any item asks for."""
    passages = (item().passage(repo) for item in WrittenItem.__subclasses__())
    return frozenset((passage.path, block.line) for passage in passages if passage for block in passage.blocks)


def prose(repo: Repository, passage: Passage) -> Verdict:
    """`written` if a paragraph or table is in the owner's words; measured blocks, code and headings do not count."""
    tables = (block for block in passage.blocks if block.table and not block.measured)
    blocks = [block for block in (*passage.own, *tables) if words(plain(block.text))]
    own = [block for block in blocks if of_template(repo, _said(block)) < SAME_WORDS]
    if own:
        count = sum(len(words(plain(block.text))) for block in own)
        return written(Evidence(f"{count} words of the owner's", passage.path, own[0].line))
    if blocks:
        return placeholder(
            Evidence(f"still the template's words: {quoted(blocks[0].text)}", passage.path, blocks[0].line)
        )
    is_code = any(block.kind == "fence" for block in passage.blocks)
    lack = "there is only code here, no prose" if is_code else "no prose is written here"
    return missing(Evidence(lack, passage.path, line_of(passage)))


def _said(block: Block) -> str:
    """The words of a block without its code, unless it has no others: a command is the same whoever writes it."""
    said = plain(without_code(block.text))
    return said if words(said) else plain(block.text)


def unfinished(passage: Passage) -> tuple[Evidence, ...]:
    """The texts and table cells of `passage` that are marked as unfinished; at most `SHOWN`."""
    found = (
        Evidence(f"unfinished: {quoted(text)}", passage.path, line)
        for block in passage.blocks
        if block.kind != "fence" and not block.measured
        for text, line in _texts(block)
        if marked(plain(text))
    )
    return tuple(evidence for evidence, _ in zip(found, range(SHOWN), strict=False))


def fingerprint(repo: Repository, passage: Passage) -> str:
    """The SHA-256 of what a reviewer judges: words, code, pictures; not line breaks, comments or measured blocks."""
    digest = sha256()
    for block in passage.blocks:
        if block.text.strip() and not block.measured:
            digest.update(" ".join(block.text.split()).encode() + b"\n")
    for _, path in files(passage.images, passage.path):
        digest.update((repo.snapshot.sha256(path) or path).encode(errors="replace"))
    return digest.hexdigest()


def quoted(text: str) -> str:
    """The beginning of a text in quotation marks, as a reader sees it."""
    line = " ".join(plain(text).split())
    return f"“{line[:70]}…”" if len(line) > 71 else f"“{line}”"


def line_of(passage: Passage) -> int | None:
    """The line of the passage's heading, if it is a section."""
    return passage.line if isinstance(passage, Section) else None


def _texts(block: Block) -> Iterator[tuple[str, int]]:
    """The text of a block, or the text of each cell of a table, with its line."""
    if block.table:
        yield from (
            (cell, line)
            for row, line in zip(block.table.rows, block.table.row_lines, strict=False)
            for cell in row
            if cell
        )
    else:
        yield block.text, block.line
