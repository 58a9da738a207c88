"""Measured blocks: the only lines of a document that `make report` rewrites.

A block lies between two marks, each on a line of its own. In Markdown they are
`<!-- measured:NAME -->` and `<!-- /measured:NAME -->`; in YAML front matter `# measured:NAME` and
`# /measured:NAME`. Everything outside the marks belongs to the owner and is kept byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from .metrics import write_text

NAME = r"(?P<close>/?)measured:(?P<name>[a-z0-9][a-z0-9-]*)"
MARK = re.compile(rf"[ \t]*(?:<!--[ \t]*{NAME}[ \t]*-->|#[ \t]*{NAME.replace('?P<', '?P<yaml_')})[ \t]*[\r\n]*")


class BlockError(ValueError):
    """A document's marks are wrong; the message names the file and says what to do."""


@dataclass(frozen=True)
class Mark:
    line: int  # from 0
    name: str
    closes: bool


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
    for name in sorted(blocks.keys() - spans.keys()):
        raise BlockError(
            f"{path} has no block {name!r}; put back the lines <!-- measured:{name} --> and <!-- /measured:{name} -->"
        )
    for name in sorted(spans.keys() - blocks.keys()):
        raise BlockError(f"{path}:{spans[name][0]}: there is no measured block called {name!r}; remove its two marks")
    newline = "\r\n" if lines and lines[0].endswith("\r\n") else "\n"
    for name, (start, end) in sorted(spans.items(), key=lambda item: -item[1][0]):
        lines[start:end] = _content(name, blocks[name], newline)
    return "".join(lines)


def update(documents: Mapping[Path, Mapping[str, str]]) -> list[Path]:
    """Rewrite the blocks of several documents. If the marks of one are wrong, none is changed.

    Returns:
        The documents that changed.

    Raises:
        BlockError: a document is missing or its marks are wrong.
    """
    old = {path: _read(path) for path in documents}
    new = {path: rewrite(old[path], blocks, path) for path, blocks in documents.items()}
    changed = [path for path in documents if new[path] != old[path]]
    for path in changed:
        write_text(path, new[path])
    return changed


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise BlockError(f"{path} does not exist; run from the repository's root") from None
    except UnicodeDecodeError:
        raise BlockError(f"{path} is not UTF-8 text; save it as UTF-8") from None


def _content(name: str, content: str, newline: str) -> list[str]:
    lines = content.strip("\n").split("\n")
    if any(MARK.fullmatch(line) for line in lines):
        raise BlockError(f"the content of block {name!r} contains a mark itself")
    return [line + newline for line in lines]


def _marks(lines: list[str]) -> Iterator[Mark]:
    for number, line in enumerate(lines):
        if found := MARK.fullmatch(line):
            name = found["name"] or found["yaml_name"]
            yield Mark(number, name, closes=bool(found["close"] or found["yaml_close"]))


def _spans(lines: list[str], path: Path | str) -> dict[str, tuple[int, int]]:
    """For each block, the slice of `lines` that is its content."""
    spans: dict[str, tuple[int, int]] = {}
    opened: Mark | None = None
    for mark in _marks(lines):
        where = f"{path}:{mark.line + 1}"
        if mark.closes:
            if opened is None or opened.name != mark.name:
                raise BlockError(f"{where}: block {mark.name!r} is closed but was not opened")
            spans[mark.name] = (opened.line + 1, mark.line)
            opened = None
        elif opened is not None:
            raise BlockError(f"{where}: block {mark.name!r} begins before {opened.name!r} is closed")
        elif mark.name in spans:
            raise BlockError(f"{where}: block {mark.name!r} appears twice; keep one of them")
        else:
            opened = mark
    if opened is not None:
        raise BlockError(f"{path}:{opened.line + 1}: block {opened.name!r} is never closed")
    return spans
