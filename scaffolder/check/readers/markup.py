"""Documents in other formats as Markdown: reStructuredText and AsciiDoc line by line, notebooks cell by cell."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MOST_PRINTED = 4_000  # characters of one output
OUTPUT = "output"  # the language of blocks with what a notebook's code printed

_UNDERLINE = re.compile(r"^([=\-~^\"'*+#`:.])\1{2,}[ \t]*$", re.MULTILINE)
_DIRECTIVE = re.compile(r"^[ \t]*\.\.[ \t]+(?:\|[^|\n]{1,80}\|[ \t]+)?(?:image|figure)::[ \t]*(\S*).*$", re.MULTILINE)
_TITLE = re.compile(r"^(={1,6})(?=[ \t])", re.MULTILINE)
_IMAGE = re.compile(r"^image::?([^\[\s]+)\[([^\]\n]*)\].*$", re.MULTILINE)


def as_markdown(path: str, text: str) -> str:
    """The text of a document as Markdown; only of a notebook, the lines are others than those of the file."""
    ending = path.lower().rpartition(".")[2]
    if ending == "ipynb":
        return "\n\n".join(_cells(text))
    if ending == "rst":
        underlined = _UNDERLINE.sub(lambda line: "===" if line[1] == "=" else "---", text)
        return _DIRECTIVE.sub(r"![](\1)", underlined)
    if ending in ("adoc", "asciidoc"):
        titled = _TITLE.sub(lambda title: "#" * len(title[1]), text)
        return _IMAGE.sub(r"![\2](\1)", titled)
    return text


def _cells(text: str) -> Iterator[str]:
    """The texts of a notebook's cells, and what its code printed; none if it is no notebook."""
    try:
        for cell in json.loads(text)["cells"]:
            if cell["cell_type"] == "markdown":
                yield "".join(cell["source"])
            for output in cell.get("outputs", ()):
                yield f"```{OUTPUT}\n{_printed(output)}\n```"
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return


def _printed(output: dict[str, Any]) -> str:
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))[:MOST_PRINTED]
