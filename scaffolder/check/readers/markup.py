"""Documents in other formats as Markdown with the same lines: reStructuredText, AsciiDoc, plain text and notebooks."""

from __future__ import annotations

import json
from collections.abc import Iterator

from scaffolder.check.engine.patterns import pattern

MOST_PRINTED = 40  # lines of one output
MOST_IN_ONE = 3  # lines of a notebook that is not laid out as Jupyter does it
OUTPUT = "output"  # the language of blocks with what a notebook's code printed
_UNDERLINE = pattern(r"([=\-~^\"'*+#`:.])\1{2,}[ \t]*")
_RST = pattern(
    r"[ \t]*\.\.[ \t]+(?:\|[^|\n]{1,80}\|[ \t]+)?(image|figure|code-block|code|uml|mermaid|graphviz)::[ \t]*(.*)"
)
_ASCIIDOC = pattern(r"(={1,6})[ \t]+(.+)|image::?([^\[\s]+)\[([^\]]*)\].*")


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
    is_text, inside, printed = False, "", 0
    for line in lines if len(lines) > MOST_IN_ONE else _laid_out("\n".join(lines)):
        bare = line.strip()
        if bare.startswith('"cell_type":'):
            is_text = '"markdown"' in bare
        if inside and bare.startswith('"'):
            printed += 1
            yield _string(bare.removesuffix(",")) if printed <= MOST_PRINTED or inside != OUTPUT else ""
        elif inside and bare.startswith("]"):
            yield "```" if inside == OUTPUT else ""
            inside = ""
        elif bare.startswith(('"source": [', '"text": [', '"text/plain": [')) and not bare.endswith("]"):
            printed = 0
            inside = ("text" if is_text else "") if bare.startswith('"source"') else OUTPUT
            yield f"```{OUTPUT}" if inside == OUTPUT else ""
        else:
            yield ""


def _laid_out(text: str) -> list[str]:
    """The lines that Jupyter would write for a notebook that stands in one line."""
    try:
        content = json.loads(text)
        for cell in content["cells"]:
            cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
        return json.dumps(content, indent=1).split("\n")
    except (ValueError, RecursionError, KeyError, TypeError):
        return []


def _string(literal: str) -> str:
    try:
        return str(json.loads(literal)).rstrip("\n")
    except ValueError:
        return ""
