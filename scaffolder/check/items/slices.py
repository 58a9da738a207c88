"""The metrics by slice."""

from __future__ import annotations

from scaffolder.check.documents import documents
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, in_vain, missing
from scaffolder.check.engine.repository import Repository
from scaffolder.check.item import Item
from scaffolder.check.items.evaluation_metrics import nothing_measured
from scaffolder.check.readers.claims import claims, label
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_blocks import Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.metrics import PATH, Metrics, metrics

LEAST = 2  # slices

_TITLES = ("slice", "slices", "segment", "segments", "group", "groups", "subgroup", "cohort", "subset")


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
        pages = documents(repo)
        found = [claim for page in pages for claim in claims(repo)[page.path] if claim.of_slice]
        unlike = [claim for claim in found if not claim.right]
        wrong = [claim.evidence for claim in unlike]
        wrong += [each for page in pages for each in _unmeasured(page, measured)]
        if wrong:
            return (missing if any(claim.expected for claim in unlike) else in_vain)(*wrong)
        if len({claim.entry.label for claim in found if claim.entry}) < LEAST:
            return missing(Evidence("no table shows the slices", PATH))
        return done(Evidence(f"{len(found)} numbers by slice are those of the reports", found[0].path, found[0].line))


def _unmeasured(page: Document, measured: Metrics) -> list[Evidence]:
    """The rows of tables of slices that name a slice which no report has."""
    known = {label(entry.label) for entry in measured.slices}
    return [
        Evidence(f"no report has the slice “{plain(row[0])[:40]}”", page.path, line)
        for table in page.tables
        if _is_of_slices(table)
        for row, line in zip(table.rows, table.row_lines, strict=False)
        if "=" in row[0] and label(row[0]) not in known
    ]


def _is_of_slices(table: Table) -> bool:
    return bool(table.header) and label(table.header[0]) in _TITLES
