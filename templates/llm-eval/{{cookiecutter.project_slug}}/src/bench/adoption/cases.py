"""From the rows of a file to cases: check each row, and keep each text once."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..evaluation.evidence import Evidence, EvidenceError, locate
from ..passages import Document
from ..settings import Kind
from .corpus import name_of
from .duplicates import normalised
from .reading import Problems, Row

SPLITS = {one: one for one in ("train", "dev", "test")}
SPLITS |= {"training": "train", "val": "dev", "valid": "dev", "validation": "dev"}
WORDS = {"id", "label", "label_2"}
FILLED = {"id", "split", "text", "label", "question"}  # in every row, if there is such a column
LONGEST_WORD = 100  # characters of an id, a label or a value of a slice


@dataclass
class Item:
    """A case as it will be written, and what else must be known of it."""

    row: Row
    key: str  # the text or question, normalised
    kind: str  # its label; or whether the documents answer it
    case: dict[str, Any]


@dataclass
class Proposal:
    task: Kind
    columns: Mapping[str, str]  # what a column is for -> how the file calls it
    items: list[Item] = field(default_factory=list)
    files: Mapping[Path, bytes] = field(default_factory=dict)  # the documents
    slices: dict[str, str] = field(default_factory=dict)  # field -> column
    dropped: dict[str, str] = field(default_factory=dict)  # column -> why
    notes: list[str] = field(default_factory=list)

    @cached_property
    def counts(self) -> Counter[tuple[str, str]]:
        """Cases by their kind and split."""
        return Counter((item.kind, item.case["split"]) for item in self.items)


def read_case(row: Row, found: Proposal, documents: Mapping[str, Document], problems: Problems) -> Item | None:
    """The case in a row; None if something is wrong with it."""
    cells = {use: row.cells.get(name, "") for use, name in found.columns.items()}
    split = SPLITS.get(cells.get("split", "").casefold(), "")
    wrong = [f"has no {use}" for use, cell in cells.items() if use in FILLED and not cell]
    words = sorted(use for use in WORDS & cells.keys() if not fits(cells[use]))
    wrong += [f"has a {use} of more than {LONGEST_WORD} characters, or one that cannot be printed" for use in words]
    if cells.get("split") and not split:
        wrong.append(f"has the split {cells['split'][:20]!r}, which is not train, dev or test")
    case: dict[str, Any] = {"id": cells.get("id", ""), "split": split}
    if found.task == "classify":
        case |= {"text": cells["text"], "label": cells["label"]}
    else:
        case |= {"question": cells["question"], "evidence": _evidence(cells, documents, wrong)}
    problems += [(row.line, what) for what in wrong]
    kind = case.get("label") or ("with evidence" if case.get("evidence") else "without evidence")
    return None if wrong else Item(row, normalised(cells.get("text") or cells["question"]), kind, case)


def _evidence(cells: Mapping[str, str], documents: Mapping[str, Document], wrong: list[str]) -> list[dict[str, str]]:
    document, quote = cells["document"], cells["quote"]
    if not document or not quote:
        wrong += ["has a document but no quote, or a quote but no document"] if document or quote else []
        return []
    evidence = Evidence(document=name_of(document), section=cells.get("section", ""), quote=quote)
    try:
        if documents:  # otherwise that is said once
            locate("", evidence, documents)
    except EvidenceError as error:
        wrong.append(str(error).removeprefix("question : "))
    return [evidence.model_dump()]


def once(items: Sequence[Item], found: Proposal, problems: Problems) -> None:
    """Keep each text once, and each question with all of its evidence."""
    first: dict[str, Item] = {}
    for item in items:
        if (other := first.setdefault(item.key, item)) is item:
            continue
        where = f"line {other.row.line}"
        compared = {"split": (item.case["split"], other.case["split"])}
        if found.task == "classify":
            compared["label"] = (item.kind, other.kind)
            found.notes.append(f"line {item.row.line} has the same text and label as {where}: left out")
        else:
            compared |= {"id": (item.case["id"], other.case["id"]), "kind": (item.kind, other.kind)}
            other.case["evidence"] += [one for one in item.case["evidence"] if one not in other.case["evidence"]]
        wrong = [f"the {name} {ours!r}, not {theirs!r}" for name, (ours, theirs) in compared.items() if ours != theirs]
        problems += [(item.row.line, f"has the same text as {where}, but {what}") for what in wrong]
    found.items = list(first.values())


def name(found: Proposal, problems: Problems) -> None:
    """Make ids, if there are none."""
    lines: dict[str, int] = {}
    for number, item in enumerate(found.items, start=1):
        item.case["id"] = item.case["id"] or f"{'q' if found.task == 'search' else 't'}{number:05}"
        if (line := lines.setdefault(item.case["id"], item.row.line)) != item.row.line:
            problems.append((item.row.line, f"has the id {item.case['id']!r} of line {line}"))


def fits(word: str) -> bool:
    return len(word) <= LONGEST_WORD and word.isprintable()
