"""Files of a project's data: packed tables, with the same bytes each time, and the list of all hashes."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Mapping
from hashlib import sha256
from posixpath import relpath

from scaffolder.adopt.kind import AdoptionError

MOST_PACKED = 100_000_000  # bytes: GitHub takes no larger file
_LEVEL = 6  # of gzip; 9 takes three times as long for 3% less


def packed_table(header: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A gzipped CSV file, written row by row; the same rows give the same bytes.

    Raises:
        AdoptionError: it is too large for a forge.
    """
    packed = io.BytesIO()
    with (
        gzip.GzipFile(filename="", mode="wb", compresslevel=_LEVEL, fileobj=packed, mtime=0) as compressed,
        io.TextIOWrapper(compressed, "utf-8", newline="") as text,
    ):
        writer = csv.writer(text)  # its lines end with \r\n, so that a lone \r is quoted, too
        writer.writerow(header)
        for row in rows:
            writer.writerow(row)
            if packed.tell() > MOST_PACKED:
                raise AdoptionError(
                    f"Packed, these rows take more than the {MOST_PACKED:,} bytes that GitHub accepts: take a sample."
                )
    return packed.getvalue()


def sums(files: Mapping[str, bytes], folder: str) -> bytes:
    """A line for `sha256sum --check` in `folder` for each file, in their order."""
    lines = (f"{sha256(data).hexdigest()}  {relpath(path, folder)}\n" for path, data in files.items())
    return "".join(lines).encode()
