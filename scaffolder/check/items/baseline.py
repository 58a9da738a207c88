"""The score of a simpler answer."""

from __future__ import annotations

from dataclasses import replace

from scaffolder.check.documents import README, measured_pages
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, missing
from scaffolder.check.item import Item
from scaffolder.check.measured_blocks import naming, nothing_measured
from scaffolder.check.readers.metrics import PATH, metrics
from scaffolder.results.finding import Evidence, Level


class Baseline(Item):
    """Baseline: what a simpler answer scores stands beside the model's score."""

    id = "baseline"
    level = Level.BUILDER
    needs = "measures"
    source = "Google's ML Test Score, Model 5: a simpler model is not better; Google's Rules of ML, rule 4"

    def check(self, repo: Repository) -> Verdict:
        """Measure a trivial answer (the mean, last week's value) on the same rows and show it beside the model's score.

        Without it nobody can tell whether the model is worth its cost.

        Measure a trivial answer (the mean, last week's value) on the same rows and show it beside the model's score. It
        belongs into `baseline` of reports/metrics.json and into a table of README.md, or of a page that scaffolder.toml
        lists.
        """
        measured, pages = metrics(repo), measured_pages(repo)
        if measured is None:
            return nothing_measured(repo)
        if not any(measured.score(entry.metric) for entry in measured.baselines):
            return missing(Evidence("it has no `baseline` with a metric that `metrics` has, too", PATH))
        rules = [entry for entry in measured.baselines if entry.metric in measured.headline]
        shown = next(naming(pages, (entry.label for entry in rules)), None)
        if shown is None:
            return missing(Evidence(f"no page shows a baseline's {measured.headline[0]} beside the model's", README))
        label, place = shown
        rule = next(entry for entry in rules if entry.label == label)
        return done(replace(place, fact=f"{rule.metric} {rule} beside {measured.score(rule.metric)}"))
