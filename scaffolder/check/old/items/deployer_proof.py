"""Deployer: machines prove each change before it ships."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.gates import loosened
from scaffolder.check.numbers.measured import PATH, Measured
from scaffolder.check.readers.python import Module, once
from scaffolder.check.readers.toml import TomlError, load_toml
from scaffolder.check.readers.workflow import Workflow
from scaffolder.check.shipping.ci import Run, runs_tests
from scaffolder.check.shipping.endpoints import Drive, Route

SHOWN = 5  # pieces of evidence

_EVALUATES = re.compile(
    r"\b(?:evaluat\w*|eval|quality|gates?|benchmark|check[-_]metrics|validate[-_]model)\b|quality_gate|evaluat|gate_"
)
_TALKS = frozenset(
    ["echo", "printf", "cat", "ls", "cp", "mv", "mkdir", "rm", "touch", "make", "curl", "cd", "export", "set"]
)
_FLAG = re.compile(r"--(?:min|max|threshold|fail-under|at-least)[-\w]*")


class ContinuousIntegration(Item):
    """CI workflow: each push or pull request runs the tests."""

    id = "ci"
    level = Level.DEPLOYER
    source = "Google's ML Test Score, Infra 2: code is unit tested; AWS Machine Learning Lens: CI/CD"

    def check(self, workflows: tuple[Workflow, ...], ci_runs: tuple[Run, ...]) -> Verdict:
        """Write `.github/workflows/ci.yml` that runs on `push` or `pull_request` and has a step that runs the tests.

        On GitLab, `.gitlab-ci.yml` does the same. A failure must fail the job: no `|| true` and no `continue-on-error`.
        Readers trust tests that run.
        """
        if not workflows:
            return missing(Evidence("there is no workflow in .github/workflows, and no .gitlab-ci.yml"))
        broken = [Evidence(flow.problem[1], flow.path, flow.problem[0]) for flow in workflows if flow.problem]
        if broken:
            return missing(*broken[:SHOWN])
        tests = next((run for run in ci_runs if runs_tests(run.command)), None)
        if tests:
            how = f"`{' '.join(tests.command.words)[:60]}` on {' and '.join(tests.workflow.triggers[:3])}"
            return done(Evidence(how, tests.workflow.path, tests.step.line))
        if not any(flow.runs_on_change for flow in workflows):
            return missing(*(Evidence("runs on no push and no pull request", flow.path) for flow in workflows[:SHOWN]))
        return missing(*(Evidence("no step runs the tests", flow.path) for flow in workflows[:SHOWN]))


class SupplyChain(Item):
    """CI trust: actions pinned by commit, least permissions."""

    id = "ci-trust"
    level = Level.DEPLOYER
    source = "AWS Machine Learning Lens: ensure least privilege access; OpenSSF Scorecard: Pinned-Dependencies"

    def check(self, workflows: tuple[Workflow, ...]) -> Verdict:
        """Pin each action by its 40-digit commit (`uses: actions/checkout@de0f… # v6`).

        And start with `permissions: contents: read`. A tag can be moved to other code overnight;
        what a job may not do, stolen code in it cannot do either.
        """
        if not workflows:
            return missing(Evidence("there is no workflow in .github/workflows, and no .gitlab-ci.yml"))
        problems = [Evidence(text, flow.path, line) for flow in workflows for line, text in _distrust(flow)]
        if problems:
            return missing(*problems[:SHOWN])
        pinned = sum(bool(step.uses) for flow in workflows for step in flow.steps)
        facts = {flow.gitlab: flow for flow in reversed(workflows)}
        found = {False: f"{pinned} actions pinned, permissions restricted", True: "each image has a version"}
        return done(*(Evidence(found[gitlab], flow.path, flow.permissions_line) for gitlab, flow in facts.items()))


def _distrust(flow: Workflow) -> Iterator[tuple[int, str]]:
    for step in flow.steps:
        if step.uses and not step.pinned:
            yield step.line, f"{step.uses[:60]} is pinned by no commit"
    yield from (*flow.loose, *flow.too_much())


class QualityGate(Item):
    """Quality gate in CI: a run that measures worse than its bounds fails."""

    id = "quality-gate"
    level = Level.DEPLOYER
    source = "Google's ML Test Score, Infra 4: model quality is validated before attempting to serve it"

    def check(
        self,
        ci_runs: tuple[Run, ...],
        measured: Measured | None,
        settings: dict[str, Any],
        modules: tuple[Module, ...],
        snapshot: Snapshot,
    ) -> Verdict:
        """State bounds for your metrics (`[[gates]]` in settings.toml) and let CI run the evaluation.

        It exits with 1 when a bound is broken, so that no worse model is shipped by accident.
        """
        failed = [gate for gate in measured.gates if not gate.holds] if measured else []
        if failed:
            return missing(
                *(
                    Evidence(f"the gate on {gate.metric} does not hold at {gate.threshold}", PATH)
                    for gate in failed[:SHOWN]
                )
            )
        if unlike := list(loosened(measured, settings)) if measured else []:
            return missing(*(Evidence(fact, "settings.toml") for fact in unlike[:SHOWN]))
        bounds = _bounds(measured, ci_runs, modules, snapshot)
        if bounds is None:
            return missing(Evidence("no bound on a metric is stated anywhere"))
        run = next((run for run in ci_runs if _evaluates(run)), None)
        if run is None and bounds.path.endswith(".py"):
            run = next((run for run in ci_runs if runs_tests(run.command)), None)
        if run is None:
            return missing(bounds, Evidence("no step of a workflow that runs on a change evaluates the model"))
        how = f"`{' '.join(run.command.words)[:60]}`"
        return done(bounds, Evidence(how, run.workflow.path, run.step.line))


def _evaluates(run: Run) -> bool:
    if run.command.name in _TALKS:
        return False
    return bool(_EVALUATES.search(" ".join((*run.command.words[:4], run.target)).lower()))


def _bounds(
    measured: Measured | None, ci_runs: tuple[Run, ...], modules: tuple[Module, ...], snapshot: Snapshot
) -> Evidence | None:
    """Where a bound on a metric is stated: a report, a settings file, a command of CI, or a test that compares."""
    if measured and measured.gates:
        return Evidence(f"{len(measured.gates)} gates, all passed", PATH)
    for path in snapshot.glob("*.toml", "config/*.toml", "configs/*.toml"):
        try:
            gates = load_toml(snapshot.text(path) or "").get("gates")
        except TomlError:
            continue
        if isinstance(gates, list | dict) and gates:
            return Evidence(f"{len(gates)} gates", path)
    for run in ci_runs:
        if _evaluates(run) and any(_FLAG.match(word) for word in run.command.words):
            return Evidence(" ".join(run.command.words)[:80], run.workflow.path, run.step.line)
    return next(
        (Evidence("compares a metric", module.path, line) for module in modules for line in _comparisons(module)),
        None,
    )


@once
def _comparisons(module: Module) -> Iterator[int]:
    """The lines of a test of `metrics.json` that compare a number."""
    if module.is_test and module.mentions("metrics.json"):
        for node in module.nodes:
            if isinstance(node, ast.Assert) and isinstance(node.test, ast.Compare) and _orders(node.test):
                yield node.lineno


def _orders(comparison: ast.Compare) -> bool:
    return any(isinstance(operator, ast.Gt | ast.GtE | ast.Lt | ast.LtE) for operator in comparison.ops)


class IntegrationTest(Item):
    """Integration test: a test drives the endpoint and asserts what comes back."""

    id = "integration-test"
    level = Level.DEPLOYER
    source = "Google's ML Test Score, Infra 3: the full ML pipeline is integration tested"

    def check(self, endpoint_tests: tuple[Drive, ...], routes: tuple[Route, ...]) -> Verdict:
        """Write a test that asks your prediction route through `TestClient` or httpx and asserts the answer.

        `/health` alone does not count: what breaks between the model and its caller breaks there.
        """
        if endpoint_tests:
            drives = {drive.route.path: drive for drive in reversed(endpoint_tests)}
            return done(
                *(
                    Evidence(f"{drive.test} asks {_named(drive.route)}", drive.file, drive.line)
                    for drive in list(drives.values())[:3]
                )
            )
        work = [route for route in routes if not route.operational]
        if not work:
            return missing(Evidence("no route of a web application was found in the code"))
        return missing(*(Evidence(f"no test asks {_named(route)}", route.file, route.line) for route in work[:SHOWN]))


def _named(route: Route) -> str:
    return f"{route.method} {route.path}".strip()
