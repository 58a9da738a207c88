"""Measured blocks: the only lines of a document that `make report` rewrites.

A block lies between two marks, each on a line of its own. In Markdown they are
`<!-- measured:NAME -->` and `<!-- /measured:NAME -->`; in YAML and TOML `# measured:NAME` and `# /measured:NAME`.
Everything outside the marks belongs to the owner and is kept byte for byte.
"""

import re
import tomllib
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from .metrics import ReportError, write_text

MARK = re.compile(r"(?:<!--|#)\s*(/?)measured:([a-z0-9-]+)\s*(?:-->)?")
CONTRACT = Path("scaffolder.toml")  # says which document has which blocks


def rewrite(text: str, blocks: Mapping[str, str], path: Path | str = "document") -> str:
    """Return `text` with the content of each block replaced. Doing it twice changes nothing more.

    Args:
        text: the document, with any line ends.
        blocks: the content of every block that the document must have, without the marks.
        path: the document's name, for messages.

    Raises:
        ReportError: a mark is missing, unknown, duplicated, nested or unclosed.
    """
    lines = text.splitlines(keepends=True)
    marks = {number: found.groups() for number, line in enumerate(lines) if (found := MARK.fullmatch(line.strip()))}
    spans = {
        name: slice(start + 1, end)
        for (start, (closes, name)), (end, following) in pairwise(marks.items())
        if not closes and following == ("/", name)
    }
    for name in sorted({*blocks, *(name for _, name in marks.values())}):
        both = f"<!-- measured:{name} --> and <!-- /measured:{name} -->"
        if name not in blocks:
            raise ReportError(f"{path}: there is no measured block called {name!r}; remove the lines {both}")
        if name not in spans or sum(name == one for _, one in marks.values()) != 2:
            raise ReportError(f"{path}: block {name!r} must have the lines {both}, once and with no other mark between")
    newline = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    for name, span in reversed(spans.items()):
        lines[span] = [line + newline for line in blocks[name].strip("\n").splitlines()]
    return "".join(lines)


def update(rendered: Mapping[str, str]) -> list[Path]:
    """Rewrite the measured blocks of all documents. If the marks of one are wrong, none is changed.

    Returns:
        The documents that changed.

    Raises:
        ReportError: a document is missing or its marks are wrong.
    """
    listed = tomllib.loads(CONTRACT.read_text(encoding="utf-8"))["blocks"]
    documents = {Path(path): {name: rendered[name] for name in names} for path, names in listed.items()}
    new = {path: rewrite(read_document(path), blocks, path) for path, blocks in documents.items()}
    changed = [path for path, text in new.items() if text != read_document(path)]
    for path in changed:
        write_text(path, new[path])
    return changed


def read_document(path: Path) -> str:
    """The text of a document, with its line ends.

    Raises:
        ReportError: it is missing or is no text.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise ReportError(f"{path} does not exist; run from the repository's root") from None
    except UnicodeDecodeError:
        raise ReportError(f"{path} is not UTF-8 text; save it as UTF-8") from None
