"""A repository with two written items: `problem`, and one that only these tests have.

As a program (`python reviewable.py review …`) this is the command line with that second item.
"""

from __future__ import annotations

from pathlib import Path

import scaffolder.check.items as items
from scaffolder.check import examine, review_session, reviews
from scaffolder.check.documents import readme
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.markdown import Passage
from scaffolder.check.written import WrittenItem
from scaffolder.results.finding import Level

HOSTILE = "\x1b[31mred\x1b]0;title\x07 \x9b31m turned\u202e and \x08\x7f gone"
PROBLEM = "Forty customers leave each week, and each costs 420 € to win back. We want a recall of 0.85."
README = (
    f"# Radar\n\n## Problem\n\n{PROBLEM}\n\n{HOSTILE}\n\n## Plan\n\nMaria Keller looks at the alarms each morning.\n"
)
GRACE = "Grace Hopper <grace@example.org>"


class Plan(WrittenItem):
    """Plan: who looks at what, and when.

    Under "Plan" in README.md, say who looks at what.
    """

    id = "test-plan"
    level = Level.BUILDER
    source = "These tests"
    place = 'section "Plan" in README.md'
    rubric = ("Does it say who looks?", "Does it say at what?", "Does it say when?")

    def passage(self, repo: Repository) -> Passage | None:
        found = readme(repo)
        return found.section("plan") if found else None


def install() -> None:
    """Give the checklist the second item, and no written item but these two."""
    both = (items.BY_ID["problem"], Plan)
    items.BY_ID[Plan.id] = Plan
    for module in (examine, review_session, reviews):
        module.ITEMS = both  # type: ignore[attr-defined]


def make(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "README.md").write_text(README, "utf-8")
    (folder / "scaffolder.toml").write_text("contract = 1\n")
    return folder


if __name__ == "__main__":
    install()
    from scaffolder.cli import main

    main()
