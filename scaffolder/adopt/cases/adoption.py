"""The owner's benchmark: texts with labels, or questions that quote documents.

rows and documents -> cases -> splits -> facts, files and a preview

A template may name its places in the contract: `benchmark` of the cases, `folder` of the documents, and `sums`, the
hashes of all.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, relpath
from typing import Any

from scaffolder.adopt.cases import agreement, documents, rows, splits
from scaffolder.adopt.cases.case import LEAST_CASES, MOST_VALUES, SPLITS, Proposal, propose
from scaffolder.adopt.cases.rows import MOST_BYTES, Problems, listed
from scaffolder.adopt.kinds import About, Adoption, AdoptionError, Options
from scaffolder.adopt.wording import code, number, plain, toml
from scaffolder.errors import shown
from scaffolder.template.answers import Data
from scaffolder.tree import File

PLACES = {"benchmark": "data/benchmark.jsonl", "folder": "data/corpus", "sums": "data/SHA256SUMS"}
NEEDED: tuple[str, ...] = ()
TAKES = ("documents",)
ABOUT: Mapping[str, About] = {
    "unit": About("What is one case called? A singular noun, such as ticket"),
    "source": About("Who wrote the texts, where and when, and how did you get them?"),
    "licence": About("Under which licence or permission may you use and publish them?"),
    "judges": About("Who gave the labels or wrote the questions, and which instructions did they follow?"),
    "decision": About("Which decision should the results help with, and who makes it?"),
    "cost": About("What does a wrong answer cost, and whom?"),
}
_MOST_NOTES, _MOST_KINDS = 100, 100  # in the project
_MOST_SHOWN = 20  # in the preview
_CALLED = {"search": "questions", "classify": "texts"}


def adopt(source: Path, options: Options, contract: Mapping[str, Any]) -> Adoption:
    """Read the cases in `source`, as CSV or JSON lines, and the documents that they quote.

    Raises:
        AdoptionError: they are no benchmark.
    """
    _refuse_columns(options)
    folder = documents.read(options.documents) if options.documents else documents.NONE
    problems = Problems(source)
    found, form = _proposed(folder, problems)
    agreed = agreement.note(found, problems.place)
    found.notes = [*filter(None, [agreed]), *found.notes, *_unquoted(found, folder), *folder.notes]
    places = {name: str(contract.get(name, usual)) for name, usual in PLACES.items()}
    files = _files(found, folder, places)
    if sum(len(file.data) for file in files.values()) > MOST_BYTES:
        raise AdoptionError(
            f"{shown(source, 200)} has more than {MOST_BYTES:,} bytes with all documents: use a sample."
        )
    facts = {
        "source_md": code(source.name),
        "form_md": plain(form),
        "sha256": sha256(files[places["sums"]].data).hexdigest(),
        "documents": number(len(folder.files)),
        "agreement_md": plain(agreed),
        "about": {name: _sentence(options.about.get(name, "")) for name in ABOUT if name != "unit"},
        "unit": options.about.get("unit") or found.task.needed[0],
        **_facts(found),
    }
    return Adoption(Data("cases", facts, files), (f"{shown(source.name)}: {form}", *_preview(found, folder)))


def example(folder: Path, _contract: Mapping[str, Any]) -> tuple[Path, Options]:
    """A file of texts with labels, written into the folder, with which a template can be tried."""
    source = folder / "cases.csv"
    rows = "".join(f"this is example number {number},{'even' if number % 2 == 0 else 'odd'}\n" for number in range(80))
    source.write_text(f"text,label\n{rows}", encoding="utf-8")
    return source, Options()


def _refuse_columns(options: Options) -> None:
    for name in ("target", "positive", "time", "group", "dates", "questions"):
        if getattr(options, name) is not None:
            raise AdoptionError(
                f"--{name} does not fit cases: --data names their file, and its columns say what they hold."
            )


def _proposed(folder: documents.Folder, problems: Problems) -> tuple[Proposal, str]:
    """The cases in their splits, and in words how their file was read; raises the refusal that names all problems."""
    found_rows, form = rows.read(problems)
    found = propose(found_rows, folder.documents, problems)
    if found and not problems.found:
        splits.divide(found, problems.place)
        for lack in splits.too_few(found):
            problems.add(0, lack)
    if found is None or problems.found:
        raise problems.refusal()
    return found, form


def _unquoted(found: Proposal, folder: documents.Folder) -> list[str]:
    quoted = {one.document for case in found.cases.values() for one in case.evidence}
    names = sorted(folder.documents.keys() - quoted)
    return [f"documents that no question quotes ({len(names):,}): {listed(names)}"] if names else []


def _files(found: Proposal, folder: documents.Folder, places: Mapping[str, str]) -> dict[str, File]:
    """The cases, the documents, and the list of their hashes, as sha256sum writes it in its folder."""
    cases = "".join(case.line() for case in found.cases.values())
    files = {f"{places['folder']}/{path}": content for path, content in folder.files.items()}
    files[places["benchmark"]] = cases.encode()
    named = {relpath(path, dirname(places["sums"])): content for path, content in files.items()}
    sums = "".join(f"{sha256(named[name]).hexdigest()}  {name}\n" for name in sorted(named))
    files[places["sums"]] = sums.encode()
    return {path: File(content) for path, content in sorted(files.items())}


def _facts(found: Proposal) -> dict[str, Any]:
    counts = found.counts()
    kinds, used = _kinds(found), _splits(found)
    return {
        "task": found.task.name,
        "cases": number(len(found.cases)),
        "splits": used,
        "kinds": [
            {"name_md": plain(listed([kind])), "counts": [number(counts[kind, split]) for split in used]}
            for kind in kinds[:_MOST_KINDS]
        ],
        "more_kinds": _rest(len(kinds), _MOST_KINDS),
        "labels": number(len(kinds)),
        "columns": found.columns,
        "slices_md": [code(name) for name in found.slices],
        "slices_toml": toml([*(["label"] if found.task.name == "classify" else []), *found.slices]),
        "left_out_md": plain(listed(found.left_out)),
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


def _preview(found: Proposal, folder: documents.Folder) -> list[str]:
    counts, kinds, used = found.counts(), _kinds(found), _splits(found)
    shown_kinds = [
        f"  {listed([kind])}: {', '.join(f'{counts[kind, split]:,} {split}' for split in used)}"
        for kind in kinds[:_MOST_SHOWN]
    ]
    notes = [f"  {note}" for note in found.notes[:_MOST_SHOWN]]
    return [
        _size(found, folder, len(kinds)),
        "The splits are those of the file."
        if "split" in found.columns
        else "The file has no splits: they were made from the hashes of the texts; texts that are nearly the same stay "
        "together.",
        *shown_kinds,
        *_more(len(kinds)),
        f"Columns: {listed(found.columns)}",
        f"Groups to compare: {listed(found.slices) or 'none'}",
        f"Left out: {listed(found.left_out) or 'none'}",
        *(["Look at this:"] if notes else []),
        *notes,
        *_more(len(found.notes)),
    ]


def _size(found: Proposal, folder: documents.Folder, kinds: int) -> str:
    count = len(folder.files)
    beside = f"{count:,} {'document' if count == 1 else 'documents'}" if count else f"{kinds:,} labels"
    return f"{len(found.cases):,} {_CALLED[found.task.name]}, {beside}."


def _more(count: int) -> list[str]:
    return [f"  and {count - _MOST_SHOWN:,} more"] if count > _MOST_SHOWN else []


def _rest(count: int, most: int) -> str:
    """How many there are beyond the most that are listed; "" if none."""
    return number(count - most) if count > most else ""


def _sentence(text: str) -> str:
    """The owner's words with a full stop, if they have none."""
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."
