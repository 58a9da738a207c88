"""A description of each column of the data."""

from __future__ import annotations

import re

from scaffolder.check.contract import lacks
from scaffolder.check.documents import documents
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.columns import columns
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_blocks import Table
from scaffolder.check.readers.markdown_inline import plain

SHOWN = 5  # columns named


class DataSchema(Item):
    """Schema of the data: every column, its kind and what it means."""

    id = "data-schema"
    level = Level.BUILDER
    source = "Google's ML Test Score, Data 1: feature expectations are captured in a schema; Datasheets for Datasets"

    def check(self, repo: Repository) -> Verdict:
        """Describe each column of the data in one table (name, kind, meaning), in README.md or data/DATASET.md.

        A reader can't judge a model whose inputs have to be guessed.
        """
        if lack := lacks(repo, "columns"):
            return lack
        known = columns(repo)
        if not known:
            return missing(Evidence("no column was found in a CSV, TSV or JSONL file of data/"))
        best = max(documents(repo), key=lambda each: len(_described(each) & set(known)), default=None)
        names = _described(best) & set(known) if best else set()
        if best is None or not names:
            return missing(Evidence(f"no table in a document describes the {len(known)} columns of the data"))
        if left := [column for column in known if column not in names]:
            return missing(Evidence(f"no table here describes {', '.join(left[:SHOWN])}", best.path))
        line = next(table.line for table in best.tables if _names(table) & names)
        return done(Evidence(f"describes all {len(known)} columns", best.path, line))


def _described(document: Document) -> set[str]:
    return {name for table in document.tables for name in _names(table)}


def _names(table: Table) -> set[str]:
    """What stands, alone or in a list, in the first cells of the rows that say something about it."""
    told = (plain(row[0]) for row in table.rows if any(len(cell.strip()) > 2 for cell in row[1:]))
    return {name.strip() for cell in told for name in (cell, *re.split(r",| and ", cell))}
