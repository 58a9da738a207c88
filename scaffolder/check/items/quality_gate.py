"""Bounds on the metrics, and a run in CI that holds the model to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, counted, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.ci import Run, ci_runs
from scaffolder.check.readers.data_files import settings
from scaffolder.check.readers.metric_names import canonical
from scaffolder.check.readers.metrics import PATH, Gate, metrics
from scaffolder.check.readers.values import decimal, records
from scaffolder.check.readers.workflow import no_workflow, workflows
from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.results.finding import Evidence, Level

MAX_FILES = 20
SETTINGS = "settings.toml"

_EVALUATES = re.compile(r"evaluat|\beval\b|\bquality|\bgates?\b|gate_|\bbenchmark|check[-_]metrics|validate[-_]model")
_TALKS = frozenset("echo printf cat ls cp mv mkdir rm touch make curl cd export set".split())
_FLAG = re.compile(r"--(?:min|max|threshold|fail-under|at-least)[-\w]*")


class QualityGate(Item):
    """Quality gate in CI: a run that measures worse than its bounds fails."""

    id = "quality-gate"
    level = Level.DEPLOYER
    needs = "measures"
    source = "Google's ML Test Score, Infra 4: model quality is validated before attempting to serve it"

    def check(self, repo: Repository) -> Verdict:
        """State bounds for your metrics (`gates` in settings.toml) and let CI run the evaluation.

        It exits with 1 when a bound is broken, so that no worse model is shipped by accident.
        """
        if broken := [*_failed_gates(repo), *_loosened_gates(repo)]:
            return flawed(*broken)
        bound = next(_bounds(repo), None)
        if bound is None:
            places = "`gates` of a TOML file, or flags such as --min-… in CI"
            return missing(Evidence(f"no bound on a metric was found in {places}"))
        if not workflows(repo):
            return no_workflow(repo)
        run = next(filter(_evaluates, ci_runs(repo)), None)
        if run is None:
            return missing(bound, Evidence("no step of a workflow that runs on a change seems to evaluate the model"))
        return done(bound, Evidence(str(run), run.workflow.path, run.step.line))


def _evaluates(run: Run) -> bool:
    if run.command.name in _TALKS:
        return False
    return bool(_EVALUATES.search(" ".join((*run.command.words[:4], run.target)).lower()))


def _bounds(repo: Repository) -> Iterator[Evidence]:
    """Where a bound on a metric is stated: a settings file or a command of CI."""
    found = repo.snapshot.glob("*.toml", "config/*.toml", "configs/*.toml")
    for path, text in repo.snapshot.texts(found, MAX_FILES, "files of settings"):
        with suppress(TomlError):
            if gates := load_toml(text).get("gates"):
                count = len(gates) if isinstance(gates, list | dict) else 1
                yield Evidence(counted(count, "gate"), path)
    for run in ci_runs(repo):
        if _evaluates(run) and any(_FLAG.match(word) for word in run.command.words):
            yield Evidence(" ".join(run.command.words)[:80], run.workflow.path, run.step.line)


def _failed_gates(repo: Repository) -> Iterator[Evidence]:
    """The gates that the last run did not keep."""
    measured = metrics(repo)
    for gate in measured.gates if measured else ():
        if not (gate.passed and gate.holds()):
            yield Evidence(f"the gate on {gate.metric} does not hold at {gate.threshold}", PATH)


def _loosened_gates(repo: Repository) -> Iterator[Evidence]:
    """The gates of the last run that settings.toml lacks, has loosened, or has tightened beyond what was measured."""
    measured, stated = metrics(repo), settings(repo)
    bounds = dict(_stated_bounds(stated.get("gates")))
    names = {entry.metric for entry in measured.scores} if measured else set()
    for gate in measured.gates if measured and stated else ():
        yield from (Evidence(fact, SETTINGS) for fact in _unlike(gate, bounds, names))


def _unlike(gate: Gate, bounds: dict[tuple[str, bool], Decimal], names: set[str]) -> Iterator[str]:
    if gate.most is None:
        return
    stated = bounds.get((gate.metric, gate.most))
    if stated is None:
        if gate.metric in names:
            yield f"the gate on {gate.metric} at {gate.threshold} is gone, and the run was held to it"
    elif stated > gate.threshold if gate.most else stated < gate.threshold:
        yield f"the gate on {gate.metric} is {stated}, and the run was held to {gate.threshold}"
    elif not gate.holds(stated):
        yield f"the gate on {gate.metric} is {stated}, and the run measured {gate.value}"


def _stated_bounds(gates: object) -> Iterator[tuple[tuple[str, bool], Decimal]]:
    """The stated bounds by (metric, whether it is an upper bound); one in a table `metric = bound` counts as both."""
    if isinstance(gates, dict):
        stated = ((canonical(name), number) for name, value in gates.items() if (number := decimal(value)) is not None)
        yield from (((name, most), number) for name, number in stated for most in (False, True))
    for gate in records(gates):
        for name, most in (("min", False), ("max", True)):
            if (number := decimal(gate.get(name))) is not None:
                yield (canonical(str(gate.get("metric"))), most), number
