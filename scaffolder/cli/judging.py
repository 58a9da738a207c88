"""Asks a person for judgements on a terminal, or reads them from a file, for `review` and `cohort review`."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Callable, Collection, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path

from scaffolder import git
from scaffolder.check.review_session import Text
from scaffolder.check.reviews import MOST_CHARACTERS
from scaffolder.cli.interview import Terminal
from scaffolder.errors import ScaffolderError, one_line, shown
from scaffolder.pages.words import judged

SCALE = "0 missing, 1 weak, 2 good, 3 excellent"
NO_TERMINAL = (
    "There is no terminal to ask on: say --list to see what there is to review, or --from FILE to give reviews."
)


class UnusableError(ScaffolderError):
    """A source of reviews that cannot be used: no terminal, or an unreadable file."""


class StoppedError(ScaffolderError):
    """Ctrl-C in the middle of a review."""

    code = 130


class Conversation(Terminal):
    """Shows texts beside their rubrics, and asks what a person thinks of them."""

    def reviewer(self, given: str, checked: Callable[[str], str]) -> str:
        """The reviewer: `given`, or else typed, as `checked` returns it; if `checked` raises an error, typed again."""
        default = given or from_git()
        while True:
            typed = given or self.read(f"Your name and address [{one_line(default)}]: ").strip() or default
            given = ""
            try:
                return checked(typed)
            except ScaffolderError as error:
                self.say(one_line(str(error)))

    def show(self, text: Text, where: str, template: Collection[str] = ()) -> None:
        """Show a text, its rubric and its reviews; lines whose stripped text is in `template` are marked."""
        self.say(f"\n{self.bold(one_line(text.title))}")
        self.say(f"{one_line(where)}, {one_line(text.place)}\n")
        width = max(shutil.get_terminal_size().columns - 4, 40) if self.out.isatty() else 0
        for line in lines_of(text, template, width):
            self.say(line)
        if any(line.strip() in template for line in text.lines):
            self.say("\nLines that begin with · are as they were handed out.")

    def judge(self, store: str, keep: Callable[[int, str], None]) -> None:
        """Ask for a score and a comment until `keep` takes them into the `store`.

        Raises `EOFError` if the person stops.
        """
        self.say(f"\nScore: {SCALE}.")
        while True:
            typed = self.read("Score 0-3 (Enter skips, q stops): ").strip().lower()
            if typed in ("q", "quit"):
                raise EOFError
            if not typed:
                return
            if typed not in ("0", "1", "2", "3"):
                self.say("Type 0, 1, 2 or 3.")
                continue
            comment = self.read("Comment (Enter for none): ").strip()
            try:
                keep(int(typed), comment)
            except ScaffolderError as error:
                if error.code == 3:
                    raise
                self.say(one_line(str(error)))
                continue
            self.say(f"Kept in {store}.")
            return

    @contextmanager
    def sitting(self, store: str, kept: Sized) -> Iterator[None]:
        """The block ends without an error if the person stops; then it says how many reviews are `kept` in `store`.

        Raises `StoppedError` after Ctrl-C.
        """
        try:
            yield
        except EOFError:
            self.say("")
        except KeyboardInterrupt:
            raise StoppedError(f"Stopped. {_total(store, kept)}") from None
        self.say(_total(store, kept))


def _total(store: str, kept: Sized) -> str:
    return f"Reviews kept in {store}: {len(kept)}." if kept else "No review was given."


def lines_of(text: Text, template: Collection[str] = (), width: int = 0) -> Iterator[str]:
    """A text, its rubric and its reviews as lines, safe for a terminal, and wrapped to `width` unless that is 0."""
    for line in text.lines:
        mark = "·" if line.strip() and line.strip() in template else "|"
        yield from (f"  {mark} {part}".rstrip() for part in _wrapped(one_line(line), width))
    if text.left_out:
        yield f"  ({text.left_out} more lines in {one_line(text.path)})"
    yield from ("", "A good text answers:")
    yield from (f"  {number}. {one_line(question)}" for number, question in enumerate(text.rubric, 1))
    if text.reviews:
        yield from ("", "Reviews so far:")
        yield from (f"  {one_line(judged(each))}" for each in text.reviews)


def _wrapped(line: str, width: int) -> list[str]:
    return (textwrap.wrap(line, width, break_on_hyphens=False) if width else [line]) or [""]


def from_git() -> str:
    """'Name <address>' of the reviewer's own Git settings, not of the repository's."""
    known = git.settings(Path.home())
    name, address = known.get("user.name", ""), known.get("user.email", "")
    return f"{name} <{address}>" if name and address else name or address


def read_file(source: Path) -> str:
    """The text of a file of reviews, or of standard input for '-', up to the largest size that can be used."""
    name = "Standard input" if str(source) == "-" else shown(source, 200)
    if str(source) != "-" and source.exists() and not source.is_file():
        raise UnusableError(f"{name} is not a file; --from - reads standard input.")
    try:
        if str(source) == "-":
            data = sys.stdin.buffer.read(4 * MOST_CHARACTERS + 1)
        else:
            with source.open("rb") as file:
                data = file.read(4 * MOST_CHARACTERS + 1)
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UnusableError(f"{name} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UnusableError(f"{name} is not UTF-8 text.") from None
