"""Workflows that run fixed code and may do little; what else can go wrong in them is zizmor's to say."""

from __future__ import annotations

from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.workflow import Problem, Workflow, no_workflow, workflows

SHOWN = 5  # pieces of evidence


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
            return no_workflow(repo)
        problems = [(flow.path, *problem) for flow in flows for problem in _distrust(flow)]
        if problems:
            return missing(*(Evidence(text, path, line) for path, line, text in problems[:SHOWN]))
        pinned = sum(bool(step.uses) for flow in flows for step in flow.steps)
        return done(Evidence(f"{pinned} actions pinned, permissions restricted", flows[0].path))


def _distrust(flow: Workflow) -> list[Problem]:
    unpinned = [step for step in flow.steps if step.uses and not step.pinned]
    loose = [(step.line, f"{step.uses[:60]} is pinned by no commit") for step in unpinned]
    return [*([flow.problem] if flow.problem else []), *loose, *flow.excess]
