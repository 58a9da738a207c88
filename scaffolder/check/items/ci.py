"""Continuous integration that runs the tests."""

from __future__ import annotations

from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing, unverified
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.ci import ci_runs, runs_tests
from scaffolder.check.readers.workflow import no_workflow, workflows

SHOWN = 5  # pieces of evidence


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
            return missing(*broken[:SHOWN])
        if tests := next((run for run in ci_runs(repo) if runs_tests(run.command)), None):
            how = f"{tests} on {' and '.join(tests.workflow.triggers[:3])}"
            return done(Evidence(how, tests.workflow.path, tests.step.line))
        starting = [flow for flow in flows if flow.runs_on_change]
        if not starting:
            return missing(*(Evidence("runs on no push and no pull request", flow.path) for flow in flows[:SHOWN]))
        elsewhere = [step for flow in starting for step in flow.steps if ".github/workflows/" in step.uses]
        if any(not step.uses.startswith("./") for step in elsewhere):
            return unverified(f"{elsewhere[0].uses[:80]} is in another repository, which is not read")
        what = "no step whose failure counts has a command known to run tests, such as pytest, unittest or tox"
        return missing(*(Evidence(what, flow.path) for flow in starting[:SHOWN]))
