"""Take the former data out of the documents, and lose no word of the owner's.

What stands between data marks becomes the neutral text of `own.md`, and DATASET.md is written anew. What the owner
wrote there comes back as a question that quotes it. What stands between measured marks becomes "not measured yet".

"Ours" are the lines and paragraphs that the template wrote; everything else is the owner's.
"""

import re
from hashlib import sha256
from pathlib import Path

from ..reporting import blocks, sections

OWN = Path(__file__).with_name("own.md")
SHIPPED = Path("data/shipped.md")
DATASET = Path("data/DATASET.md")
NOT_MEASURED = {"model-index": "model-index: []", "latency": sections.NOT_MEASURED}  # the first lies in YAML
NOT_YET = "_Not measured yet: run `make demo`._"
STILL_TRUE = "is this still true? Before the data changed, it said:"
MARK = re.compile(r"^<!-- (?:/?data:\S+|make adopt wrote .*) -->\s*$", re.MULTILINE)
QUESTION = re.compile(r"TODO\([^|]*[^| ]")  # to the end of the line or of the cell
IN_LINES = re.compile(r"^\s*(?:\||[-*] )|TODO\(", re.MULTILINE)  # a table, a list, or a question with its answer


def rewritten(description: str, settings: Path, new: bytes, **known: str) -> dict[Path, bytes]:
    """The documents that change when `settings` becomes `new`; DATASET.md becomes `description`.

    What is `known` of the new data, by the name of a block, goes before its neutral text. It should be a line of the
    description, too: by that it is known as ours when the data change again.

    Answers stay as they are if there were no data before, or if the settings, and so the data, are the same.
    """
    own, shipped, dataset = (blocks.read_document(path) if path.exists() else "" for path in (OWN, SHIPPED, DATASET))
    neutral = {name: f"{known.get(name, '')}\n\n{text}".strip() for name, text in blocks.read(own, OWN, "data").items()}
    # What was written into DATASET.md last time is ours, too.
    ours = _pieces(own) | _pieces(shipped) | {line for line in _pieces(dataset) if _hash(line) in dataset}
    before = settings.read_bytes() if settings.exists() else b""
    texts = {} if before == new and dataset else {DATASET: _described(description, dataset, ours)}
    named = [*map(Path, ("README.md", "MODEL_CARD.md", "scaffolder.toml")), *sorted(Path("docs").glob("*.md"))]
    for path in filter(Path.exists, named):
        text = old = blocks.read_document(path)
        if before != new and (before or shipped):
            answers, comment = blocks.read(old, path, "data"), "# " if path.suffix == ".toml" else ""
            asked = {name: _asked_anew(name, answers[name], neutral.get(name, ""), ours, comment) for name in answers}
            text = blocks.rewrite(old, asked, path, "data")
        text = blocks.rewrite(text, {name: NOT_MEASURED.get(name, NOT_YET) for name in blocks.read(text, path)}, path)
        texts |= {path: text} if text != old else {}
    return {path: text.encode() for path, text in texts.items()}


def _described(new: str, old: str, ours: set[str]) -> str:
    hashes = " ".join(sorted({_hash(line) for line in new.splitlines()}))
    questions = _asked_anew("dataset", old, "", ours | _pieces(new))
    return f"{new.strip()}{questions}\n\n<!-- make adopt wrote the lines with these hashes: {hashes} -->\n"


def _asked_anew(name: str, old: str, own: str, ours: set[str], comment: str = "") -> str:
    """The neutral text, then a question for each paragraph that is the owner's. Twice changes nothing more."""
    item = found[1] if (found := re.search(r"TODO\(([\w-]+)\)", own)) else name
    asked = [
        words if STILL_TRUE in words else f'{comment}TODO({item}): {STILL_TRUE} "{words}"'
        for paragraph in _paragraphs(old)
        if (words := _owners_words(paragraph, ours))
    ]
    return "\n\n".join([own, *asked])


def _owners_words(paragraph: str, ours: set[str]) -> str:
    """What to quote of a paragraph: nothing if it is ours; of a table, list or question only the lines that are not."""
    words, lines = _joined(paragraph), [line for line in map(_joined, paragraph.split("\n")) if line not in ours]
    if words not in ours and IN_LINES.search(paragraph) and STILL_TRUE not in words:
        questions = sorted((one for piece in ours for one in QUESTION.findall(piece)), key=len, reverse=True)
        words = _joined(re.sub("|".join(map(re.escape, questions)), "", " ".join(lines)))
    return words if lines and words not in ours and words.strip("| -*") else ""


def _pieces(text: str) -> set[str]:
    return {_joined(piece) for piece in [*text.split("\n"), *_paragraphs(text)]}


def _paragraphs(text: str) -> list[str]:
    # each with the heading above it
    return re.split(r"\n\s*\n", re.sub(r"^(#+ .*)\n\s*\n", r"\1\n", MARK.sub("\n", text), flags=re.MULTILINE))


def _joined(text: str) -> str:
    return " ".join(text.split())


def _hash(line: str) -> str:
    return sha256(_joined(line).encode()).hexdigest()[:8]
