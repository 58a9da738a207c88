"""Take the former data out of the documents, and lose no word of the owner's.

What stands between data marks becomes the neutral text of `own.md`, and DATASET.md is written anew. What the owner
wrote there comes back as a question that quotes it. What stands between measured marks becomes "not measured yet".
"""

import re
from hashlib import sha256
from pathlib import Path

from ..reporting import blocks, sections
from ..settings import FILE

OWN = Path(__file__).with_name("own.md")
SHIPPED = Path("data/shipped.md")
DATASET = Path("data/DATASET.md")
NOT_MEASURED = {"model-index": "model-index: []", "latency": sections.NOT_MEASURED}  # the first lies in YAML
NOT_YET = "_Not measured yet: run `make demo`._"
STILL_TRUE = "is this still true? Before the data changed, it said:"
MARK = re.compile(r"^<!-- (?:/?data:\S+|make adopt wrote .*) -->\s*$", re.MULTILINE)
IN_LINES = re.compile(r"^\s*(?:\||[-*] )|TODO\(", re.MULTILINE)  # a table, a list, or a question with its answer


def rewritten(description: str, settings: bytes) -> dict[Path, bytes]:
    """The documents that change together with settings.toml; DATASET.md becomes `description`.

    Answers stay as they are if there were no data before, or if the settings, and so the data, are the same.
    """
    own, shipped, dataset = (blocks.read_document(path) if path.exists() else "" for path in (OWN, SHIPPED, DATASET))
    neutral, ours = blocks.read(own, OWN, "data"), _pieces(own) | _pieces(shipped)
    before = FILE.read_bytes() if FILE.exists() else b""
    texts = {} if before == settings and dataset else {DATASET: _described(description, dataset, ours)}
    named = [*map(Path, ("README.md", "MODEL_CARD.md", "scaffolder.toml")), *sorted(Path("docs").glob("*.md"))]
    for path in filter(Path.exists, named):
        text = old = blocks.read_document(path)
        if before != settings and (before or shipped):
            answers, comment = blocks.read(old, path, "data"), "# " if path.suffix == ".toml" else ""
            text = blocks.rewrite(
                old,
                {name: _reopened(name, answers[name], neutral.get(name, ""), ours, comment) for name in answers},
                path,
                "data",
            )
        text = blocks.rewrite(text, {name: NOT_MEASURED.get(name, NOT_YET) for name in blocks.read(text, path)}, path)
        texts |= {path: text} if text != old else {}
    return {path: text.encode() for path, text in texts.items()}


def _described(new: str, old: str, ours: set[str]) -> str:
    known = {line for line in _pieces(old) if _hash(line) in old}
    hashes = " ".join(sorted({_hash(line) for line in new.splitlines()}))
    questions = _reopened("dataset", old, "", ours | known | _pieces(new))
    return f"{new.strip()}{questions}\n\n<!-- make adopt wrote the lines with these hashes: {hashes} -->\n"


def _reopened(name: str, old: str, own: str, ours: set[str], comment: str = "") -> str:
    """The neutral text, then a question for each paragraph that is the owner's. Twice changes nothing more."""
    first = re.search(r"TODO\(([\w-]+)\)", own)
    asked = {question for piece in ours for question in re.findall(r"TODO\([^|]*[^| ]", piece)}
    contents = [own]
    for paragraph in _paragraphs(old):
        text, lines = _joined(paragraph), [line for line in map(_joined, paragraph.split("\n")) if line not in ours]
        if STILL_TRUE not in text and IN_LINES.search(paragraph) and text not in ours:
            text = " ".join(lines)
            for question in sorted(asked, key=len, reverse=True):
                text = text.replace(question, "")
            text = _joined(text)
        if lines and text not in ours and text.strip("| -*"):
            asks = f'{comment}TODO({first[1] if first else name}): {STILL_TRUE} "{text}"'
            contents.append(text if STILL_TRUE in text else asks)
    return "\n\n".join(contents)


def _pieces(text: str) -> set[str]:
    return {_joined(piece) for piece in [*text.split("\n"), *_paragraphs(text)]}


def _paragraphs(text: str) -> list[str]:
    """The paragraphs, each with the heading above it."""
    return re.split(r"\n\s*\n", re.sub(r"^(#+ .*)\n\s*\n", r"\1\n", MARK.sub("\n", text), flags=re.MULTILINE))


def _joined(text: str) -> str:
    return " ".join(text.split())


def _hash(line: str) -> str:
    return sha256(_joined(line).encode()).hexdigest()[:8]
