"""From the rows of a file to cases: of which task, what is wrong with them, their splits, and what stands out."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from ..benchmark import KINDS, AnyCase, Question, Split
from ..evaluation.evidence import EvidenceError, locate
from ..evaluation.scores import cohens_kappa
from ..passages import Document
from ..settings import Kind
from .duplicates import groups, normalised
from .reading import Problems, Row

NEEDED: dict[Kind, list[str]] = {"search": ["question", "document", "quote"], "classify": ["text", "label"]}
OPTIONAL: dict[Kind, list[str]] = {"search": ["id", "split", "section"], "classify": ["id", "split", "label_2"]}
SHARES: dict[Kind, dict[Split, float]] = {
    "search": {"dev": 0.4, "test": 0.6},
    "classify": {"train": 0.5, "dev": 0.2, "test": 0.3},
}
LEAST: dict[Split, int] = {"dev": 10, "test": 20}  # cases that can be right or wrong
LEAST_TRAINING = 2  # cases of each label
MOST_VALUES, LEAST_CASES = 20, 10  # of a slice; cases with a value that is worth showing


@dataclass
class Item:
    line: int
    kind: str  # the label, or whether there is evidence
    case: AnyCase


@dataclass
class Proposal:
    task: Kind
    columns: list[str]  # that are used
    slices: list[str]  # other columns
    items: dict[str, Item] = field(default_factory=dict)  # by the text or question, normalised
    notes: list[str] = field(default_factory=list)  # what stands out

    def counts(self) -> Counter[tuple[str, str]]:
        return Counter((item.kind, item.case.split) for item in self.items.values())


def propose(rows: Sequence[Row], documents: Mapping[str, Document], problems: Problems) -> Proposal | None:
    """The cases. What is wrong with them is added to the problems; how many there are is judged only if nothing is."""
    names = list(dict.fromkeys(name for _, cells in rows for name in cells if name))
    task = next((task for task, needed in NEEDED.items() if set(needed) <= set(names)), None)
    if task is None or (task == "search") != bool(documents):
        problems.append((0, f"needs text and label, or question, document, quote and DOCUMENTS; it has {names[:20]}"))
        return None
    columns = [name for name in NEEDED[task] + OPTIONAL[task] if name in names]
    found = Proposal(task, columns, [name for name in names if name not in columns and _is_slice(name, rows, task)])
    items = [_item(line, cells, found, documents, problems) for line, cells in rows]
    found.items = _once([item for item in items if item], problems)
    found.notes = _agreement(found) + _divided(found)
    problems += [] if problems else _too_few(found)
    return found


def _is_slice(name: str, rows: Sequence[Row], task: Kind) -> bool:
    values = Counter(cells.get(name, "") for _, cells in rows)
    often = [value for value, count in values.items() if value and count >= LEAST_CASES]
    return len(often) > 1 and len(values) <= MOST_VALUES and name not in {*dir(KINDS[task]), *KINDS[task].model_fields}


def _item(
    line: int, cells: Mapping[str, str], found: Proposal, documents: Mapping[str, Document], problems: Problems
) -> Item | None:
    """The case in a row, if it is one. If the file has no splits, it gets another one later."""
    values: dict[str, Any] = {"id": f"line-{line:05}", "split": "test"}
    values |= {name: cells.get(name, "") for name in found.columns + found.slices}
    if found.task == "search":
        evidence = {name: values.pop(name, "") for name in ("document", "section", "quote")}
        evidence["document"] = re.sub(r"\.(md|txt)$", "", evidence["document"].replace("\\", "/"))
        values["evidence"] = [evidence] if evidence["document"] or evidence["quote"] else []
    try:
        case = KINDS[found.task].model_validate(values)
        for one in case.evidence if isinstance(case, Question) else ():
            locate(case.id, one, documents)
        kind = case.gold if found.task == "classify" else f"{'with' if case.gold else 'without'} evidence"
        return Item(line, kind, case)
    except ValidationError as error:
        problems += [(line, f"{one['loc'][-1]}: {one['msg']}") for one in error.errors()]
    except EvidenceError as error:
        problems.append((line, str(error)))
    return None


def _once(items: Sequence[Item], problems: Problems) -> dict[str, Item]:
    """Each text once, if all that is known of it is the same; a question with the evidence of all its rows."""
    texts: dict[str, Item] = {}
    ids: dict[str, Item] = {}
    for item in items:
        other = texts.setdefault(normalised(item.case.text), item)
        if other is item and ids.setdefault(item.case.id, item) is not item:
            problems.append((item.line, f"has the id {item.case.id!r} of line {ids[item.case.id].line}"))
        first, further = (getattr(one.case, "evidence", ()) for one in (other, item))
        if first and further and item.case.split == other.case.split:
            other.case = other.case.model_copy(update={"evidence": tuple(dict.fromkeys((*first, *further)))})
        elif (item.case.gold, item.case.split) != (other.case.gold, other.case.split):
            problems.append((item.line, f"has the text of line {other.line}, but another label, evidence or split"))
    return texts


def _agreement(found: Proposal) -> list[str]:
    twice = [(item, label) for item in found.items.values() if (label := item.case.slice("label_2"))]
    if "label_2" not in found.columns or not twice:
        return []
    kappa = cohens_kappa([item.kind for item, _ in twice], [label for _, label in twice])
    differ = ", ".join(str(item.line) for item, label in twice if item.kind != label) or "none"
    return [f"{len(twice):,} cases have a second label: Cohen's kappa is {kappa:.3f}; it differs in lines: {differ}"]


def _divided(found: Proposal) -> list[str]:
    """Make splits: nearly the same texts stay together, and each label gets its shares. Splits of the file stay."""
    texts = sorted(found.items, key=lambda text: sha256(text.encode()).digest())
    alike = [[found.items[texts[place]] for place in group] for group in groups(texts)]
    if "split" in found.columns:
        return [
            f"nearly the same, but in different splits: lines {', '.join(str(item.line) for item in group)}"
            for group in alike
            if len({item.case.split for item in group}) > 1
        ]
    shares, count = SHARES[found.task], Counter[tuple[str, Split]]()
    for group in alike:
        kind = group[0].kind
        split = min(shares, key=lambda one: (count[kind, one] + len(group)) / shares[one])  # D'Hondt's method
        for item in group:
            item.case = item.case.model_copy(update={"split": split})
            count[item.kind, split] += 1
    return []


def _too_few(found: Proposal) -> Problems:
    counts = found.counts()
    answered = Counter(item.case.split for item in found.items.values() if item.case.gold)
    few = [(f"{split} cases with an answer", least, answered[split]) for split, least in LEAST.items()]
    if found.task == "classify":
        labels = sorted({kind for kind, _ in counts})
        few += [(f"training cases of {label!r}", LEAST_TRAINING, counts[label, "train"]) for label in labels]
        few.append(("labels that differ in more than case", max(2, len(labels)), len({one.lower() for one in labels})))
    return [(0, f"{least} {what} are needed; there are {count}") for what, least, count in few if count < least]
