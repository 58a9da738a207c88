"""The risks, who answers for them, and privacy."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import ClassVar

from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, flawed, placeholder, written
from scaffolder.check.readers.markdown import Document, Passage, Section, apart_from
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.template_words import of_template
from scaffolder.check.written import WrittenItem, line_of
from scaffolder.results.finding import Evidence, Level


class TableText:
    """Makes of a written item a table, in which the owner has filled in each cell."""

    rows: ClassVar[str]  # the things that its rows are about

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """The cells that have no word or number."""
        for table in passage.tables:
            for row, line in zip(table.rows, table.row_lines, strict=False):
                for title, cell in zip(table.header, row, strict=False):
                    if title and not re.search(r"\w", plain(cell)):
                        yield Evidence(f"the cell “{plain(title)[:40]}” is empty", passage.path, line)

    def substance(self, repo: Repository, passage: Passage) -> Verdict:
        """`written`, with the number of rows, if there is a table with rows that are not all the template's."""
        count = sum(len(table.rows) for table in passage.tables)
        if not count:
            return flawed(Evidence("there is no table here", passage.path, line_of(passage)))
        if all(of_template(repo, block.text) == 1 for block in passage.blocks if block.table):
            return placeholder(Evidence("still the template's table", passage.path, passage.tables[0].line))
        return written(Evidence(f"{count} {self.rows}", passage.path, passage.tables[0].line))


class RiskRegister(TableText, WrittenItem):
    """Risk register: for each risk its likelihood, impact, response and owner.

    In docs/risk-register.md, give each risk a row: likelihood, impact (low, medium, high), response, owner.

    Leave no cell empty and no question open. People trust an owner more who has thought about what could go wrong.
    """

    id = "risk-register"
    level = Level.OPERATOR
    operated = True
    source = "NIST AI RMF, MAP 5.1 and MANAGE 1.2 to 1.4"
    place = "docs/risk-register.md"
    rows = "risks and questions"
    rubric = (
        "Does each risk have a likelihood, an impact, a response and a person who owns it?",
        "Are the most serious risks those of this project, and not of any software?",
        "Does it say which risk is accepted, by whom, and how a person can contest an answer?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The page or section on risks, without those on privacy."""
        found = page_or_section(repo, "risk", "risk register", "risks")
        return apart_from(found, *privacy_sections(found)) if isinstance(found, Document) else found


class Privacy(WrittenItem):
    """Privacy: what in the data, the logs and the files could tell who somebody is, and what is done about it.

    Under a heading "Privacy", name each column, log and file that tells who somebody is, and how it is handled.

    Who may read it, and when is it deleted? If nothing tells who somebody is, say so. The people in the data never
    see this page; somebody has to speak for them.
    """

    id = "privacy"
    level = Level.OPERATOR
    operated = True
    source = "Google's ML Test Score, Data 5: appropriate privacy controls; NIST AI RMF, MEASURE 2.10"
    place = 'section "Privacy" in any document'
    rubric = (
        "Does it name each column, log or file that could tell who somebody is, or say why none can?",
        "Does it say who may read them, and when they are deleted?",
        "Would a person in the data find it acceptable?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The first section on privacy."""
        return next((section for page in documents(repo) for section in privacy_sections(page)), None)


def privacy_sections(page: Document) -> list[Section]:
    """The sections of a document on privacy."""
    return sorted(page.titled("privacy"), key=lambda section: section.line)


def page_or_section(repo: Repository, word: str, *titles: str) -> Document | Section | None:
    """The document that has `word` in its name, else the section of any document called by one of `titles`."""
    page = next((each for each in documents(repo) if word in each.path.rpartition("/")[2].lower()), None)
    return page or next((found for each in documents(repo) if (found := each.section(*titles))), None)
