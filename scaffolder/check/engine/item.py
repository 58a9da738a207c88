"""An item of the checklist: a small class whose docstring is its title and whose check's docstring is the remedy."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any, ClassVar

from scaffolder.check.engine.finding import Evidence, FactError, Finding, Level, State, Verdict


class Item:
    """The base of all items.

    A subclass sets the class variables and defines `check`, whose parameters are names of facts
    (attributes of `facts.Facts`); each is computed once per repository, and only if asked for.
    """

    id: ClassVar[str]
    level: ClassVar[Level]
    source: ClassVar[str]  # where the field asks for it, e.g. "NIST AI RMF, MEASURE 2.7"
    essential: ClassVar[bool] = False
    human: ClassVar[bool] = False  # only the owner can write it: never done in a fresh repository
    check: ClassVar[Callable[..., Verdict]]

    @classmethod
    @cache
    def title(cls) -> str:
        """The item's name, a colon, and what it asks."""
        return inspect.cleandoc(cls.__doc__ or cls.id)

    @classmethod
    @cache
    def remedy(cls) -> str:
        """What to write, where, and why a reader cares."""
        return " ".join(inspect.cleandoc(cls.check.__doc__ or "").split())

    @classmethod
    def finding(cls, facts: object) -> Finding:
        """The item's finding; a check that fails on a hostile repository is a finding, not a crash."""
        verdict = _verdict(cls, facts)
        return Finding(
            item=cls.id,
            title=cls.title(),
            level=cls.level,
            essential=cls.essential,
            state=verdict.state,
            evidence=verdict.evidence,
            remedy="" if verdict.state.counts else cls.remedy(),
            reason=verdict.reason,
            source=cls.source,
        )


@cache
def _wanted(check: Callable[..., Verdict]) -> tuple[str, ...]:
    code = check.__code__
    return code.co_varnames[1 : code.co_argcount]


def _verdict(item: type[Item], facts: object) -> Verdict:
    try:
        wanted: dict[str, Any] = {name: getattr(facts, name) for name in _wanted(item.check)}
        return item().check(**wanted)
    except FactError as error:
        return Verdict(State.MISSING, (Evidence(" ".join(str(error).split())[:200]),))
    except Exception as error:  # one broken file never hides the findings of the others
        fact = Evidence(f"this item could not be checked ({type(error).__name__}: {error})"[:200])
        return Verdict(State.MISSING, (fact,))


def ignored(finding: Finding, reason: str) -> Finding:
    """The finding of an item that the owner ignores in `[tool.scaffolder]`, with the reason given there."""
    return replace(finding, state=State.NOT_APPLICABLE, reason=f"ignored by the owner: {reason}", remedy="")
