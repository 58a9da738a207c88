"""From the rows of a file to a benchmark: which task it is, its cases, their splits and slices, and what stands out."""

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from math import ceil
from pathlib import Path

from ..benchmark import KINDS
from ..evaluation.scores import cohens_kappa
from ..passages import Document
from ..settings import Kind
from . import cases, corpus
from .cases import Item, Proposal
from .duplicates import groups, near
from .reading import Problems, Row

NAMES = {  # what a column is for -> how else it may be called
    "text": ["input", "sentence", "message"],
    "label": ["class", "category", "expected", "answer"],
    "label_2": ["label2", "second_label"],
}
NEEDED: dict[Kind, list[str]] = {"search": ["question", "document", "quote"], "classify": ["text", "label"]}
USED: dict[Kind, list[str]] = {
    "search": [*NEEDED["search"], "id", "split", "section"],
    "classify": [*NEEDED["classify"], "id", "split", "label_2"],
}
SHARES: dict[Kind, dict[str, float]] = {
    "search": {"test": 0.6, "dev": 0.4},
    "classify": {"train": 0.5, "test": 0.3, "dev": 0.2},
}
LEAST = {"test": 20, "dev": 10}  # cases that can be right or wrong
LEAST_TRAINING, MOST_LABELS = 2, 100
MOST_VALUES, LEAST_CASES = 20, 10  # of a slice; cases with a value that is worth showing
SHOWN = 100  # lines in a message


def propose(rows: Sequence[Row], folder: Path | None, problems: Problems) -> Proposal:
    """The cases. What is wrong with them is added to the problems; how many there are is judged only if nothing is."""
    there = list(dict.fromkeys(name for row in rows for name in row.cells))
    known = {use: [one for one in (use, *NAMES.get(use, ())) if one in there] for uses in USED.values() for use in uses}
    task = next((task for task, needed in NEEDED.items() if all(known[use] for use in needed)), None)
    if task is None:
        text, label = (", ".join([use, *NAMES[use]]) for use in NEEDED["classify"])
        needed = f"a text (called {text}) and a label ({label}), or question, document and quote"
        problems.append((0, f"the columns must be {needed}; there are {', '.join(map(repr, there[:20])) or 'none'}"))
        return Proposal("classify", {})
    found = Proposal(task, {use: known[use][0] for use in USED[task] if known[use]})
    documents: dict[str, Document] = {}
    if task == "search" and folder:
        found.files, documents = corpus.read(folder, problems)
    elif task == "search":
        problems.append((0, "questions need the folder with the documents that answer them: give DOCUMENTS=folder"))
    cases.once([one for row in rows if (one := cases.read_case(row, found, documents, problems))], found, problems)
    cases.name(found, problems)
    _divide(found)
    _slice(found, [name for name in there if name not in found.columns.values()])
    _compare_annotators(found)
    problems += [] if problems else [(0, what) for what in _too_few(found)]
    return found


def _divide(found: Proposal) -> None:
    """Make splits, if there are none: texts that are nearly the same stay together, and each label gets its shares."""
    items, shares = found.items, SHARES[found.task]
    pairs = near([item.key for item in items])
    if "split" in found.columns:
        both = [(items[one], items[other]) for one, other in pairs]
        across = [f"{a.row.line} and {b.row.line}" for a, b in both if a.case["split"] != b.case["split"]]
        told = f"{len(across):,} pairs of nearly the same texts are in different splits, as in lines"
        found.notes += [f"{told} {', '.join(across[:SHOWN])}"] if across else []
        return
    alike = {place for pair in pairs for place in pair}
    found.notes += [f"{len(alike):,} texts are nearly the same as others, and in the same split"] if pairs else []
    count: Counter[tuple[str, str]] = Counter()
    together = [sorted((items[place] for place in group), key=_digest) for group in groups(len(items), pairs)]
    for group in sorted(together, key=lambda group: _digest(group[0])):
        kind = group[0].kind
        lacking = {split: share * len(group) for split, share in shares.items()}
        lacking |= {one: lacking[one] + shares[one] * count[kind, ""] - count[kind, one] for one in shares}
        chosen = max(lacking, key=lacking.__getitem__)
        for item in group:
            item.case["split"] = chosen
            count.update([(item.kind, chosen), (item.kind, "")])


def _slice(found: Proposal, names: Sequence[str]) -> None:
    """Columns with a few values, some of them in enough cases, become slices. The others are left out."""
    model = KINDS[found.task]
    for name in names:
        values = Counter(value for item in found.items if (value := item.row.cells.get(name, "")))
        often = sum(count >= LEAST_CASES for count in values.values())
        if len(values) > MOST_VALUES or often < 2 or not all(map(cases.fits, values)):
            found.dropped[name] = f"{len(values):,} values, {often:,} of them in at least {LEAST_CASES} cases"
            continue
        field = re.sub(r"\W+", "_", name)[:40].strip("_") or "column"
        while field in model.model_fields or hasattr(model, field) or field in found.slices:
            field += "_"
        found.slices[field] = name
        for item in found.items:
            item.case[field] = item.row.cells.get(name, "")


def _compare_annotators(found: Proposal) -> None:
    twice = [(one, label) for one in found.items if (label := one.row.cells.get(found.columns.get("label_2", ""), ""))]
    if twice:
        kappa = cohens_kappa([one.kind for one, _ in twice], [label for _, label in twice])
        differ = [str(one.row.line) for one, label in twice if one.kind != label]
        told = (
            f"{len(twice):,} cases have a second label: Cohen's kappa is {kappa:.3f}, and {len(differ):,} labels differ"
        )
        lines = f"; the first label counts, in lines {', '.join(differ[:SHOWN])}" if differ else ""
        found.notes.insert(0, told + lines + (" and others" if len(differ) > SHOWN else ""))


def _too_few(found: Proposal) -> list[str]:
    wrong = []
    for split, least in LEAST.items():
        count = sum(item.case["split"] == split and item.case.get("evidence") != [] for item in found.items)
        wanted = f"{least} {split} cases{' that the documents answer' if found.task == 'search' else ''} are needed"
        enough = "" if "split" in found.columns else f", so about {ceil(least / SHARES[found.task][split])} in all"
        wrong += [f"{wanted}{enough}; there are {count}"] if count < least else []
    if found.task == "classify":
        labels = Counter(item.kind for item in found.items)
        needed = f"{LEAST_TRAINING} are needed"
        few = {label: found.counts[label, "train"] for label in sorted(labels)}
        wrong += [
            f"the label {label!r} has {n} training cases; {needed}" for label, n in few.items() if n < LEAST_TRAINING
        ]
        alike = Counter(label.lower() for label in labels)
        wrong += [f"labels differ only in case: {label!r}" for label, count in alike.items() if count > 1]
        if not 2 <= len(labels) <= MOST_LABELS:
            wrong.append(f"there are {len(labels)} labels; there must be 2 to {MOST_LABELS}")
    return wrong


def _digest(item: Item) -> bytes:
    return sha256(item.key.encode()).digest()
