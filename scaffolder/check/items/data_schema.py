"""A description of each column of the data."""

from __future__ import annotations

import csv
import json
import re
import zlib

from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.engine.verdict import SHOWN, Verdict, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.results.finding import Evidence, Level

MAX_FILES = 12
MAX_HEADER = 20_000  # bytes

_PLACES = ("data/**/*.csv", "data/**/*.tsv", "data/**/*.csv.gz", "data/**/*.jsonl", "*.csv", "*.jsonl")


class DataSchema(Item):
    """Schema of the data: every column, its kind and what it means."""

    id = "data-schema"
    level = Level.BUILDER
    needs = "columns"
    source = "Google's ML Test Score, Data 1: feature expectations are captured in a schema; Datasheets for Datasets"

    def check(self, repo: Repository) -> Verdict:
        """Describe each column of the data in one table (name, kind, meaning), in README.md or data/DATASET.md.

        A reader can't judge a model whose inputs have to be guessed.
        """
        known = columns(repo)
        if not known:
            return missing(Evidence("no CSV, TSV or JSONL file with columns in data/"))
        best = max(documents(repo), key=lambda each: len(_described(each).keys() & set(known)), default=None)
        lines = _described(best) if best else {}
        if best is None or not lines.keys() & set(known):
            return missing(Evidence(f"no table in a document describes the {len(known)} columns of the data"))
        if left := [column for column in known if column not in lines]:
            return flawed(Evidence(f"no table here describes {', '.join(left[:SHOWN])}", best.path))
        return done(Evidence(f"describes all {len(known)} columns", best.path, lines[known[0]]))


def columns(repo: Repository) -> tuple[str, ...]:
    """The names of the columns in the data files."""
    paths = repo.snapshot.first(repo.snapshot.glob(*_PLACES), MAX_FILES, "files of data")
    return tuple(dict.fromkeys(name for path in paths for name in _header(repo.snapshot, path)))


def _header(snapshot: Snapshot, path: str) -> list[str]:
    """The names in the first line; of JSON lines, the fields of the first record."""
    data = snapshot.data(path) or b""
    try:
        if path.lower().endswith(".gz"):
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, MAX_HEADER)
        head = data[:MAX_HEADER]
        if len(head) == MAX_HEADER and b"\n" not in head:
            snapshot.leave_out(f"{path} has a very long first line: only its beginning was read.")
        line = "".join(head.decode("utf-8-sig", "replace").splitlines()[:1])
        if path.lower().endswith(".jsonl"):
            return list(dict(json.loads(line)))
        names = next(csv.reader([line], delimiter="\t" if ".tsv" in path else ","), [])
    except (ValueError, TypeError, RecursionError, zlib.error, csv.Error):
        return []
    return [name for name in names if not re.fullmatch(r"[-\d.]*", name)]


def _described(document: Document) -> dict[str, int]:
    """The names in the first cells of rows whose other cells say something, each with the line of its table."""
    rows = ((table.line, row) for table in document.tables for row in table.rows)
    told = ((line, plain(row[0])) for line, row in rows if any(len(cell.strip()) > 2 for cell in row[1:]))
    return {name.strip(): line for line, cell in told for name in (cell, *re.split(r",| and ", cell))}
