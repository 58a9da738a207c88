"""`scaffolder review`: a person judges what people wrote; on the terminal, or from a file.

Exit codes: 0 done, also if nothing was judged; 2 wrong usage, or reviews that cannot be used; 3 the file of reviews
cannot be written; 130 Ctrl-C. Every review is on disk before the next question is asked.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Optional, TextIO

import typer

from scaffolder.errors import ScaffolderError, one_line, shown

if TYPE_CHECKING:
    from scaffolder.check.engine.finding import Reviewed
    from scaffolder.check.review_session import ReviewSession, Text
    from scaffolder.check.reviews import Review

_SCALE = "0 missing, 1 weak, 2 good, 3 excellent"
_KEPT = "review is kept and marked `{}`, and does not count for --reviewed."


class UnusableError(ScaffolderError):
    """A way to ask for a review that cannot work here."""


class StoppedError(ScaffolderError):
    """Ctrl-C in the middle of a review."""

    code = 130


def _items(incomplete: str) -> list[str]:
    from scaffolder.check.items import ITEMS

    return [item.id for item in ITEMS if item.written and item.id.startswith(incomplete)]


Folder = Annotated[
    Path, typer.Argument(metavar="[PATH]", help="Folder of the repository [default: this one].", show_default=False)
]
Items = Annotated[
    Optional[list[str]],  # noqa: UP045 - typer reads it at run time
    typer.Option("--item", metavar="ITEM", help="Review this item; repeat for more.", autocompletion=_items),
]
ReviewerOption = Annotated[
    str,
    typer.Option("--reviewer", metavar="'NAME <ADDRESS>'", help="Who reviews [default: as Git knows you]."),
]
Source = Annotated[
    Optional[Path],  # noqa: UP045
    typer.Option("--from", metavar="FILE", help="Take the reviews from a TOML file, - for standard input."),
]
JustList = Annotated[bool, typer.Option("--list", help="Show what there is to review, and ask nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result, or the error, as JSON.")]


def review(
    path: Folder = Path(),
    items: Items = None,
    reviewer: ReviewerOption = "",
    source: Source = None,
    just_list: JustList = False,
    as_json: AsJson = False,
) -> None:
    """Judge what people wrote in a portfolio project.

    Reviews are kept in docs/reviews.toml of the repository. A review counts until the text changes, and only if its
    reviewer is no author of the repository.
    """
    from scaffolder.check.review_session import ReviewSession
    from scaffolder.cli.interview import is_interactive

    if source and (items or just_list):
        raise typer.BadParameter("--from says itself which items are reviewed: leave out --item and --list.")
    if not (source or just_list or is_interactive()):
        raise UnusableError(
            "There is no terminal to ask on: say --list to see what there is to review, or --from FILE to give reviews."
        )
    session = ReviewSession(path)
    if just_list:
        texts = session.waiting(reviewer, items or ())
        _print(_listed_json(session, texts) if as_json else _listed(texts))
    elif source:
        given = session.given(_read(source), reviewer)
        _print(_recorded_json(session, given) if as_json else _recorded(session, given))
    else:
        walk = Walk(session, sys.stderr if as_json else sys.stdout)
        walk.through(reviewer, items or ())
        if as_json:
            _print(_json(session, recorded=walk.recorded))


class Walk:
    """One conversation: shows each text beside its rubric, and keeps each judgement at once."""

    def __init__(self, session: ReviewSession, out: TextIO) -> None:
        self.session, self.out = session, out
        self.recorded: list[dict[str, Any]] = []

    def through(self, reviewer: str, items: Sequence[str]) -> None:
        """Ask for each text that waits for this person, until they stop."""
        if not self.session.waiting(items=items):
            self._say("There is nothing to review: nothing is written yet. See scaffolder check.")
            return
        try:
            who = self._reviewer(reviewer)
            texts = self.session.waiting(who, items)
            for number, text in enumerate(texts, 1):
                self._show(text, f"{number} of {len(texts)}")
                self._judge(text, who)
        except EOFError:
            self._say("")
        except KeyboardInterrupt:
            raise StoppedError(f"Stopped. {self._total()}") from None
        self._say(self._total())

    def _reviewer(self, given: str) -> str:
        """Whose reviews these are; says at once if they will not count."""
        default = given or _from_git()
        while True:
            typed = given or self._read(f"Your name and address [{one_line(default)}]: ").strip() or default
            given = ""
            try:
                who = self.session.review(next(iter(self.session.texts)), typed, 0, "").reviewer
            except ScaffolderError as error:
                self._say(one_line(str(error)))
                continue
            if concern := _concern(self.session, who):
                self._say(concern)
            return who

    def _show(self, text: Text, count: str) -> None:
        self._say(f"\n{self._bold(one_line(text.title))}")
        self._say(f"{count}, {one_line(text.item)}, {one_line(text.place)}\n")
        for line in _shown(text):
            self._say(line)

    def _judge(self, text: Text, who: str) -> None:
        """Ask for a score and a comment, and keep them; raises `EOFError` if the person stops."""
        self._say(f"\nScore: {_SCALE}.")
        while True:
            typed = self._read("Score 0-3 (Enter skips, q stops): ").strip().lower()
            if typed in ("q", "quit"):
                raise EOFError
            if not typed:
                return
            if typed not in ("0", "1", "2", "3"):
                self._say("Type 0, 1, 2 or 3.")
                continue
            comment = self._read("Comment (Enter for none): ").strip()
            try:
                judged = self.session.review(text.item, who, int(typed), comment)
            except ScaffolderError as error:
                self._say(one_line(str(error)))
                continue
            self.recorded += _record(self.session, [judged])
            self._say("Kept in docs/reviews.toml.")
            return

    def _total(self) -> str:
        number = len(self.recorded)
        return f"Reviews kept in docs/reviews.toml: {number}." if number else "No review was given."

    def _read(self, prompt: str) -> str:
        print(prompt, end="", file=self.out, flush=True)
        return input()

    def _say(self, text: str) -> None:
        print(text, file=self.out, flush=True)

    def _bold(self, text: str) -> str:
        return f"\033[1m{text}\033[0m" if self.out.isatty() and not os.environ.get("NO_COLOR") else text


def _shown(text: Text) -> Iterator[str]:
    """A text, its rubric and the reviews it has, safe for a terminal."""
    yield from (f"  | {one_line(line)}".rstrip() for line in text.lines)
    if text.left_out:
        yield f"  ({text.left_out} more lines in {one_line(text.path)})"
    yield "\nA good text answers:"
    yield from (f"  {number}. {one_line(question)}" for number, question in enumerate(text.rubric, 1))
    if text.reviews:
        from scaffolder.pages.words import judged

        yield "\nReviews so far:"
        yield from (f"  {one_line(judged(each))}" for each in text.reviews)


def _listed(texts: Sequence[Text]) -> str:
    lines = [] if texts else ["There is nothing to review."]
    for text in texts:
        lines += [f"{text.item}  {one_line(text.place)}", f"  {one_line(text.title)}", *_shown(text), ""]
    return "\n".join(lines).rstrip()


def _listed_json(session: ReviewSession, texts: Sequence[Text]) -> str:
    return _json(session, waiting=[_as_json(text) for text in texts])


def _recorded(session: ReviewSession, given: Sequence[Review]) -> str:
    recorded = _record(session, given)
    for who in dict.fromkeys(each.reviewer for each in given):
        if concern := _concern(session, who, f"{who} is", "the"):
            print(f"Note: {one_line(concern)}", file=sys.stderr)
    return "\n".join(one_line(f"{each['item']}: {each['score']} of 3 by {each['reviewer']}") for each in recorded)


def _recorded_json(session: ReviewSession, given: Sequence[Review]) -> str:
    return _json(session, recorded=_record(session, given))


def _record(session: ReviewSession, given: Sequence[Review]) -> list[dict[str, Any]]:
    """Keep reviews; what `--json` says of each."""
    kept: Sequence[Reviewed] = session.keep(*given)
    return [
        {"item": each.item, **asdict(judged), "of": _as_json(session.texts[each.item])}
        for each, judged in zip(given, kept, strict=True)
    ]


def _as_json(text: Text) -> dict[str, Any]:
    fields = asdict(text)
    words = "\n".join(fields.pop("lines"))
    return {**fields, "place": text.place, "text": words}


def _json(session: ReviewSession, **content: Any) -> str:
    from scaffolder.check.reviews import PATH

    whole = {"schema": 1, "repository": str(session.folder), "file": PATH, **content}
    return json.dumps(whole, indent=2)  # ASCII: what a repository says drives no terminal


def _concern(session: ReviewSession, who: str, subject: str = "You are", whose: str = "your") -> str:
    """Why this person's reviews do not count, if they do not."""
    from scaffolder.check.engine.finding import Standing

    standing = session.standing(who)
    kept = f"{whose} {_KEPT.format(standing)}"
    if standing is Standing.SELF:
        return f"{subject} an author of this repository: {kept}"
    if standing is Standing.UNKNOWN:
        return f"There is no Git history that says who the authors are: {kept}"
    return ""


def _from_git() -> str:
    """'Name <address>' as the reviewer's own Git settings say, not those of the repository."""
    from scaffolder import git

    known = git.settings(Path.home())
    name, address = known.get("user.name", ""), known.get("user.email", "")
    return f"{name} <{address}>" if name and address else name or address


def _read(source: Path) -> str:
    from scaffolder.check.reviews import MOST_CHARACTERS

    try:
        if str(source) == "-":
            data = sys.stdin.buffer.read(4 * MOST_CHARACTERS + 1)
        else:
            with source.open("rb") as file:
                data = file.read(4 * MOST_CHARACTERS + 1)
        return data.decode("utf-8-sig")
    except OSError as error:
        raise UnusableError(f"{shown(str(source), 200)} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UnusableError(f"{shown(str(source), 200)} is not UTF-8 text.") from None


def _print(text: str) -> None:
    print(text)
