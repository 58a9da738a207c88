"""Documents in other formats as Markdown with the same lines: reStructuredText, AsciiDoc, plain text and notebooks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

OUTPUT = "output"  # the language of blocks with what a notebook's code printed
_UNDERLINE = re.compile(r"([=\-~^\"'*+#`:.])\1{2,}[ \t]*")
_RST = re.compile(
    r"[ \t]*\.\.[ \t]+(?:\|[^|\n]{1,80}\|[ \t]+)?(image|figure|code-block|code|uml|mermaid|graphviz)::[ \t]*(.*)"
)
_ASCIIDOC = re.compile(r"(={1,6})[ \t]+(.+)|image::?([^\[\s]+)\[([^\]]*)\].*")


def as_markdown(path: str, text: str) -> str:
    """The text of a document as Markdown; each line of it is made from the same line of the file."""
    ending = path.lower().rpartition(".")[2]
    convert = {"rst": _from_rst, "adoc": _from_asciidoc, "asciidoc": _from_asciidoc, "ipynb": _from_notebook}.get(
        ending
    )
    return "\n".join(convert(text.split("\n"))) if convert else text


def _from_rst(lines: list[str]) -> Iterator[str]:
    for line, before in zip(lines, ["", *lines], strict=False):
        if before.strip() and _UNDERLINE.fullmatch(line) and len(line.rstrip()) >= len(before.rstrip()):
            yield "===" if line.startswith("=") else "---"
        elif directive := _RST.match(line):
            kind, given = directive.groups()
            yield f"![]({given.strip()})" if kind in ("image", "figure") else ""
        else:
            yield line


def _from_asciidoc(lines: list[str]) -> Iterator[str]:
    for line in lines:
        found = _ASCIIDOC.fullmatch(line)
        if found:
            yield f"{'#' * len(found[1])} {found[2]}" if found[1] else f"![{found[4]}]({found[3]})"
        else:
            yield "```" if line.strip() in ("----", "....") else line


def _from_notebook(lines: list[str]) -> Iterator[str]:
    """The text of the cells and of what they printed; Jupyter writes each line of them on a line of its own."""
    is_text, inside = False, ""
    for line in lines:
        bare = line.strip()
        if bare.startswith('"cell_type":'):
            is_text = '"markdown"' in bare
        if inside and bare.startswith('"'):
            yield _string(bare.removesuffix(","))
        elif inside and bare.startswith("]"):
            yield "```" if inside == OUTPUT else ""
            inside = ""
        elif bare.startswith(('"source": [', '"text": [', '"text/plain": [')) and not bare.endswith("]"):
            inside = ("text" if is_text else "") if bare.startswith('"source"') else OUTPUT
            yield f"```{OUTPUT}" if inside == OUTPUT else ""
        else:
            yield ""


def _string(literal: str) -> str:
    try:
        return str(json.loads(literal)).rstrip("\n")
    except ValueError:
        return ""
