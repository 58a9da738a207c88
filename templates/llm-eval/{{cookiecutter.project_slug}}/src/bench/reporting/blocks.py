"""Measured blocks: the only lines of a document that `make report` rewrites.

A block lies between two marks, each on a line of its own. In Markdown they are
`<!-- measured:NAME -->` and `<!-- /measured:NAME -->`; in YAML and TOML `# measured:NAME` and `# /measured:NAME`.
Everything outside the marks belongs to the owner and is kept byte for byte.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from .metrics import write_text

MARK = re.compile(r"(?:<!--|#)\s*(/?)measured:([a-z0-9-]+)\s*(?:-->)?")
CONTRACT = Path("scaffolder.toml")  # says which document has which blocks


class BlockError(ValueError):
    """A document's marks are wrong; the message names the file and says what to do."""


def rewrite(text: str, blocks: Mapping[str, str], path: Path | str = "document") -> str:
    """Return `text` with the content of each block replaced. Doing it twice changes nothing more.

    Args:
        text: the document, with any line ends.
        blocks: the content of every block that the document must have, without the marks.
        path: the document's name, for messages.

    Raises:
        BlockError: a mark is missing, unknown, duplicated, nested or unclosed.
    """
    lines = text.splitlines(keepends=True)
    spans = _spans(lines, path)
    for name in sorted(blocks.keys() ^ spans.keys()):
        marks = f"<!-- measured:{name} --> and <!-- /measured:{name} -->"
        if name in blocks:
            raise BlockError(f"{path} has no block {name!r}; put back the lines {marks}")
        raise BlockError(f"{path}: there is no measured block called {name!r}; remove the lines {marks}")
    newline = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    for name, span in reversed(spans.items()):
        lines[span] = [line + newline for line in blocks[name].strip("\n").splitlines()]
    return "".join(lines)


def update(rendered: Mapping[str, str]) -> list[Path]:
    """Rewrite the measured blocks of all documents. If the marks of one are wrong, none is changed.

    Returns:
        The documents that changed.

    Raises:
        BlockError: a document is missing or its marks are wrong.
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
        BlockError: it is missing or is no text.
    """
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise BlockError(f"{path} does not exist; run from the repository's root") from None
    except UnicodeDecodeError:
        raise BlockError(f"{path} is not UTF-8 text; save it as UTF-8") from None


def _spans(lines: list[str], path: Path | str) -> dict[str, slice]:
    """The lines of each block's content, in the order of the document."""
    spans: dict[str, slice] = {}
    start, opened = 0, ""
    for number, line in enumerate(lines):
        if not (found := MARK.fullmatch(line.strip())):
            continue
        closes, name = found.groups()
        if name in spans or (closes and name != opened) or (not closes and opened):
            raise BlockError(f"{path}:{number + 1}: this mark of block {name!r} is one too many, or is out of order")
        if closes:
            spans[name] = slice(start, number)
        start, opened = number + 1, "" if closes else name
    if opened:
        raise BlockError(f"{path}:{start}: block {opened!r} is never closed")
    return spans
