"""Continuous integration that runs the tests, with pinned actions and few permissions.

For all else that can go wrong in a workflow there is zizmor.
"""

from __future__ import annotations

import re

from scaffolder.check.contract import contract
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, flawed, missing, not_applicable, unverified
from scaffolder.check.item import Item
from scaffolder.check.readers.ci import ci_runs, runs_tests
from scaffolder.check.readers.workflow import Problem, Workflow, no_workflow, workflows
from scaffolder.results.finding import Evidence, Level

# Code that cannot change: a commit, an image digest, or this repository.
_PINNED = re.compile(r"\./.*|docker://[^@]+@sha256:[0-9a-f]{64}|[^@]+@[0-9a-f]{40}(?:[0-9a-f]{24})?")
_CHECKS = re.compile(r"\b(?:ci|tests?|checks?|lint|ruff|flake8|pylint|mypy|pre-commit|build)\b", re.IGNORECASE)


class ContinuousIntegration(Item):
    """CI workflow: each push or pull request runs the tests."""

    id = "ci"
    level = Level.DEPLOYER
    source = "Google's ML Test Score, Infra 2: code is unit tested; AWS Machine Learning Lens: CI/CD"

    def check(self, repo: Repository) -> Verdict:
        """Write `.github/workflows/ci.yml` that runs on `push` or `pull_request` and has a step that runs the tests.

        A failure must fail the job: no `|| true` and no `continue-on-error`. Readers trust tests that run.
        """
        flows = workflows(repo)
        if not flows:
            return no_workflow(repo)
        if broken := [Evidence(flow.problem[1], flow.path, flow.problem[0]) for flow in flows if flow.problem]:
            return flawed(*broken)
        if tests := next((run for run in ci_runs(repo) if runs_tests(run.command)), None):
            how = f"{tests} on {' and '.join(tests.workflow.triggers[:3])}"
            return done(Evidence(how, tests.workflow.path, tests.step.line))
        starting = [flow for flow in flows if flow.runs_on_change]
        if not starting:
            return missing(*(Evidence("runs on no push and no pull request", flow.path) for flow in flows))
        elsewhere = [step for flow in starting for step in flow.steps if ".github/workflows/" in step.uses]
        if any(not step.uses.startswith("./") for step in elsewhere):
            return unverified(f"{elsewhere[0].uses[:80]} is in another repository, which is not read")
        what = "no step runs tests with a known command, such as pytest, or its failure is ignored"
        is_check = any(
            _CHECKS.search(text) for flow in starting for text in (flow.path, *(step.run for step in flow.steps))
        )
        return (flawed if is_check else missing)(*(Evidence(what, flow.path) for flow in starting))


class SupplyChain(Item):
    """CI trust: actions pinned by commit, least permissions."""

    id = "ci-trust"
    level = Level.DEPLOYER
    source = "AWS Machine Learning Lens: ensure least privilege access; OpenSSF Scorecard: Pinned-Dependencies"

    def check(self, repo: Repository) -> Verdict:
        """Pin each action by its 40-digit commit (`uses: actions/checkout@de0f… # v6`).

        And start with `permissions: contents: read`. A tag can be moved to other code overnight;
        what a job may not do, stolen code in it cannot do either.
        """
        flows = workflows(repo)
        if not flows:
            lack = no_workflow(repo)
            return lack if contract(repo) else not_applicable(lack.reason or str(lack.evidence[0]))
        problems = [(flow.path, *problem) for flow in flows for problem in _distrust(flow)]
        if problems:
            return flawed(*(Evidence(text, path, line) for path, line, text in problems))
        pinned = ((sum(bool(step.uses) for step in flow.steps), flow.path) for flow in flows)
        return done(*(Evidence(f"pinned actions: {count}; restricted permissions", path) for count, path in pinned))


def _distrust(flow: Workflow) -> list[Problem]:
    unpinned = [step for step in flow.steps if step.uses and not _PINNED.fullmatch(step.uses)]
    loose = [(step.line, f"{step.uses[:60]} is not pinned to a commit") for step in unpinned]
    return [*([flow.problem] if flow.problem else []), *loose, *flow.excess]
