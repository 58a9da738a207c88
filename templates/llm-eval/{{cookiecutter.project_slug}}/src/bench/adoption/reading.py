"""Read the owner's file as rows of text, each with the line on which it begins; and collect what is wrong with it."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from ..benchmark import MOST_ERRORS
from ..documents.text import clean
from .replacing import AdoptionError

MOST_BYTES = 50_000_000
MOST_ROWS = 50_000
DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
SAMPLE = "adopt a sample of its rows"


class Problems(list[tuple[int, str]]):
    """What is wrong, by the line of the file; 0 is no line in particular."""

    def refuse(self, source: Path) -> None:
        """Go on only if there is nothing.

        Raises:
            AdoptionError: with up to `MOST_ERRORS` problems in the order of their lines, and the number of the rest.
        """
        if found := [f"{source}:{line}: {what}" if line else f"{source}: {what}" for line, what in sorted(set(self))]:
            rest = [f"and {len(found) - MOST_ERRORS} more"] if len(found) > MOST_ERRORS else []
            shown = "\n".join(found[:MOST_ERRORS] + rest)
            raise AdoptionError("".join(one if one.isprintable() or one == "\n" else "?" for one in shown))


class Row(NamedTuple):
    line: int
    cells: dict[str, str]  # by the name of the column in lower case; nothing is ""


def read(source: Path, problems: Problems) -> tuple[list[Row], str]:
    """The rows that are not empty, and in words how the file was read.

    Raises:
        AdoptionError: the file is missing, too large, or no text.
    """
    try:
        with source.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        text, encoding = _decoded(content)
    except OSError as error:
        raise AdoptionError(f"{source} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise AdoptionError(f"{source} is no text in UTF-8, UTF-16 or Windows-1252; save it as CSV in UTF-8") from None
    if len(content) > MOST_BYTES:
        raise AdoptionError(f"{source} holds more than {MOST_BYTES:,} bytes; {SAMPLE}")
    delimiter = max(DELIMITERS, key=text.lstrip().partition("\n")[0].count)
    lines = source.suffix.lower() in {".json", ".jsonl", ".ndjson"} or text.lstrip().startswith("{")
    found = _json_lines(text, problems) if lines else _csv(text, delimiter, problems)
    rows = list(islice((row for row in found if any(row.cells.values())), MOST_ROWS + 1))
    if len(rows) > MOST_ROWS:
        raise AdoptionError(f"{source} has more than {MOST_ROWS:,} rows; {SAMPLE}")
    return rows, f"{'JSON lines' if lines else f'CSV divided by {DELIMITERS[delimiter]},'} in {encoding}"


def _decoded(content: bytes) -> tuple[str, str]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16"), "UTF-16"
    try:
        return content.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        return content.decode("cp1252"), "Windows-1252"


def _csv(text: str, delimiter: str, problems: Problems) -> Iterator[Row]:
    records, line = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True), 1
    names: list[str] = []
    try:
        for record in records:
            cells = [clean(cell).strip() for cell in record]
            if not names and any(cells):
                names = [_name(cell) for cell in cells]
                twice = sorted(name for name, count in Counter(names).items() if name and count > 1)
                problems += [(line, f"two columns are called {name!r}") for name in twice]
            elif any(cells[len(names) :]):
                problems.append((line, f"has {len(cells)} cells, more than the {len(names)} columns; quote the texts"))
            else:
                yield Row(line, {name: cell for name, cell in zip(names, cells, strict=False) if name})
            line = records.line_num + 1
    except csv.Error as error:
        problems.append((line, f"is no CSV: {error}; nothing was read from here on"))


def _json_lines(text: str, problems: Problems) -> Iterator[Row]:
    for line, content in enumerate(text.split("\n"), start=1):
        try:
            found = json.loads(content or "{}") if content.strip() else {}
        except (ValueError, RecursionError) as error:
            problems.append((line, f"is no JSON: {error}"))
            continue
        if not isinstance(found, dict) or any(isinstance(value, dict | list) for value in found.values()):
            problems.append((line, 'is no object with a text for each name, such as {"text": "...", "label": "..."}'))
        else:
            yield Row(line, {_name(name): _text(value) for name, value in found.items()})


def _name(cell: str) -> str:
    return " ".join(clean(cell).casefold().split())


def _text(value: object) -> str:
    return clean(value if isinstance(value, str) else "" if value is None else json.dumps(value)).strip()
