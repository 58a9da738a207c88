"""`scaffolder review`: a person judges what people wrote, on the terminal or in a file.

Exit codes: 0 done, also if nothing was judged; 2 wrong usage, or reviews that cannot be used; 3 the file of reviews
cannot be written; 130 Ctrl-C. Every review is on disk before the next question is asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from scaffolder.check.authors import has_address
from scaffolder.check.items import ITEMS
from scaffolder.check.review_session import ReviewSession, Text
from scaffolder.check.reviews import MOST_CHARACTERS, PATH, Review
from scaffolder.cli import interview
from scaffolder.cli.judging import NO_TERMINAL, Conversation, lines_of, total
from scaffolder.cli.printing import Result, conversation, noted
from scaffolder.cli.streams import read_text
from scaffolder.results.finding import Reviewed, Standing

_KEPT = "review is kept and marked `{}`, and does not count for --reviewed."


def _items(incomplete: str) -> list[str]:
    return [item.id for item in ITEMS if item.written and item.id.startswith(incomplete)]


Folder = Annotated[
    Path, typer.Argument(metavar="[PATH]", help="Folder of the repository [default: this one].", show_default=False)
]
Items = Annotated[
    list[str] | None,
    typer.Option("--item", metavar="ITEM", help="Review this item; repeat for more.", autocompletion=_items),
]
Source = Annotated[
    Path | None,
    typer.Option("--from", metavar="FILE", help="Take the reviews from a TOML file, - for standard input."),
]


def review(
    path: Folder = Path(),
    items: Items = None,
    reviewer: Annotated[
        str,
        typer.Option(
            "--reviewer",
            metavar="'NAME <ADDRESS>'",
            help="Who reviews; a name alone is taken, too [default: as Git knows you].",
        ),
    ] = "",
    source: Source = None,
    just_list: Annotated[bool, typer.Option("--list", help="Show what there is to review, and ask nothing.")] = False,
) -> Result:
    """Judge what people wrote in a portfolio project.

    Reviews are kept in docs/reviews.toml of the repository. A review counts until the text changes, and only if its
    reviewer is no author of the repository.
    """
    if source and (items or just_list):
        raise typer.BadParameter("--from says itself which items are reviewed: leave out --item and --list.")
    if not (source or just_list):
        interview.require_terminal(NO_TERMINAL)
    session = ReviewSession(path)
    if just_list:
        texts = session.waiting(reviewer, items or ())
        return Result(_json(session, waiting=[text.to_json() for text in texts]), _listed(texts))
    if source:
        return _recorded(session, session.given(read_text(source, 4 * MOST_CHARACTERS), reviewer))
    return Result(_json(session, recorded=_walk(session, reviewer, items or ())))


def _walk(session: ReviewSession, reviewer: str, items: Sequence[str]) -> list[dict[str, Any]]:
    """Ask for each text that waits for this person, until they stop; returns the JSON values on what was kept."""
    recorded: list[dict[str, Any]] = []

    def checked(name: str) -> str:
        return session.review(next(iter(session.texts)), name, 0, "").reviewer

    def keep(text: Text, who: str, score: int, comment: str) -> None:
        recorded.extend(_record(session, [session.review(text.item, who, score, comment)]))

    talk = Conversation(conversation())
    if not session.waiting(items=items):
        talk.say("There is nothing to review: nothing is written yet. See scaffolder check.")
        return recorded
    with talk.sitting(partial(total, PATH, recorded)):
        who = talk.reviewer(reviewer, checked)
        if concern := _concern(session, who):
            talk.say(concern)
        texts = session.waiting(who, items)
        for number, text in enumerate(texts, 1):
            talk.show(text, f"{number} of {len(texts)}, {text.item}")
            talk.judge(PATH, partial(keep, text, who))
    return recorded


def _listed(texts: Sequence[Text]) -> list[str]:
    lines = [] if texts else ["There is nothing to review."]
    for text in texts:
        lines += [*([""] if lines else []), f"{text.item}  {text.place}", f"  {text.title}", *lines_of(text)]
    return lines


def _recorded(session: ReviewSession, given: Sequence[Review]) -> Result:
    """Keep reviews, and say for each reviewer why they may not count."""
    recorded = _record(session, given)
    reviewers = dict.fromkeys(each.reviewer for each in given)
    concerns = (_concern(session, who, f"{who} is", "the") for who in reviewers)
    return Result(
        _json(session, recorded=recorded),
        [f"{each['item']}: {each['score']} of 3 by {each['reviewer']}" for each in recorded],
        noted(concern for concern in concerns if concern),
        "The reviews are kept",
    )


def _record(session: ReviewSession, given: Sequence[Review]) -> list[dict[str, Any]]:
    """Keep reviews; returns the JSON value on each."""
    kept: Sequence[Reviewed] = session.keep(*given)
    return [
        {"item": each.item, **asdict(judged), "of": text.to_json() if (text := session.texts.get(each.item)) else None}
        for each, judged in zip(given, kept, strict=True)
    ]


def _json(session: ReviewSession, **content: Any) -> dict[str, Any]:
    return {"schema": 1, "repository": str(session.folder), "file": PATH, **content}


def _concern(session: ReviewSession, who: str, subject: str = "You are", whose: str = "your") -> str:
    """A sentence on why this person's reviews do not count, or how little is known of them; "" if there is none."""
    standing = session.standing(who)
    kept = f"{whose} {_KEPT.format(standing)}"
    if standing is Standing.SELF:
        return f"{subject} an author of this repository: {kept}"
    if standing is Standing.UNKNOWN:
        return f"There is no Git history that says who the authors are: {kept}"
    if not has_address(who):
        return f"{who} has no address, so only the name was compared with those of the authors."
    return ""
