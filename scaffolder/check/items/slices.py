"""The metrics by slice."""

from __future__ import annotations

from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, missing
from scaffolder.check.item import Item
from scaffolder.check.measured_blocks import naming, nothing_measured
from scaffolder.check.readers.metrics import PATH, metrics
from scaffolder.results.finding import Evidence, Level

LEAST = 2  # slices


class Slices(Item):
    """Metrics by slice: how good it is for each group of cases, as measured."""

    id = "slices"
    level = Level.DEPLOYER
    needs = "slices"
    source = "Google's ML Test Score, Model 6: quality is sufficient on all important slices; NIST AI RMF, MEASURE 2.11"

    def check(self, repo: Repository) -> Verdict:
        """Measure it also for each of at least two groups of cases, and show them in a table.

        An average hides the group for which the model fails.

        Measure at least two slices into `slices` of reports/metrics.json and show them in a table, which
        `make report` writes.
        """
        measured = metrics(repo)
        if measured is None:
            return nothing_measured(repo)
        if len({entry.label for entry in measured.slices}) < LEAST:
            return missing(Evidence(f"its `slices` are fewer than {LEAST}", PATH))
        shown = list(naming(documents(repo), (entry.label for entry in measured.slices)))
        if len(shown) < LEAST:
            return missing(Evidence("no document shows the slices", PATH))
        return done(*(place for _, place in shown))
