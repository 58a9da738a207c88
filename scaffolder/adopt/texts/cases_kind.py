"""The kind `cases`: cases of a benchmark: texts with labels, or questions that documents answer.

rows and documents -> cases -> splits -> facts, files and a preview

A template may name its places in the contract: `benchmark` of the cases, `folder` of the documents, and `sums`, the
hashes of all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from scaffolder.adopt.kind import About, Adoption, AdoptionError, Kind, Options
from scaffolder.adopt.literals import code, number, plain, toml
from scaffolder.adopt.texts import folder, splits
from scaffolder.adopt.texts.case import (
    LEAST_CASES,
    MOST_VALUES,
    SPLITS,
    Problems,
    Proposal,
    agreement,
    named,
    propose,
    read_rows,
)
from scaffolder.adopt.texts.folder import Listing
from scaffolder.errors import first_lines, shown
from scaffolder.template.answers import Data

ABOUT: Mapping[str, About] = {
    "unit": About("What is one case called? A singular noun, such as ticket"),
    "source": About("Who wrote the texts, where and when, and how did you get them?"),
    "licence": About("Under which licence or permission may you use and publish them?"),
    "judges": About("Who gave the labels or wrote the questions, and which instructions did they follow?"),
    "decision": About("Which decision should the results help with, and who makes it?"),
    "cost": About("What does a wrong answer cost, and whom?"),
}
MOST_BYTES = 50_000_000  # of the cases and documents
_MOST_NOTES, _MOST_KINDS = 100, 100  # in the project
_MOST_SHOWN = 20  # in the preview
_CALLED = {"search": "questions", "classify": "texts"}


def adopt(source: Path, options: Options, contract: Mapping[str, Any]) -> Adoption:
    """Read the cases in `source`, as CSV or JSON lines, and the documents that they quote.

    Raises:
        AdoptionError: they are no benchmark.
    """
    listing = folder.read(options.documents, folder.QUOTED) if options.documents else Listing()
    problems = Problems(source)
    found, form = _proposed(listing, problems)
    agreed = agreement(found)
    found.notes = [*filter(None, [agreed]), *found.notes, *_unquoted(found, listing), *_left_out(listing)]
    benchmark = "".join(case.line() for case in found.cases.values()).encode()
    files, hashes = folder.laid_out(listing, benchmark, contract)
    if sum(len(file.data) for file in files.values()) > MOST_BYTES:
        raise AdoptionError(
            f"{shown(source, 200)} has more than {MOST_BYTES:,} bytes with all documents: use a sample."
        )
    facts = {
        "source_md": code(source.name),
        "form_md": plain(form),
        "sha256": sha256(hashes).hexdigest(),
        "documents": number(len(listing.files)),
        "agreement_md": plain(agreed),
        "about": {name: _sentence(options.about.get(name, "")) for name in ABOUT if name != "unit"},
        "unit": options.about.get("unit") or found.task.needed[0],
        **_facts(found),
    }
    return Adoption(Data("cases", facts, files), (f"{shown(source.name)}: {form}", *_preview(found, listing)))


def example(folder: Path, _contract: Mapping[str, Any]) -> tuple[Path, Options]:
    """A file of texts with labels, written into the folder, with which a template can be tried."""
    source = folder / "cases.csv"
    rows = "".join(f"this is example number {number},{'even' if number % 2 == 0 else 'odd'}\n" for number in range(80))
    source.write_text(f"text,label\n{rows}", encoding="utf-8")
    return source, Options()


def _proposed(listing: Listing, problems: Problems) -> tuple[Proposal, str]:
    """The cases in their splits, and in words how their file was read; raises the refusal that names all problems."""
    found_rows, form = read_rows(problems)
    documents = {listing.ids[name]: text for name, text in listing.texts.items()}
    found = propose(found_rows, documents, problems)
    if found and not problems.found:
        splits.divide(found)
        for lack in splits.too_few(found):
            problems.add(0, lack)
    if found is None or problems.found:
        problems.found += [(0, note) for note in _left_out(listing)]
        raise problems.refusal()
    return found, form


def _unquoted(found: Proposal, listing: Listing) -> list[str]:
    quoted = {evidence.document for case in found.cases.values() for evidence in case.evidence}
    names = sorted({*listing.ids.values()} - quoted)
    return [f"documents that no question quotes ({len(names):,}): {named(names)}"] if names else []


def _left_out(listing: Listing) -> list[str]:
    """The files of the folder that are left out, for each reason."""
    names = defaultdict[str, list[str]](list)
    for name, reason in listing.left_out.items():
        names[reason].append(name)
    return [f"left out, since it {why} ({len(alike):,}): {named(alike)}" for why, alike in names.items()]


def _facts(found: Proposal) -> dict[str, Any]:
    counts = found.counts()
    kinds, used = _kinds(found), _splits(found)
    return {
        "task": found.task.name,
        "cases": number(len(found.cases)),
        "splits": used,
        "kinds": [
            {"name_md": plain(named([kind])), "counts": [number(counts[kind, split]) for split in used]}
            for kind in kinds[:_MOST_KINDS]
        ],
        "more_kinds": _rest(len(kinds), _MOST_KINDS),
        "labels": number(len(kinds)),
        "columns": found.columns,
        "slices_md": [code(name) for name in found.slices],
        "slices_toml": toml([*(["label"] if found.task.name == "classify" else []), *found.slices]),
        "left_out_md": plain(named(found.left_out)),
        "most_values": MOST_VALUES,
        "least_cases": LEAST_CASES,
        "notes_md": [plain(note) for note in found.notes[:_MOST_NOTES]],
        "more_notes": _rest(len(found.notes), _MOST_NOTES),
    }


def _kinds(found: Proposal) -> list[str]:
    return sorted({case.kind for case in found.cases.values()})


def _splits(found: Proposal) -> list[str]:
    """The splits that have cases, in the order of their use."""
    present = {case.split for case in found.cases.values()}
    return [split for split in SPLITS if split in present]


def _preview(found: Proposal, listing: Listing) -> list[str]:
    counts, kinds, used = found.counts(), _kinds(found), _splits(found)
    shown_kinds = []
    for kind in kinds:
        of_kind = ", ".join(f"{counts[kind, split]:,} {split}" for split in used)
        shown_kinds.append(f"{named([kind])}: {of_kind}")
    return [
        _size(found, listing, len(kinds)),
        "The splits are those of the file."
        if "split" in found.columns
        else "The file has no splits: they were made from the hashes of the texts; texts that are nearly the same stay "
        "together.",
        *_indented(shown_kinds),
        f"Columns: {named(found.columns)}",
        f"Groups to compare: {named(found.slices) or 'none'}",
        f"Left out: {named(found.left_out) or 'none'}",
        *(["Look at this:"] if found.notes else []),
        *_indented(found.notes),
    ]


def _size(found: Proposal, listing: Listing, kinds: int) -> str:
    count = len(listing.files)
    beside = f"{count:,} {'document' if count == 1 else 'documents'}" if count else f"{kinds:,} labels"
    return f"{len(found.cases):,} {_CALLED[found.task.name]}, {beside}."


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in first_lines(lines, _MOST_SHOWN)]


def _rest(count: int, most: int) -> str:
    """How many there are beyond the most that are listed; "" if none."""
    return number(count - most) if count > most else ""


def _sentence(text: str) -> str:
    """The owner's words with a full stop, if they have none."""
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."


KIND = Kind(
    "cases of a benchmark: texts with labels, or questions that documents answer",
    ABOUT,
    ("documents",),
    adopt,
    example,
)
