"""Operator: somebody notices when it goes wrong."""

from __future__ import annotations

import re
from datetime import date

from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing, placeholder
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.load import Load, Print
from scaffolder.check.readers.make import Makefile
from scaffolder.check.readers.markdown import Document
from scaffolder.check.shipping.endpoints import Route
from scaffolder.check.watching.alerts import Alerts
from scaffolder.check.watching.drift import Drift
from scaffolder.check.watching.named import is_known, names
from scaffolder.check.watching.plans import (
    MONITORING,
    Plan,
    dates,
    empty_cells,
    find_plan,
    passages,
    unfinished_cells,
)
from scaffolder.check.watching.signals import Signals
from scaffolder.check.words.parts import around
from scaffolder.check.words.placeholders import Shingle, unfinished

SHOWN = 5  # pieces of evidence
RETRAINING = (
    *("retrain", "re-train", "refit", "re-fit", "retune", "re-tune"),
    *("reindex", "re-index", "reingest", "re-ingest", "make ingest", "make tune"),
)
LEAST_ROWS = 3

_REVIEW = re.compile(r"\breview", re.IGNORECASE)
# An assistant learns nothing: it reads its documents again, and tunes.
_RETRAIN = re.compile(r"\b(?:re-?train|re-?fit|re-?tune|re-?index|re-?ingest|make (?:ingest|tune))", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:if|when(?:ever)?|after|every|once|above|below|under|over|drops?|falls?|fails?|exceeds?|daily|weekly|monthly|quarterly|yearly)\b|[<>≥≤]",
    re.IGNORECASE,
)


class MonitoringPlan(Item):
    """Monitoring plan: for each signal a threshold, an action and an owner."""

    id = "monitoring-plan"
    level = Level.OPERATOR
    source = "NIST AI RMF, MANAGE 4.1; Google's ML Test Score, Monitor 2, 3, 5 and 7"
    human = True

    def check(
        self,
        documents: tuple[Document, ...],
        stubs: frozenset[Shingle],
        signals: Signals,
        routes: tuple[Route, ...],
        makefile: Makefile | None,
        snapshot: Snapshot,
    ) -> Verdict:
        """In docs/monitoring.md, give each signal a row: its name in the code, threshold, action and owner.

        At least three rows, none with an open question. A signal that nobody answers for is not watched.
        """
        plan = find_plan(documents, MONITORING, "signal")
        if plan is None:
            return missing(Evidence("no table with the columns signal, threshold, action and owner"))
        path, line = plan.document.path, plan.table.line
        if absent := [name for name in MONITORING if name not in plan.columns]:
            return missing(Evidence(f"the plan has no column for {', '.join(absent)}", path, line))
        if left := unfinished_cells(plan, stubs) or unfinished(around(plan.document, line)):
            return placeholder(*left)
        problems = [*empty_cells(plan), *_unknown(plan, signals, routes, makefile, snapshot)]
        if len(plan.table.rows) < LEAST_ROWS:
            problems.append(Evidence(f"{len(plan.table.rows)} rows, at least {LEAST_ROWS} are needed", path, line))
        if problems:
            return missing(*problems[:SHOWN])
        return done(Evidence(f"{len(plan.table.rows)} signals, each with threshold, action and owner", path, line))


def _unknown(
    plan: Plan, signals: Signals, routes: tuple[Route, ...], makefile: Makefile | None, snapshot: Snapshot
) -> list[Evidence]:
    """The rows whose signal is nowhere in the code or configuration."""
    answers = {plan.columns[name] for name in ("threshold", "action", "owner")}
    found = []
    for row, line in zip(plan.table.rows, plan.table.row_lines, strict=False):
        given = list(names(tuple(cell for index, cell in enumerate(row) if index not in answers)))
        unknown = [name for name in given if not is_known(name, signals, routes, makefile, snapshot)]
        if unknown:
            found.append(Evidence(f"`{unknown[0][:60]}` is nowhere in the code", plan.document.path, line))
        elif not given:
            found.append(Evidence("names no signal of the code", plan.document.path, line))
    return found


class DriftCheck(Item):
    """Drift check: what comes in is compared with statistics of the training data."""

    id = "drift-check"
    level = Level.OPERATOR
    source = "Google's ML Test Score, Monitor 2 and 3: data invariants hold, training and serving are not skewed"

    def check(self, drift_checks: tuple[Drift, ...]) -> Verdict:
        """Write a module that measures drift (PSI, say) against reference statistics of the training data.

        Their file is in the repository (or a function that another module calls records them), and a make target, a
        workflow or the service runs the check. Labels come late: drift is what can be seen at once.
        """
        if not drift_checks:
            return missing(Evidence("no code measures drift"))
        whole = next((each for each in drift_checks if each.reference and each.run_by), None)
        if whole:
            return done(
                Evidence(f"{whole.what}, run by {whole.run_by}", whole.path, whole.line),
                Evidence("reference statistics", whole.reference or ""),
            )
        first = drift_checks[0]
        lacks = "names no reference file that is there" if not first.reference else "is run by nothing"
        return missing(Evidence(f"{first.what} {lacks}", first.path, first.line))


class AlertRules(Item):
    """Alerts: rules that would load, on measurements that the code makes."""

    id = "alerts"
    level = Level.OPERATOR
    source = "AWS Machine Learning Lens: enable monitoring, health of the model endpoint; NIST AI RMF, MANAGE 4.1"

    def check(self, alerts: Alerts, signals: Signals) -> Verdict:
        """Write Prometheus rules (`monitoring/alerts.yml`) on metrics that your service exposes.

        Each has `alert`, an `expr` that compares, and `for`. Grafana's provisioned rules and CloudWatch alarms in YAML
        count too. A threshold in a document wakes nobody up.
        """
        problems = [Evidence(text, path, line) for path, line, text in alerts.problems]
        for rule in alerts.rules:
            unknown = [name for name in rule.signals if not rule.given and signals.place(name, True) is None]
            if rule.problem:
                problems.append(Evidence(f"{rule.name or 'a rule'}: {rule.problem}", rule.path, rule.line))
            elif unknown or not rule.signals:
                what = f"{unknown[0]} is nowhere in the code" if unknown else "it is about no measurement"
                problems.append(Evidence(f"{rule.name}: {what}", rule.path, rule.line))
        if problems:
            return missing(*problems[:SHOWN])
        if not alerts.rules:
            return missing(Evidence("there are no alert rules"))
        first = alerts.rules[0]
        return done(Evidence(f"{len(alerts.rules)} rules, such as {first.name}", first.path, first.line))


class LatencyAndLoad(Item):
    """Latency and load: how long an answer takes, as the load test measured it."""

    id = "latency"
    level = Level.OPERATOR
    source = "Google's ML Test Score, Monitor 6: no regression in serving latency, throughput or memory"

    def check(self, load: Load | None, latencies: tuple[Print, ...]) -> Verdict:
        """Run `make load`, then `make report`, so that README.md shows p50, p95 and p99 from reports/load.json.

        A number without its report cannot be believed, and without a number nobody can promise a response time.
        """
        if load is None:
            return missing(Evidence("there is no load report, such as reports/load.json"))
        wrong = [each for each in latencies if not each.right]
        if wrong:
            return missing(
                *(Evidence(f"{each.text} is not in {load.path}", each.path, each.line) for each in wrong[:SHOWN])
            )
        if not latencies:
            return missing(Evidence("no document shows what the load test measured", load.path))
        first = latencies[0]
        return done(Evidence(f"{len(latencies)} numbers equal {load.path}", first.path, first.line))


class Staleness(Item):
    """Staleness: what makes it retrain, and a review date that is not past."""

    id = "staleness"
    level = Level.OPERATOR
    source = "Google's ML Test Score, Model 4 and Monitor 4: the impact of staleness is known, models are not too stale"
    human = True

    def check(self, documents: tuple[Document, ...], today: date) -> Verdict:
        """Write when the model is retrained ("retrain when …") and when it is next reviewed ("review on 2027-03-01").

        For an assistant, write when its documents are read again ("make ingest when …"). Put them into
        docs/monitoring.md or docs/risk-register.md. A model that nobody looks at decays unseen.
        """
        rows = list(passages(documents, "review", *RETRAINING))
        reviews = [(day, path, line) for path, line, text in rows if _REVIEW.search(text) for day in dates(text)]
        if not reviews:
            return missing(Evidence("no review date is written down"))
        day, path, line = max(reviews)
        if day < today:
            return missing(Evidence(f"the review of {day} is past", path, line))
        trigger = next(((p, n) for p, n, text in rows if _RETRAIN.search(text) and _WHEN.search(text)), None)
        if trigger is None:
            return missing(Evidence("nothing says when the model is retrained"))
        return done(Evidence(f"next review {day}", path, line), Evidence("says when it is retrained", *trigger))
