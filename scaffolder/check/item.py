"""An item of the checklist: a small class whose docstring is its title and whose check's docstring is the remedy."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import ClassVar

from scaffolder.check.contract import contract, lacks
from scaffolder.check.engine.finding import (
    SHOWN,
    Evidence,
    FactError,
    Finding,
    Level,
    State,
    UnseenError,
    Verdict,
    found,
    missing,
    unverified,
)
from scaffolder.check.engine.repository import Repository


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

    def check(self, repo: Repository) -> Verdict:
        """The remedy: what to write, where, and why a reader cares."""
        raise NotImplementedError

    def find(self, repo: Repository) -> Iterator[Evidence]:
        """Yield what there is of this kind anywhere in the repository, the surest first.

        By default that is what proves the item, of which no contract says whether it is needed.
        """
        with suppress(FactError):
            verdict = self.check(repo) if self.needs else Verdict(State.MISSING)
            yield from verdict.evidence if verdict.state.counts else ()

    def sought(self, repo: Repository) -> Iterator[Evidence]:  # noqa: ARG002 - subclasses use it
        """Yield what was looked for in vain, once `find` found nothing."""
        yield from ()

    def unclear(self, repo: Repository) -> str:  # noqa: ARG002 - subclasses use it
        """Why what `find` did not find may be there all the same; "" if all was understood."""
        return ""

    @classmethod
    @cache
    def title(cls) -> str:
        """The item's name, a colon, and what it asks."""
        return inspect.cleandoc(cls.__doc__ or cls.id)

    @classmethod
    @cache
    def remedy(cls, declared: bool = True) -> str:
        """The docstring of `check`: what to write, where, and why a reader cares.

        If it has a third paragraph, that stands for the first one where a contract is `declared`.
        """
        what, *why = inspect.cleandoc(cls.advice().__doc__ or "").split("\n\n")
        parts = [why[1], why[0]] if declared and len(why) > 1 else [what, *why[:1]]
        return " ".join(" ".join(parts).split())

    @classmethod
    def advice(cls) -> Callable[..., object]:
        """The method whose docstring is the remedy."""
        return cls.check

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
            evidence=tuple(_placed(repo, each) for each in verdict.evidence),
            remedy=""
            if verdict.state.counts or verdict.state is State.ERROR
            else cls.remedy(contract(repo) is not None),
            reason=verdict.reason,
            source=cls.source,
        )

    @classmethod
    def _verdict(cls, repo: Repository) -> Verdict:
        repo.snapshot.unseen = dict.fromkeys(repo.snapshot.left_out)
        try:
            verdict = cls._decided(repo)
        except FactError as error:
            verdict = missing(Evidence(" ".join(str(error).split())[:200]))
        except Exception as error:  # a bug of ours: reported as one, with exit code 3
            said = f"scaffolder could not check this item ({type(error).__name__}: {error})"
            return Verdict(State.ERROR, reason=f"{' '.join(said.split())[:300]}. Please report it.")
        unseen = next(iter(repo.snapshot.unseen), "")
        is_wrong = any(each.line for each in verdict.evidence) and not (verdict.absent or verdict.in_vain)
        if not unseen or is_wrong or verdict.state is not State.MISSING:
            return verdict
        return unverified(f"it may be in what was not read: {unseen.rstrip('.')}", *verdict.evidence)

    @classmethod
    def _decided(cls, repo: Repository) -> Verdict:
        lacked = lacks(repo, cls.needs) if cls.needs else None
        verdict = lacked or cls._checked(repo)
        unknown = verdict.state in (State.MISSING, State.UNVERIFIED) and contract(repo) is None
        place = next(cls().find(repo), None) if unknown or verdict.absent else None
        why = [Evidence(verdict.reason)] if verdict.reason and not lacked else []
        if place:
            return found(place, *verdict.evidence, *why)
        sought = cls().sought(repo) if verdict.absent else ()
        evidence = (*verdict.evidence, *sought)[:SHOWN]
        unclear = cls().unclear(repo) if unknown and verdict.absent else ""
        return unverified(unclear, *evidence) if unclear else verdict._replace(evidence=evidence)

    @classmethod
    def _checked(cls, repo: Repository) -> Verdict:
        try:
            return cls().check(repo)
        except UnseenError as error:
            return unverified(str(error))


def _placed(repo: Repository, said: Evidence) -> Evidence:
    """The evidence, without its line if its file has fewer, as a notebook that stands in one line."""
    text = repo.snapshot.text(said.path) if said.line and said.path.endswith(".ipynb") else None
    return replace(said, line=None) if text and said.line and text.count("\n") + 1 < said.line else said


def ignored(finding: Finding, reason: str) -> Finding:
    """The finding of an item that the owner ignores in `[tool.scaffolder]`, with the reason given there."""
    return replace(finding, state=State.NOT_APPLICABLE, reason=f"ignored by the owner: {reason}", remedy="")
