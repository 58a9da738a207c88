"""Items that people write: a machine says only whether they are missing, a placeholder or written.

Whether a text is good is for people to judge; `scaffolder review` records their judgement. What a machine can see to be
wrong in a text, the item's subclass yields as `flaws`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import ClassVar

from scaffolder.check.contract import contract
from scaffolder.check.documents import documents, measured_pages, readme
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import SHOWN, Verdict, counted, flawed, missing, placeholder, written
from scaffolder.check.item import Item
from scaffolder.check.readers.headings import subjects
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Part, Passage, Section
from scaffolder.check.readers.markdown_blocks import Block
from scaffolder.check.readers.markdown_inline import plain, without_code
from scaffolder.check.template_words import SAME_WORDS, marked, of_template, words
from scaffolder.results.finding import Evidence, State

LEAST_SENTENCES = 3  # between fences: a comment or two stand in most code

_SENTENCE = re.compile(r"^[^\w\n]*(?:[^\W\d_]+,? ){5}", re.MULTILINE)  # five words at the beginning of a line


class WrittenItem(Item):
    """The base of the items that people write: a subclass says where the text is, and what reviewers ask about it."""

    written = True
    rubric: ClassVar[tuple[str, str, str]]  # three questions that a good text answers, from the item's sources
    place: ClassVar[str]  # where it belongs, such as 'section "Problem" in README.md'

    subject: ClassVar[str] = ""  # of its headings, as the vocabulary names it

    def passage(self, repo: Repository) -> Passage | None:
        """The text to judge, where it belongs: by default, the section of the README on the subject."""
        page = readme(repo)
        return page.section(self.subject) if page and self.subject else None

    def text(self, repo: Repository) -> Passage | None:
        """The text to judge: where it belongs, or else the surest one elsewhere."""
        return self.passage(repo) or next((passage for _, passage in self.elsewhere(repo) if passage), None)

    def accepts(self, repo: Repository, passage: Passage | None) -> bool:
        """Whether a text was finished by somebody and is not the template's."""
        return passage is None or (not unfinished(passage) and prose(repo, passage).state is State.WRITTEN)

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:  # noqa: ARG002 - subclasses use them
        """Yield what a machine can see to be wrong in the text, such as a command that does not exist."""
        yield from ()

    def substance(self, repo: Repository, passage: Passage) -> Verdict:
        """The verdict on a text without flaws: by default, whether it has prose that is not the template's."""
        return prose(repo, passage)

    def _lack(self, repo: Repository) -> str:
        """The sentence 'no section "Demo" in README.md', or of a stranger 'no section called Demo …'."""
        usual = list(subjects()[self.subject]["en"].split(", ")[:2]) if self.subject else []
        if contract(repo) or not usual:
            return f"no {self.place}"
        names = " or ".join(phrase.strip(".").capitalize() for phrase in usual)
        return f"no section called {names} in {counted(len(documents(repo)), 'document')}"

    def check(self, repo: Repository) -> Verdict:
        """Find the text; look for open questions in it and its details, then for flaws and the template's words."""
        passage = self.passage(repo)
        if passage is None:
            return missing(Evidence(self._lack(repo)))
        if left := [each for part in (passage, *details(repo, passage)) for each in unfinished(part)]:
            return placeholder(*left)
        if flaws := tuple(flaw for flaw, _ in zip(self.flaws(repo, passage), range(SHOWN), strict=False)):
            return flawed(*flaws)
        return self.substance(repo, passage)


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
    others = (block for block in passage.blocks if (block.table and not block.measured) or _is_told(repo, block))
    blocks = [block for block in (*passage.own, *others) if words(plain(block.text))]
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
    return (flawed if is_code else missing)(Evidence(lack, passage.path, line_of(passage)))


def _is_told(repo: Repository, block: Block) -> bool:
    """Whether a stranger wrote sentences between fences that name no language, where others would write code."""
    is_bare = block.kind == "fence" and not block.info and not block.measured and contract(repo) is None
    return is_bare and len(_SENTENCE.findall(block.text)) >= LEAST_SENTENCES


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
