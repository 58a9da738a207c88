"""Measured blocks: the only lines of a document that `make report` rewrites.

A block lies between two marks, each on a line of its own. In Markdown they are
`<!-- measured:NAME -->` and `<!-- /measured:NAME -->`; in YAML and TOML `# measured:NAME` and `# /measured:NAME`.
Everything outside the marks belongs to the owner and is kept byte for byte.
"""

import re
import tomllib
from collections.abc import Mapping
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

from .markdown import number
from .metrics import METRICS, REPORTS, ReportError, read_json, read_text, write_json, write_text

MARK = re.compile(r"(?:<!--|#)\s*(/?)measured:([a-z0-9-]+)\s*(?:-->)?")
CONTRACT = Path("scaffolder.toml")  # says which document has which blocks
STAMPS = REPORTS / "blocks.json"  # says what was written into each block: `scaffolder check` compares it


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
    marks = {number: mark.groups() for number, line in enumerate(lines) if (mark := MARK.fullmatch(line.strip()))}
    spans = {
        name: slice(start + 1, end)
        for (start, (closes, name)), (end, following) in pairwise(marks.items())
        if not closes and following == ("/", name)
    }
    for name in sorted({*blocks, *(name for _, name in marks.values())}):
        both = f"<!-- measured:{name} --> and <!-- /measured:{name} -->"
        if name not in blocks:
            raise ReportError(f"{path}: there is no measured block called {name!r}; remove the lines {both}")
        if name not in spans or [name for _, name in marks.values()].count(name) != 2:
            raise ReportError(f"{path}: block {name!r} must have the lines {both}, once and with no other mark between")
    newline = "\r\n" if text.partition("\n")[0].endswith("\r") else "\n"
    for name, span in reversed(spans.items()):
        lines[span] = [line + newline for line in blocks[name].strip("\n").splitlines()]
    return "".join(lines)


def update(rendered: Mapping[str, str]) -> list[Path]:
    """Rewrite the measured blocks of all documents, and their stamps. If the marks of one are wrong, none is changed.

    Returns:
        The documents that changed.

    Raises:
        ReportError: a document is missing or its marks are wrong.
    """
    listed = tomllib.loads(CONTRACT.read_text(encoding="utf-8"))["blocks"]
    return write({Path(path): {name: rendered[name] for name in names} for path, names in listed.items()}, {})


def write(documents: Mapping[Path, Mapping[str, str]], stamps: dict[str, Any]) -> list[Path]:
    """Rewrite all blocks of these documents, as `update` does; `stamps` are those of other documents.

    A stamp has the hash of the block's text, the metrics that the block shows, and the hash of reports/metrics.json.
    """
    new = {path: rewrite(read_text(path), blocks, path) for path, blocks in documents.items()}
    changed = [path for path, text in new.items() if text != read_text(path)]
    for path in changed:
        write_text(path, new[path])
    report = read_json(METRICS) if METRICS.exists() else {}
    printed = {metric["name"]: number(metric["value"]) for metric in report.get("metrics", [])}
    for path, blocks in documents.items():
        stamps[path.as_posix()] = {
            name: {
                "sha256": digest(text),
                "metrics": [metric for metric, value in printed.items() if value in text],
                "metrics_sha256": digest(read_text(METRICS)) if report else None,
            }
            for name, text in blocks.items()
        }
    write_json(STAMPS, stamps)
    return changed


def digest(text: str) -> str:
    """The SHA-256 of a text, whatever its line ends and however many of them are around it."""
    return sha256("\n".join(text.strip("\r\n").splitlines()).encode()).hexdigest()
