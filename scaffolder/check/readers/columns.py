"""The columns of a repository's data."""

from __future__ import annotations

import csv
import json
import re
import zlib

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.snapshot import Snapshot

MAX_FILES = 12
MAX_HEADER = 20_000  # bytes

_PLACES = ("data/**/*.csv", "data/**/*.tsv", "data/**/*.csv.gz", "data/**/*.jsonl", "*.csv", "*.jsonl")


@fact
def columns(repo: Repository) -> tuple[str, ...]:
    """The names of the columns in the data files."""
    paths = repo.snapshot.glob(*_PLACES)[:MAX_FILES]
    return tuple(dict.fromkeys(name for path in paths for name in _header(repo.snapshot, path)))


def _header(snapshot: Snapshot, path: str) -> list[str]:
    """The names in the first line; of JSON lines, the fields of the first record."""
    data = snapshot.data(path) or b""
    try:
        if path.lower().endswith(".gz"):
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, MAX_HEADER)
        line = "".join(data[:MAX_HEADER].decode("utf-8-sig", "replace").splitlines()[:1])
        if path.lower().endswith(".jsonl"):
            return list(dict(json.loads(line)))
        names = next(csv.reader([line], delimiter="\t" if ".tsv" in path else ","), [])
    except (ValueError, TypeError, RecursionError, zlib.error, csv.Error):
        return []
    return [name for name in names if not re.fullmatch(r"[-\d.]*", name)]
