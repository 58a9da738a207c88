"""Asks a person for judgements on a terminal, or reads them from a file, for `review` and `cohort review`."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Collection, Iterator, Sized
from contextlib import contextmanager
from pathlib import Path

from scaffolder import git
from scaffolder.check.review_session import Text
from scaffolder.cli.interview import Terminal
from scaffolder.errors import AnswerError, DeclinedError, ScaffolderError, one_line
from scaffolder.pages.words import judged

SCALE = "0 missing, 1 weak, 2 good, 3 excellent"
NO_TERMINAL = "say --list to see what there is to review, or --from FILE to give reviews"


class StoppedError(ScaffolderError):
    """Ctrl-C in the middle of a review."""

    code = 130


class Conversation(Terminal):
    """Shows texts beside their rubrics, and asks what a person thinks of them."""

    def reviewer(self, given: str, checked: Callable[[str], str]) -> str:
        """The reviewer: `given`, or else typed, as `checked` returns it; if `checked` raises an error, typed again."""
        known = from_git()
        ask = f"Your name and address [{one_line(known)}]: "
        return checked(given) if given else self.until(ask, lambda typed: checked(typed or known))

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

        Raises `DeclinedError` if the person stops.
        """
        self.say(f"\nScore: {SCALE}.")

        def checked(typed: str) -> None:
            refuse_stop(typed)
            if typed not in ("", "0", "1", "2", "3"):
                raise AnswerError("Type 0, 1, 2 or 3.")
            if typed:
                keep(int(typed), self.read("Comment (Enter for none): "))
                self.say(f"Kept in {store}.")

        self.until("Score 0-3 (Enter skips, q stops): ", checked)

    @contextmanager
    def sitting(self, total: Callable[[], str]) -> Iterator[None]:
        """The block ends without an error if the person stops; then `total` says what was done.

        Raises `StoppedError` after Ctrl-C.
        """
        try:
            yield
        except DeclinedError:
            self.say("")
        except KeyboardInterrupt:
            raise StoppedError(f"Stopped. {total()}") from None
        self.say(total())


def refuse_stop(typed: str) -> None:
    """Raise `DeclinedError` if the person wants to stop."""
    if typed.lower() in ("q", "quit"):
        raise DeclinedError("Stopped.")


def total(store: str, kept: Sized) -> str:
    """The sentence on how many reviews are `kept` in the `store`."""
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
