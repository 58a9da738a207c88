"""Read the owner's files: the rows of the benchmark, each with the line on which it ends, and the documents."""

import csv
import re
from collections.abc import Iterable, Iterator
from io import StringIO
from itertools import islice, zip_longest
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from ..benchmark import MOST_ERRORS, documents, read_bytes
from ..documents import markdown
from ..documents.text import BYTE_ORDER_MARKS, DocumentError, clean, decode
from ..passages import Document
from ..settings import problem
from .replacing import DATA, AdoptionError

CORPUS = DATA / "corpus"
MOST_BYTES, MOST_ROWS, MOST_DOCUMENTS = 50_000_000, 50_000, 2_000
MOST_NAMES = 20  # in one sentence
RECORD = TypeAdapter(dict[str, str | int | float | bool | None])  # a line of JSON

Row = tuple[int, dict[str, str]]  # its line, and its cells by the names of their columns
Problems = list[tuple[int, str]]  # a line, or 0, and what is wrong there


def read_rows(source: Path, problems: Problems) -> tuple[list[Row], str]:
    """The rows that are not empty, and in words how the file was read.

    Raises:
        AdoptionError: the file is no text, or too large.
        BenchError: it cannot be read.
    """
    content = read_bytes(source, MOST_BYTES + 1)
    try:
        text, encoding = decode(content), "UTF-16" if content[:2] in BYTE_ORDER_MARKS else "UTF-8"
    except DocumentError:
        text, encoding = content.decode("cp1252", "replace"), "Windows-1252"
    lines = source.suffix.lower() == ".jsonl" or re.match(r"\s*(\[\s*)?\{", text) is not None
    found = _json_lines(text, problems) if lines else _csv(text, problems)
    rows = list(islice(((line, cells) for line, cells in found if any(cells.values())), MOST_ROWS + 1))
    if len(content) > MOST_BYTES or len(rows) > MOST_ROWS or "\0" in text:
        raise AdoptionError(
            f"{source} must be text of up to {MOST_ROWS:,} rows and {MOST_BYTES:,} bytes; "
            "save it as CSV in UTF-8, or adopt a sample"
        )
    return rows, f"{'JSON lines' if lines else 'CSV'} in {encoding}"


def read_documents(folder: Path, notes: list[str]) -> tuple[dict[Path, bytes], dict[str, Document]]:
    """The files where they will be, and the documents by their ids. What stands out is added to the notes.

    Raises:
        AdoptionError: they cannot be the documents of a benchmark.
        BenchError: a file cannot be read.
    """
    paths = {path.relative_to(folder): path for path in documents(folder) if not path.is_symlink()}
    if (
        not 0 < len(paths) <= MOST_DOCUMENTS
        or sum(path.stat().st_size for path in paths.values()) > MOST_BYTES
        or folder.resolve() in CORPUS.resolve().parents
    ):
        raise AdoptionError(
            f"{folder} must be a folder with 1 to {MOST_DOCUMENTS:,} .md or .txt files of up to {MOST_BYTES:,} bytes "
            f"in all, and must not hold {CORPUS}; name another one as DOCUMENTS"
        )
    files = {CORPUS / where: read_bytes(path) for where, path in paths.items()}
    found: dict[str, Document] = {}
    for where, path in paths.items():
        name = where.with_suffix("").as_posix()
        if name in found or not name.isprintable():
            raise AdoptionError(f"{name!r} is the name of two documents, or cannot be printed")
        try:
            found[name] = Document(name, name, markdown.read(files[CORPUS / where]).text, "")
        except DocumentError as error:
            raise AdoptionError(f"{path} {error}") from None
    others = {path.relative_to(folder) for path in folder.rglob("*") if path.is_file()} - paths.keys()
    odd = {
        "files left out, as neither .md nor .txt, or links": [one for one in map(str, others) if "/." not in f"/{one}"],
        "documents without any text": [name for name, one in found.items() if not one.text.strip()],
    }
    notes += [f"{what} ({len(names)}): {', '.join(sorted(names)[:MOST_NAMES])}" for what, names in odd.items() if names]
    return files, found


def refusal(source: Path, problems: Problems) -> AdoptionError:
    """Up to `MOST_ERRORS` problems in the order of their lines, and the number of the rest."""
    found = [f"{source}:{line}: {what}" if line else f"{source}: {what}" for line, what in sorted(problems)]
    rest = [f"and {len(found) - MOST_ERRORS} more"] if len(found) > MOST_ERRORS else []
    shown = "\n".join(found[:MOST_ERRORS] + rest)
    return AdoptionError("".join(one if one.isprintable() or one == "\n" else "?" for one in shown))


def _csv(text: str, problems: Problems) -> Iterator[Row]:
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    records = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = _names(next(records, []))
        problems += [(1, f"two columns are called {name!r}") for name in set(names) if name and names.count(name) > 1]
        for record in records:
            cells = [clean(cell).strip() for cell in record]
            if any(cells[len(names) :]):
                problems.append((records.line_num, f"has {len(cells)} cells for {len(names)} columns; quote the texts"))
            else:
                yield records.line_num, dict(zip_longest(names, cells, fillvalue=""))
    except csv.Error as error:
        problems.append((records.line_num, f"is no CSV: {error}; nothing was read from here on"))


def _json_lines(text: str, problems: Problems) -> Iterator[Row]:
    for line, content in enumerate(text.split("\n"), start=1):
        try:
            found = RECORD.validate_json(content.strip() or "{}")
            cells = ["" if value is None else clean(str(value)).strip() for value in found.values()]
            yield line, dict(zip(_names(found), cells, strict=True))
        except ValidationError as error:
            problems.append((line, f"is not one object of texts and numbers ({problem(error)})"))


def _names(columns: Iterable[str]) -> list[str]:
    return [re.sub(r"\W+", "_", column.casefold()).strip("_") for column in columns]
