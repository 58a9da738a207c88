"""An item of the checklist: a small class whose docstring is its title; the remedy follows, or is that of `check`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import ClassVar

from scaffolder.check import strangers
from scaffolder.check.contract import contract, lacks
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import (
    FactError,
    UnseenError,
    Verdict,
    flawed,
    found,
    missing,
    not_applicable,
    unverified,
)
from scaffolder.check.readers.make import makefile
from scaffolder.check.readers.markdown import Passage
from scaffolder.results.finding import Evidence, Finding, Level, State

_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z`])")
_TARGET = re.compile(r"`make ([\w-]+)")


class Item:
    """The base of all items: a subclass sets the class variables and defines `check`.

    Items that a machine verifies derive from this class, items that a person writes from `written.WrittenItem`.
    """

    id: ClassVar[str]
    level: ClassVar[Level]
    source: ClassVar[str]  # where the field asks for it, e.g. "NIST AI RMF, MEASURE 2.7"
    needs: ClassVar[str] = ""  # the capability without which the item does not apply
    essential: ClassVar[bool] = False
    written: ClassVar[bool] = False
    operated: ClassVar[bool] = False  # whether only those who run it for others need it

    def check(self, repo: Repository) -> Verdict:
        """The remedy: what to write, where, and why a reader cares."""
        raise NotImplementedError

    def accepts(self, repo: Repository, passage: Passage | None) -> bool:  # noqa: ARG002 - subclasses use them
        """Whether what stands somewhere else than it belongs counts; `passage` is its text, if it is one."""
        return True

    def elsewhere(self, repo: Repository) -> Iterator[tuple[Evidence, Passage | None]]:
        """The places of things of this kind anywhere in the repository, with their texts, the surest first."""
        found = strangers.matches(repo, self.id)
        return (match for match in found if self.accepts(repo, match[1]))

    @classmethod
    @cache
    def title(cls) -> str:
        """The item's name, a colon, and what it asks."""
        return cls._paragraphs()[0]

    @classmethod
    def _paragraphs(cls) -> list[str]:
        """The title, and the paragraphs of the remedy, which stand below it or in the docstring of `check`."""
        title, *remedy = inspect.cleandoc(cls.__doc__ or cls.id).split("\n\n")
        return [title, *(remedy or inspect.cleandoc(cls.check.__doc__ or "").split("\n\n"))]

    @classmethod
    def remedy(cls, repo: Repository | None = None) -> str:
        """The rest of the class docstring, or that of `check`: what to write, where, and why a reader cares.

        If it has a further paragraph, that stands for the first one where there is a contract. Where there is
        none, sentences that name a make target which `repo` does not have are left out.
        """
        _, what, *why = cls._paragraphs()
        is_declared = repo is None or contract(repo) is not None
        parts = [why[1], why[0]] if is_declared and len(why) > 1 else [what, *why[:1]]
        advice = " ".join(" ".join(parts).split())
        if repo is None or is_declared:
            return advice
        made, sentences = makefile(repo), _SENTENCE.split(advice)
        known = made.targets if made else {}
        return " ".join(said for said in sentences if all(target in known for target in _TARGET.findall(said)))

    @classmethod
    def finding(cls, repo: Repository) -> Finding:
        """The item's finding; one broken file, or a bug of this item, never hides the findings of the others."""
        verdict = cls._verdict(repo)
        return Finding(
            item=cls.id,
            title=cls.title(),
            level=cls.level,
            essential=cls.essential,
            written=cls.written,
            state=verdict.state,
            evidence=tuple(map(_placed, verdict.evidence)),
            remedy="" if verdict.state.counts or verdict.state is State.ERROR else cls.remedy(repo),
            reason=verdict.reason,
            source=cls.source,
        )

    @classmethod
    def _verdict(cls, repo: Repository) -> Verdict:
        repo.snapshot.unseen = dict.fromkeys(repo.snapshot.left_out)
        try:
            verdict = cls._decided(repo)
        except Exception as error:  # a bug of ours: reported as one, with exit code 3
            said = f"scaffolder could not check this item ({type(error).__name__}: {error})"
            return Verdict(State.ERROR, reason=f"{' '.join(said.split())[:300]}. Please report it.")
        unseen = next(iter(repo.snapshot.unseen), "")
        is_seen = verdict.state is State.FLAWED and any(evidence.line for evidence in verdict.evidence)
        if not unseen or is_seen or verdict.state not in (State.MISSING, State.FLAWED):
            return verdict
        return unverified(f"it may be in what was not read: {unseen.rstrip('.')}", *verdict.evidence)

    @classmethod
    def _decided(cls, repo: Repository) -> Verdict:
        """The verdict of `check`; where that finds nothing, or nobody said that it is needed, of the matcher."""
        lacked = lacks(repo, cls.needs) if cls.needs else None
        if lacked and lacked.state is State.NOT_APPLICABLE:
            return lacked
        verdict = cls._undeclared(repo, lacked) if lacked else cls._checked(repo)
        is_free = bool(lacked) or contract(repo) is None
        if is_free and cls.written and verdict.state is State.FLAWED:  # nobody promised more than a text
            verdict = missing(*verdict.evidence)
        if verdict.state is State.MISSING or (is_free and verdict.state is State.UNVERIFIED):
            place = next(cls().elsewhere(repo), None)
            why = (Evidence(verdict.reason),) if verdict.reason and not lacked else ()
            if place:
                return found(place[0], *verdict.evidence, *why)
        if cls.operated and verdict.state is State.MISSING and not _is_operated(repo):
            return not_applicable("nothing was found that runs for others, so nobody has to watch it")
        return verdict

    @classmethod
    def _checked(cls, repo: Repository) -> Verdict:
        try:
            return cls().check(repo)
        except UnseenError as error:
            return unverified(str(error))
        except FactError as error:  # a file that is there, and cannot be read
            return flawed(Evidence(" ".join(str(error).split())[:200]))

    @classmethod
    def _undeclared(cls, repo: Repository, lacked: Verdict) -> Verdict:
        """The proof or fault that `check` sees where nobody said that the item is needed; else `lacked`."""
        try:
            verdict = cls().check(repo)
        except FactError:
            return lacked
        if verdict.state is State.DONE:
            return found(*verdict.evidence)
        return verdict if verdict.state is State.FLAWED and not cls.written else lacked


@fact
def _is_operated(repo: Repository) -> bool:
    """Whether somebody seems to run it for others; a contract is taken for a plan to."""
    signs = (strangers.matches(repo, item) for item in ("dockerfile", "deployment"))
    return contract(repo) is not None or any(next(places, None) for places in signs)


def _placed(said: Evidence) -> Evidence:
    """The evidence, without its line if that is one of a notebook's text and not of its file."""
    return replace(said, line=None) if said.path.endswith(".ipynb") else said


def ignored(finding: Finding, reason: str) -> Finding:
    """The finding of an item that the owner ignores in `[tool.scaffolder]`, with the reason given there."""
    return replace(finding, state=State.NOT_APPLICABLE, reason=f"ignored by the owner: {reason}", remedy="")
