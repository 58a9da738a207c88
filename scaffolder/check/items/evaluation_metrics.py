"""Documents that show the measured numbers and no others."""

from __future__ import annotations

from scaffolder.check.documents import model_card
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, counted, done, flawed, placeholder
from scaffolder.check.item import Item
from scaffolder.check.measured_blocks import NOT_MEASURED, measured_blocks, nothing_measured, unstamped
from scaffolder.check.readers.metrics import PATH, latency_path, metrics
from scaffolder.results.finding import Evidence, Level


class EvaluationMetrics(Item):
    """Evaluation metrics: the numbers in measured blocks are those of the run, and the important ones are there."""

    id = "evaluation-metrics"
    level = Level.BUILDER
    needs = "measures"
    source = "Checklist of strong portfolios: evaluation metrics; Hugging Face model card: evaluation"
    essential = True

    def check(self, repo: Repository) -> Verdict:
        """Let a program write what it measured into a table of README.md, with the command that measures it again.

        One number that was not measured makes all the others worthless to a careful reader.

        Run `make demo` (or `make evaluate report`) and change nothing in a measured block by hand. The blocks of
        README.md, and of the pages that scaffolder.toml lists, must be as `make report` wrote them, and show every
        metric that has a gate.
        """
        measured = metrics(repo)
        if measured is None:
            return nothing_measured(repo)
        if unknown := unstamped(repo):
            return unknown
        card = model_card(repo)
        blocks = [block for block in measured_blocks(repo) if not card or block.path != card.path]
        timed = repo.snapshot.is_file(latency_path(repo))  # until answers are timed, one block has to wait for it
        if unfilled := [block for block in blocks if timed and NOT_MEASURED in block.text]:
            return placeholder(*(Evidence("not measured yet", block.path, block.line) for block in unfilled))
        shown = {metric: block for block in reversed(blocks) for metric in block.metrics if not block.fault}
        wrong = [block.problem for block in blocks if block.fault]
        wrong += [
            Evidence(f"{measured.score(metric)} of {metric} is in no measured block", PATH)
            for metric in measured.headline
            if metric not in shown
        ]
        if wrong:
            return flawed(*wrong)
        first = [(metric, shown[metric]) for metric in measured.headline[:3]]
        total = Evidence(f"{counted(len(blocks), 'measured block')} as `make report` wrote them", PATH)
        return done(
            *(Evidence(f"{metric} {measured.score(metric)}", block.path, block.line) for metric, block in first), total
        )
