"""Take the former data out of the documents: only text between marks is touched, and no answer of the owner is lost.

What stands between data marks becomes the neutral text of `own.md`. A paragraph there that is the owner's comes back as
a question that quotes it. What stands between measured marks becomes "not measured yet".
"""

import re
from pathlib import Path

from ..reporting import blocks

OWN = Path(__file__).with_name("own.md")
SHIPPED = Path("data/shipped.md")
NOT_MEASURED = {"model-index": "model-index: []"}  # it lies in YAML
STILL_TRUE = "is this still true? Before the data changed, it said:"


def rewritten() -> dict[Path, str]:
    """The new text of each document that changes."""
    own = blocks.read(blocks.read_document(OWN), OWN, "data")
    shipped = blocks.read(blocks.read_document(SHIPPED), SHIPPED, "data") if SHIPPED.exists() else {}
    places = [Path("README.md"), Path("MODEL_CARD.md"), Path("scaffolder.toml"), *sorted(Path("docs").glob("*.md"))]
    texts = {}
    for path in filter(Path.exists, places):
        text = blocks.read_document(path)
        comment = "# " if path.suffix == ".toml" else ""
        data = {
            name: _reopened(name, old, own.get(name, ""), shipped.get(name, ""), comment)
            for name, old in blocks.read(text, path, "data").items()
        }
        text = blocks.rewrite(text, data, path, "data")
        measured = {
            name: NOT_MEASURED.get(name, "_Not measured yet: run `make demo`._") for name in blocks.read(text, path)
        }
        texts[path] = blocks.rewrite(text, measured, path)
    return {path: text for path, text in texts.items() if text != blocks.read_document(path)}


def _reopened(name: str, old: str, own: str, shipped: str, comment: str) -> str:
    """The neutral text, then each paragraph of the owner's in a question. Doing it twice changes nothing more."""
    ours = {*_paragraphs(own), *_paragraphs(shipped)}
    questions = []
    for paragraph in _paragraphs(old):
        if STILL_TRUE in paragraph:
            questions.append(paragraph)
        elif paragraph not in ours and "TODO(" not in paragraph:
            questions.append(f'{comment}TODO({name}): {STILL_TRUE} "{paragraph}"')
    return "\n\n".join([own.strip("\n"), *questions])


def _paragraphs(text: str) -> list[str]:
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n[ \t]*\n", text) if paragraph.strip()]
