"""The score of a simpler answer."""

from __future__ import annotations

from scaffolder.check.documents import README, measured_pages
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.repository import Repository
from scaffolder.check.item import Item
from scaffolder.check.items.evaluation_metrics import nothing_measured
from scaffolder.check.readers.claims import claims
from scaffolder.check.readers.metrics import PATH, metrics


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
        headline = measured.headline[0]
        shown = [
            claim
            for page in pages
            for claim in claims(repo)[page.path]
            if claim.entry and claim.entry.group == "baseline" and claim.metric in measured.headline
        ]
        if not shown:
            return missing(Evidence(f"no table shows a baseline's {headline} beside the model's", README))
        claim = min(shown, key=lambda claim: claim.metric != headline)
        beside = f"{claim.metric} {claim.expected} beside {measured.score(claim.metric)}"
        return done(Evidence(beside, claim.path, claim.line))
