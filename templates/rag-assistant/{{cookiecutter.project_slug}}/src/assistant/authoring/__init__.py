"""Write the benchmark: check its questions against the documents, add questions, write the hashes."""

import sys
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

from .. import wiring
from ..answering.assistant import place
from ..documents.chunking import chunk
from ..errors import AssistantError
from ..evaluation.benchmark import write
from ..ingestion.ingest import is_upload, require_current
from ..settings import Settings
from .book import Book, add_rows
from .matching import Place, similar

HELP = (
    "You see passages of your documents. Ask what a passage answers, in the words of somebody who does not have it in "
    "view.\nEach is saved at once. Instead of a question, type - to see the next passage, x to take back the last "
    "question, or q to end; a u before a question says that the documents do not answer it."
)


def author(settings: Settings, *, table: Path | None, drop: bool) -> int:
    """Check the questions and write the hashes; add those of a table or, at a terminal, those that are typed.

    Returns 0, or 1 if questions do not fit the documents; then nothing is written.

    Raises:
        AssistantError: there is no current index, or the benchmark or the table cannot be used.
        OSError: the table cannot be read.
    """
    index = wiring.open_index(settings)
    with closing(index.store) as store:
        require_current(index, settings)
        found = (store.document(one.id) for one in store.documents() if not is_upload(one.id))
        book = Book(settings, filter(None, found))
    misfits = book.fit()
    for one, reason in misfits.items():
        alike = similar(" ".join(part.quote for part in one.evidence), book.everywhere)
        print(f"{one.id}{' is dropped' if drop else ''}: {reason}; {alike}", file=sys.stderr)
    if misfits and not drop:
        print("Correct these quotes, or drop these questions: make benchmark DROP=1", file=sys.stderr)
        return 1
    if table:
        print(add_rows(book, table))
    write(settings, book.questions)
    print(book)
    if not table and sys.stdin.isatty():
        with suppress(EOFError):
            ask(book)
    return 0


def ask(book: Book) -> None:
    """Take questions at the terminal, first about the documents that have the fewest, until no passage is left.

    Raises:
        EOFError: the writer ends it.
    """
    uses = Counter(part.document for one in book.questions for part in one.evidence)
    print(HELP)
    for document, _ in sorted(book.everywhere, key=lambda one: uses[one[0].id]):
        for passage in chunk(document, book.settings.chunking):
            print(f"\n{place(passage.title, passage.section)}\n\n{passage.text.strip()}\n")
            _ask_about(book, [(document, passage.span)])


def _ask_about(book: Book, where: list[Place]) -> None:
    # until the writer wants to see the next passage
    question = ""
    while (
        typed := input("Answer, in words of the passage (Enter gives it up): " if question else "Question: ").strip()
    ) != "-":
        if typed == "q":
            raise EOFError
        try:
            if not question and typed == "x":
                told = book.take_back()
            elif question and typed:
                told = f"Saved as {book.add(question, typed, where)}"
            elif not question and f"{typed} ".startswith("u "):
                told = f"Saved as {book.add(typed[2:], '', [])}"
            else:
                question = "" if question else book.accepted(typed)
                continue
            write(book.settings, book.questions)
            print(told, book, sep="\n")
            question = ""
        except AssistantError as error:
            print(error)
