"""The plans for operation: who watches what, whom to tell, and when the model is too old."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository
from scaffolder.check.items.risks import TableText, page_or_section
from scaffolder.check.readers.markdown import Document, Passage, apart_from
from scaffolder.check.written import WrittenItem
from scaffolder.results.finding import Evidence, Level

INCIDENT = (
    *("when an alert fires", "incident", "incidents", "on call", "escalation", "report a problem"),
    "reporting a vulnerability",
)
STALENESS = ("staleness", "retraining", "when it is retrained", "review and retraining", "maintenance")

_REVIEW = re.compile(r"\bnext review\b|\breview(?: it)? (?:by|on):? 20", re.IGNORECASE)
_DAY = re.compile(r"\b20\d\d-\d\d-\d\d\b")


class MonitoringPlan(TableText, WrittenItem):
    """Monitoring plan: for each signal a threshold, an action and an owner.

    In docs/monitoring.md, give each signal a row: its name in the code, threshold, action and owner.

    Leave no cell empty and no question open. A signal that nobody answers for is not watched.
    """

    id = "monitoring-plan"
    level = Level.OPERATOR
    operated = True
    source = "NIST AI RMF, MANAGE 4.1; Google's ML Test Score, Monitor 2, 3, 5 and 7"
    place = "docs/monitoring.md"
    rows = "signals"
    rubric = (
        "Does each signal have a threshold, an action and a person who acts?",
        "Would these signals show that the answers have become worse, and not only that the service is down?",
        "Do the thresholds fit this project, with a reason where they are guesses?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The page or section on monitoring, without the parts that are items of their own."""
        found = page_or_section(repo, "monitor", "monitoring plan", "monitoring")
        if not isinstance(found, Document):
            return found
        return apart_from(found, found.section(*INCIDENT), found.section(*STALENESS))


class IncidentContact(WrittenItem):
    """Incident contact: whom to tell when it does harm, and where it is written down.

    Under "When an alert fires" in docs/monitoring.md, or in SECURITY.md, write whom to tell and how.

    An address, a number or a channel that reaches somebody. The person who finds the fault is seldom the one who
    can stop it.
    """

    id = "incident-contact"
    level = Level.OPERATOR
    operated = True
    source = "NIST AI RMF, MANAGE 4.3: incidents and errors are communicated to relevant AI actors"
    place = 'section "When an alert fires" in any document, and no SECURITY.md'
    rubric = (
        "Is there an address, a number or a channel that reaches somebody, and by when do they answer?",
        "Does it say what to do first to stop the harm?",
        "Does it say where the incident is written down, and what happens with it afterwards?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The first section on incidents, or else the security policy."""
        found = (section for page in documents(repo) if (section := page.section(*INCIDENT)))
        policies = (page for page in documents(repo) if page.path.lower().endswith("security.md"))
        return next(found, None) or next(policies, None)


class Staleness(WrittenItem):
    """Staleness: what makes you retrain or renew it, and when it is reviewed next.

    Under "Staleness" in docs/monitoring.md, write what makes you retrain or renew it, and when you review it.

    Write the date as 2027-03-01, there or in docs/risk-register.md, and keep it: a past date is a broken promise.
    A model that nobody looks at decays unseen.
    """

    id = "staleness"
    level = Level.OPERATOR
    operated = True
    source = "Google's ML Test Score, Model 4 and Monitor 4: the impact of staleness is known, models are not too stale"
    place = 'section "Staleness" in any document'
    rubric = (
        "Does it name an observation or an age that makes you retrain or renew it?",
        "Does it say who does that, and with which command?",
        "Is there a date for the next review?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The first section on retraining or maintenance."""
        return next((found for page in documents(repo) if (found := page.section(*STALENESS))), None)

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """The latest date in a line about a coming review, if it is past."""
        found = [review for page in documents(repo) for review in _reviews(page)]
        if found and max(found)[0] < repo.today:
            day, path, line = max(found)
            yield Evidence(f"{day} is the latest review date, and it is past", path, line)


def _reviews(page: Document) -> Iterator[tuple[date, str, int]]:
    for number, line in enumerate(page.lines, 1):
        if _REVIEW.search(line):
            for day in _DAY.findall(line):
                with suppress(ValueError):
                    yield date.fromisoformat(day), page.path, number
