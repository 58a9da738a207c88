"""From the rows of a file to cases: of which task, what is wrong with them, their splits, and what stands out."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from typing import Any

from pydantic import ValidationError

from ..benchmark import KINDS, AnyCase, Question, Split
from ..evaluation.classification import cohens_kappa
from ..evaluation.evidence import EvidenceError, locate
from ..passages import Document
from ..settings import Kind
from .duplicates import groups, normalised
from .reading import MOST_NAMES, Problems, Row

NEEDED: dict[Kind, list[str]] = {"search": ["question", "document", "quote"], "classify": ["text", "label"]}
OPTIONAL: dict[Kind, list[str]] = {"search": ["id", "split", "section"], "classify": ["id", "split", "label_2"]}
SHARES: dict[Kind, dict[Split, float]] = {
    "search": {"dev": 0.4, "test": 0.6},
    "classify": {"train": 0.5, "dev": 0.2, "test": 0.3},
}
LEAST: dict[Split, int] = {"dev": 10, "test": 20}  # cases that can be right or wrong
LEAST_TRAINING = 2  # cases of each label
MOST_VALUES, LEAST_CASES = 20, 10  # of a slice; cases with a value that is worth showing
SAID = {"string_too_short": "is empty; fill it in"}  # in place of what pydantic says
KAPPA = "Cohen's kappa"
MISFIT: dict[Kind | None, str] = {
    None: "must have rows with columns called text and label, or question, document and quote; it has",
    "search": "has questions, so name with DOCUMENTS the folder that they quote; its columns are",
    "classify": "has texts with labels, so leave out DOCUMENTS; its columns are",
}


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
        said = f"{MISFIT[task]} {', '.join(names[:MOST_NAMES]) or 'no rows'}"
        problems += [(0, said)] if names or not problems else []
        return None
    columns = [name for name in NEEDED[task] + OPTIONAL[task] if name in names]
    found = Proposal(task, columns, [name for name in names if name not in columns and _is_slice(name, rows, task)])
    items = (_item(line, cells, found, documents, problems) for line, cells in rows)
    found.items = _once([item for item in items if item], problems)
    count, what = len(rows) - len(found.items), f"the {NEEDED[task][0]} of another: they make one case together"
    found.notes = [f"{count:,} {'row repeats' if count == 1 else 'rows repeat'} {what}"] if count else []
    found.notes += _agreement(found) + _unquoted(found, documents) + _divided(found)
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
    values["split"] = values["split"].lower()
    if found.task == "search":
        evidence = {name: values.pop(name, "") for name in ("document", "section", "quote")}
        evidence["document"] = re.sub(r"\.(md|txt)$", "", evidence["document"].replace("\\", "/"))
        evidence["quote"] = _as_written(evidence["quote"], documents.get(evidence["document"]))
        values["evidence"] = [evidence] if evidence["document"] or evidence["quote"] else []
    try:
        case = KINDS[found.task].model_validate(values)
        for one in case.evidence if isinstance(case, Question) else ():
            locate(case.id, one, documents)
        kind = case.gold if found.task == "classify" else f"{'with' if case.gold else 'without'} evidence"
        return Item(line, kind, case)
    except ValidationError as error:
        problems += [(line, f"{one['loc'][-1]}: {SAID.get(one['type'], one['msg'])}") for one in error.errors()]
    except EvidenceError as error:
        problems.append((line, str(error)))
    return None


def _as_written(quote: str, document: Document | None) -> str:
    """The quotation with the spaces and line breaks of the document, if it stands there in one place."""
    words = r"\s+".join(map(re.escape, quote.split()))
    places = set(re.findall(words, document.text)) if document and words and quote not in document.text else set()
    return str(places.pop()) if len(places) == 1 else quote


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


def _unquoted(found: Proposal, documents: Mapping[str, Document]) -> list[str]:
    evidence = (one for item in found.items.values() for one in getattr(item.case, "evidence", ()))
    names = sorted(documents.keys() - {one.document for one in evidence})
    return [f"documents that no question quotes ({len(names):,}): {', '.join(names[:MOST_NAMES])}"] if names else []


def _agreement(found: Proposal) -> list[str]:
    twice = [(item, label) for item in found.items.values() if (label := item.case.slice("label_2"))]
    if "label_2" not in found.columns or not twice:
        return []
    kappa = cohens_kappa([item.kind for item, _ in twice], [label for _, label in twice])
    differ = [str(item.line) for item, label in twice if item.kind != label]
    return [
        f"{KAPPA} is {kappa:.3f}; cases with a second label: {len(twice):,}; "
        f"lines in which it differs ({len(differ):,}): {', '.join(differ[:MOST_NAMES]) or 'none'}"
    ]


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
    shares, count = _shares(found), Counter[tuple[str, Split]]()
    for group in alike:
        kind = group[0].kind
        split = min(shares, key=lambda one: (count[kind, one] + len(group)) / shares[one])  # D'Hondt's method
        for item in group:
            item.case = item.case.model_copy(update={"split": split})
            count[item.kind, split] += 1
    return []


def _shares(found: Proposal) -> dict[Split, float]:
    """The share of each split; of few cases, each split gets what it needs at least, and the rest is divided so."""
    usual, kinds = SHARES[found.task], {item.kind for item in found.items.values() if item.case.gold}
    count = sum(bool(item.case.gold) for item in found.items.values())
    # Dividing leaves less than one case of each kind over.
    least = {split: LEAST.get(split, LEAST_TRAINING * len(kinds)) + len(kinds) for split in usual}
    if all(share * count >= least[split] for split, share in usual.items()):
        return usual
    rest = max(0, count - sum(least.values()))
    return {split: least[split] + share * rest for split, share in usual.items()}


def _too_few(found: Proposal) -> Problems:
    counts = found.counts()
    answered = Counter(item.case.split for item in found.items.values() if item.case.gold)
    few = [(f"{split} cases with an answer", least, answered[split]) for split, least in LEAST.items()]
    labels = sorted(sorted({kind for kind, _ in counts}), key=str.lower)
    if found.task == "classify":
        few += [(f"training cases of {label!r}", LEAST_TRAINING, counts[label, "train"]) for label in labels]
        few.append(("labels", 2, len(labels)))
    return [
        *((0, f"{least} {what} are needed, and {n:,} found; add rows") for what, least, n in few if n < least),
        *(
            (0, f"the labels {one!r} and {other!r} differ only in case; write them alike")
            for one, other in pairwise(labels)
            if one.lower() == other.lower()
        ),
    ]
