"""Use your own documents: `make adopt DOCS=folder TITLE="..."` shows what it will do, asks, writes all or nothing."""

import json
import re
import tomllib
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from itertools import islice
from pathlib import Path
from string import Template
from textwrap import shorten

from ..authoring.book import Book
from ..documents.blocks import plain
from ..documents.outline import outline
from ..evaluation.benchmark import SUMS, Question
from ..ingestion.folder import list_files, read_files
from ..ingestion.readers import digest, shown
from ..passages import Document
from ..reporting.markdown import cell, table
from ..settings import FILE, Settings, checked, load_settings
from .documents import rewritten
from .replacing import DATA, AdoptionError, agreed, leftovers, refuse_uncommitted, replace

CORPUS, BENCHMARK, SEAL = DATA / "corpus", DATA / "benchmark.jsonl", DATA / SUMS
LICENCE = Path("data/LICENSE-PSF.txt")  # of the former documents
FORMER = ("data/corpus/**/*", str(LICENCE), "data/shipped.md", "docs/screenshot.png", "reports/*")
MADE = (  # by `make demo`, as before
    *("reports/*.json", "reports/*.csv", "reports/figures/*", "artifacts/index.db*", "artifacts/.ingested"),
)
LONGEST_TITLE, LONGEST_QUESTION, MOST_SHOWN = 80, 60, 10
MEANINGS = {"kind": "form of the file, or what the document calls itself", "source": "address or file of the document"}


def adopt(folder: Path, title: str, *, yes: bool) -> int:
    """Replace the project's documents by those in `folder`. Returns 0, or 1 if the owner says no.

    Raises:
        AdoptionError: the folder or the title cannot be used, nobody can be asked, or work that Git does not have
            would be lost.
        AssistantError: the folder is empty, or the settings or the benchmark cannot be read.
        BlockError: the marks of a document are wrong.
    """
    settings, title = load_settings(), title.strip()
    _refuse(folder.resolve(), title)
    contents, documents, refused = _read(folder, settings)
    book = Book(settings, documents)
    gone = _without_misfits(book)
    facts = _facts(contents, documents) | {
        "title": title,
        "example": _example(book, documents),
        "refused": refused,
        "kept": f"{len(book.questions):,}",
        "unanswerable": f"{sum(not one.answerable for one in book.questions):,}",
        "dropped": f"{len(gone):,}",
        "gone": _few([f"{one.id}: {one.question[:LONGEST_QUESTION]}" for one in gone], "\n    "),
    }
    files = _files(contents, book.questions, title, facts)
    # The licence stays as long as a document stays that it covers.
    stays = any(one.is_file() and one.read_bytes() in contents.values() for one in CORPUS.rglob("*"))
    found = leftovers([], [*FORMER, *MADE], folder, [*files, *([LICENCE] if stays else [])])
    owners = {folder.resolve()} - {CORPUS.resolve()}
    removed = [one for one in found if not one.name.startswith(".") and owners.isdisjoint(one.resolve().parents)]
    refuse_uncommitted(files, removed, MADE)
    facts |= {"written": _few([one for one in files if CORPUS not in one.parents]), "removed": _few(removed)}
    if not agreed(_text("preview.txt", facts), yes):
        return 1
    _write(files, removed)
    print(_text("done.txt", facts), end="")
    return 0


def _refuse(folder: Path, title: str) -> None:
    corpus = CORPUS.resolve()
    if folder in corpus.parents or corpus in folder.parents:
        raise AdoptionError(f"{folder} must be neither in {CORPUS} nor around it; copy it elsewhere")
    if not title.isprintable() or not 0 < len(title) <= LONGEST_TITLE:
        raise AdoptionError(f"the title must be one line of 1 to {LONGEST_TITLE} characters; give another TITLE")


def _read(folder: Path, settings: Settings) -> tuple[dict[str, bytes], list[Document], str]:
    # What the files contain, the documents in them, and why some are refused.
    listing = list_files(folder)
    read = list(read_files(listing, settings, {}))
    refused = _few(listing.refused.values(), "\n  ")
    if not read:
        raise AdoptionError(f"{folder} has no document that can be read:\n  {refused}")
    return {name: content for name, content, _ in read}, [one.document for _, _, one in read], refused


def _without_misfits(book: Book) -> list[Question]:
    # The questions that go. Unanswerable ones alone measure nothing, so they go with the last of the others.
    gone = [*book.fit()]
    if not any(one.answerable for one in book.questions):
        gone, book.questions = [*gone, *book.questions], []
    return gone


def _facts(contents: Mapping[str, bytes], documents: Sequence[Document]) -> dict[str, str]:
    # for the preview and DATASET.md
    kinds = Counter(Path(name).suffix.lower() for name in contents)
    rows = []
    for name in sorted({name for one in documents for name in one.metadata}):
        values = [one.metadata[name] for one in documents if name in one.metadata]
        rows.append(
            [
                cell(shown(name)),
                MEANINGS.get(name, "TODO(field): what does it say?"),
                "one for each document" if name == "source" else cell(_few(sorted(set(values)))),
                f"{len(values):,}",
            ]
        )
    return {
        "source": f"Documents: {len(documents):,} ({', '.join(f'{kinds[one]:,} {one}' for one in kinds)}).",
        "bytes": f"{sum(map(len, contents.values())):,}",
        "fields": table(["Field", "Meaning", "Values", "Documents"], rows, left=3),
    }


def _example(book: Book, documents: Sequence[Document]) -> str:
    # A question that stays, the former example if it can be. Without any, the first sentence of the longest document as
    # a question: in any language that is near to a passage, so it is hardly refused.
    stay = [one.question for one in book.questions if one.answerable and len(one.question) <= LONGEST_TITLE]
    if stay:
        return former if (former := book.settings.corpus.example) in stay else stay[0]
    document = max(documents, key=lambda one: len(one.text))
    texts = (plain(document.text[one.start : one.end]) for one in outline(document.text).sentences)
    first = next((text for text in texts if text.count(" ") > 1), document.title)
    return f"{shown(shorten(first, LONGEST_TITLE, placeholder='')).rstrip('.!?:;, ') or document.id}?"


def _files(
    contents: Mapping[str, bytes], questions: Sequence[Question], title: str, facts: Mapping[str, str]
) -> dict[Path, bytes]:
    files = {CORPUS / name: content for name, content in contents.items()}
    files[BENCHMARK] = "".join(json.dumps(one.model_dump(), ensure_ascii=False) + "\n" for one in questions).encode()
    sums = sorted((path.relative_to(DATA).as_posix(), digest(content)) for path, content in files.items())
    files[FILE] = _settings(title, facts["example"])
    files[SEAL] = "".join(f"{sha256}  {name}\n" for name, sha256 in sums).encode()
    # The hashes stand for the data: if they stay, the owner's answers in the documents stay. So they are replaced last.
    return files | rewritten(_text("dataset.md", facts), SEAL, files[SEAL], source=facts["source"])


def _settings(title: str, example: str) -> bytes:
    # With these values and without gates; every other line as it is.
    new = re.sub(r"(?ms)(?:^#[^\n]*\n)*^\[gates\].*?(?=^[#\[]|\Z)", "", FILE.read_bytes().decode())
    for key, value in {"title": title, "example": example}.items():
        written = json.dumps(value, ensure_ascii=False).replace("\\", r"\\")
        new = re.sub(rf"""(?m)^({key}\s*=\s*)(?!\"""|''')("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""", rf"\g<1>{written}", new)
    found = checked(tomllib.loads(new), FILE)
    if (found.corpus.title, found.corpus.example, found.gates) != (title, example, {}) or (
        (found.corpus.folder, found.evaluation.benchmark) != (CORPUS.as_posix(), BENCHMARK.as_posix())
    ):
        raise AdoptionError(f"{FILE} must give title and example in a line each, and name {CORPUS} and {BENCHMARK}")
    return new.encode()


def _write(files: Mapping[Path, bytes], removed: Collection[Path]) -> None:
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
    replace(files, removed, SEAL)
    for path in sorted(filter(Path.is_dir, CORPUS.rglob("*")), reverse=True):
        if not any(path.iterdir()):
            path.rmdir()


def _few(names: Collection[object], between: str = ", ") -> str:
    more = [f"and {len(names) - MOST_SHOWN:,} more"] if len(names) > MOST_SHOWN else []
    return between.join([*(shown(str(one)) for one in islice(names, MOST_SHOWN)), *more]) or "none"


def _text(name: str, facts: Mapping[str, str]) -> str:
    return Template((Path(__file__).with_name("texts") / name).read_text(encoding="utf-8")).substitute(facts)
