"""Rows become cases of one task; what is wrong with them is noted."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from scaffolder.adopt import reading
from scaffolder.adopt.kind import AdoptionError
from scaffolder.adopt.texts.folder import clean
from scaffolder.adopt.texts.quotations import QuoteError, placed_once
from scaffolder.errors import first_lines, listed, one_line, shown

SPLITS = ("train", "dev", "test")
MOST_ROWS = 50_000
MOST_NAMES = 20  # in one sentence
_MOST_PROBLEMS = 20  # in one refusal
_MOST_SHOWN = 60  # characters of a name in a sentence
MOST_SLICES = 20
MOST_VALUES, LEAST_CASES = 20, 10  # of a slice; cases with a value that is worth showing
PUNCTUATION = ".,;:!?'\"()[]„“”‚‘’«»…–—¿¡"  # but not what tells C# from C++


@dataclass(frozen=True)
class Row:
    """A row of the owner's file: its number, as people count, and its cells by the names of their columns."""

    number: int
    cells: dict[str, str]


@dataclass
class Problems:
    """The problems of a file."""

    source: Path
    found: list[tuple[int, str]] = field(default_factory=list)

    def add(self, number: int, problem: str) -> None:
        """Note a problem of a row, or of the whole file if the number is 0."""
        self.found.append((number, problem))

    def refusal(self) -> AdoptionError:
        """The error that names them in the order of the file; of many, the first and the number of the rest."""
        said = [f"row {number}: {what}" if number else what for number, what in sorted(self.found)]
        if len(said) == 1:
            return AdoptionError(f"{shown(self.source, 200)} cannot be used: {said[0]}.")
        error = AdoptionError(f"{shown(self.source, 200)} cannot be used:")
        error.details = tuple(first_lines(said, _MOST_PROBLEMS))
        return error


class Evidence(NamedTuple):
    """A passage that answers a question, word for word."""

    document: str
    section: str
    quote: str


@dataclass(frozen=True)
class Task:
    """A task, with the columns that its cases have and may have."""

    name: str
    needed: tuple[str, ...]
    optional: tuple[str, ...]


TASKS = (
    Task("search", ("question", "document", "quote"), ("id", "split", "section")),
    Task("classify", ("text", "label"), ("id", "split", "label_2")),
)
_FIELDS = {"text", "label", "question", "evidence"}  # of the cases in the project: no slice may have their names


@dataclass
class Case:
    """A text with its label, or a question with its evidence; `more` are a second label and the slices."""

    row: int
    id: str
    split: str
    text: str
    label: str = ""
    evidence: tuple[Evidence, ...] = ()
    more: Mapping[str, str] = field(default_factory=dict)

    @property
    def answer(self) -> object:
        """The right answer; empty for a question that the documents do not answer."""
        return self.label or self.evidence

    @property
    def kind(self) -> str:
        """The label, or of a question whether there is evidence."""
        return self.label or ("with evidence" if self.evidence else "without evidence")

    def line(self) -> str:
        """The case as a line of JSON, as the generated project reads it."""
        answer = {"label": self.label} if self.label else {"evidence": [one._asdict() for one in self.evidence]}
        text = {"text" if self.label else "question": self.text}
        content = {"id": self.id, "split": self.split, **text, **answer, **self.more}
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"


@dataclass
class Proposal:
    """The cases of a task, with the columns that they are made of, columns that are slices, and what stands out."""

    task: Task
    columns: list[str]
    slices: list[str]
    left_out: list[str]
    cases: dict[str, Case] = field(default_factory=dict)  # by the text or question, normalised
    notes: list[str] = field(default_factory=list)

    def counts(self) -> Counter[tuple[str, str]]:
        """The number of cases of each kind in each split."""
        return Counter((case.kind, case.split) for case in self.cases.values())


def read_rows(problems: Problems) -> tuple[list[Row], str]:
    """The rows of a table, by the names of its columns in small letters, and in words how the file was read.

    Raises:
        AdoptionError: it is no table, or too large.
    """
    table = reading.read(problems.source)
    if table.count > MOST_ROWS:
        raise AdoptionError(f"{shown(problems.source, 200)} has more than {MOST_ROWS:,} rows: use a sample of them.")
    names = [re.sub(r"\W+", "_", name.casefold()).strip("_") for name in table.names]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        problems.add(0, f"two columns are called {shown(name)}")
    rows = [
        Row(number, {name: clean(cell).strip() for name, cell in zip(names, cells, strict=True)})
        for number, cells in table.rows()
    ]
    return rows, table.form


def named(names: Iterable[str]) -> str:
    """Some names in one sentence: of many, the first and the number of the rest."""
    texts = [name if len(name) <= _MOST_SHOWN else f"{name[: _MOST_SHOWN - 1]}…" for name in names]
    return one_line(listed(texts, MOST_NAMES))


def propose(rows: Sequence[Row], documents: Mapping[str, str], problems: Problems) -> Proposal | None:
    """The cases in the rows, each text once; None if the columns fit no task."""
    names = list(dict.fromkeys(name for row in rows for name in row.cells if name))
    task = next((task for task in TASKS if set(task.needed) <= set(names)), None)
    misfit = _misfit(task, names, bool(documents))
    if misfit and (names or not problems.found):
        problems.add(0, misfit)
    if task is None or misfit:
        return None
    columns = [name for name in task.needed + task.optional if name in names]
    slices = [name for name in names if name not in columns and _is_slice(name, rows)][:MOST_SLICES]
    found = Proposal(task, columns, slices, [name for name in names if name not in {*columns, *slices}])
    for row in rows:
        if case := _case(row, found, documents, problems):
            _add(case, found, problems)
    _refuse_second_ids(found, problems)
    if count := len(rows) - len(found.cases):
        repeats, what = "row repeats" if count == 1 else "rows repeat", task.needed[0]
        found.notes.append(f"{count:,} {repeats} the {what} of another: they make one case together")
    return found


def _misfit(task: Task | None, names: Sequence[str], documents: bool) -> str:
    """Why the columns fit no task, or not with or without documents; "" if they fit."""
    if not names:
        return "it has no rows with cells"
    if task is None:
        return f"it needs columns called text and label, or question, document and quote; it has {named(names)}"
    if task.name == "search" and not documents:
        return f"it has questions: name with --documents the folder that they quote; its columns are {named(names)}"
    if task.name == "classify" and documents:
        return f"it has texts with labels: leave out --documents; its columns are {named(names)}"
    return ""


def normalised(text: str) -> str:
    """The words in lower case, without punctuation at their ends; a sign that stands alone, such as ":)", stays."""
    words = unicodedata.normalize("NFKC", text).casefold().split()
    return " ".join(word.strip(PUNCTUATION) or word for word in words)


def _is_slice(name: str, rows: Sequence[Row]) -> bool:
    values = Counter(row.cells.get(name, "") for row in rows)
    often = [value for value, count in values.items() if value and count >= LEAST_CASES]
    return len(often) > 1 and len(values) <= MOST_VALUES and name not in _FIELDS and len(name) <= 60


def _case(row: Row, found: Proposal, documents: Mapping[str, str], problems: Problems) -> Case | None:
    """The case in a row, if it is one; without a column for it, its split is made later."""
    cells = {"id": f"row-{row.number:05}", "split": "test"}
    cells |= {name: row.cells.get(name, "") for name in (*found.columns, *found.slices)}
    cells["split"] = cells["split"].lower()
    said = [f"{name} is empty: fill it in" for name in ("id", "text", "question", "label") if cells.get(name) == ""]
    if cells["split"] not in SPLITS:
        said.append(f"split is {shown(cells['split'])}: write train, dev or test")
    evidence = list[Evidence]()
    if found.task.name == "search":
        try:
            evidence.extend(_evidence(cells, documents))
        except QuoteError as error:
            said.append(str(error))
    for problem in said:
        problems.add(row.number, problem)
    if said:
        return None
    return Case(
        row.number,
        cells["id"],
        cells["split"],
        cells[found.task.needed[0]],
        cells.get("label", ""),
        tuple(evidence),
        {name: cells[name] for name in ("label_2", *found.slices) if name in cells},
    )


def _evidence(cells: Mapping[str, str], documents: Mapping[str, str]) -> Iterator[Evidence]:
    """The evidence in a row, if it has some; raises `QuoteError`."""
    name, quote = re.sub(r"\.(md|txt)$", "", cells["document"].replace("\\", "/")), cells["quote"]
    if not name and not quote:
        return
    if not name or not quote:
        raise QuoteError(f"{'quote' if name else 'document'} is empty: fill it in")
    if name not in documents:
        raise QuoteError(f"{shown(name)} is not among the documents")
    yield Evidence(name, cells.get("section", ""), placed_once(quote, name, documents[name]))


def _add(case: Case, found: Proposal, problems: Problems) -> None:
    """Keep each text once, if all that is known of it is the same; a question gets the evidence of all its rows."""
    other = found.cases.setdefault(normalised(case.text), case)
    if case.evidence and other.evidence and case.split == other.split:
        other.evidence = tuple(dict.fromkeys((*other.evidence, *case.evidence)))
    elif (case.answer, case.split) != (other.answer, other.split):
        said = f"it has the {found.task.needed[0]} of row {other.row}, but another label, evidence or split"
        problems.add(case.row, said)


def _refuse_second_ids(found: Proposal, problems: Problems) -> None:
    ids: dict[str, Case] = {}
    for case in found.cases.values():
        other = ids.setdefault(case.id, case)
        if other is not case:
            problems.add(case.row, f"it has the id {shown(case.id)} of row {other.row}")


def agreement(found: Proposal) -> str:
    """A sentence with Cohen's kappa and the rows in which the labels differ; "" without second labels."""
    twice = [(case, label) for case in found.cases.values() if (label := case.more.get("label_2"))]
    if not twice:
        return ""
    kappa = cohens_kappa([case.label for case, _ in twice], [label for _, label in twice])
    differ = [str(case.row) for case, label in twice if case.label != label]
    return (
        f"Cohen's kappa is {kappa:.3f}; cases with a second label: {len(twice):,}; "
        f"rows in which it differs ({len(differ):,}): {named(differ) or 'none'}"
    )


def cohens_kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Agreement of two raters beyond what their frequencies of labels give by chance: 1 is full (Cohen 1960).

    NaN if both give one and the same label to every item, since that may well be chance.
    """
    agreed = sum(one == other for one, other in zip(first, second, strict=True)) / len(first)
    ours, theirs = Counter(first), Counter(second)
    chance = sum(ours[label] * theirs[label] for label in ours) / len(first) ** 2
    return (agreed - chance) / (1 - chance) if chance < 1 else float("nan")
