"""The time that an answer takes."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.contract import contract
from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.metrics import latency_path, latency_report
from scaffolder.results.finding import Evidence, Level

_QUANTILES = ("p50", "p90", "p95", "p99", "median")


class Latency(Item):
    """Latency: how long an answer takes, as it was measured."""

    id = "latency"
    level = Level.OPERATOR
    needs = "latency"
    source = "Google's ML Test Score, Monitor 6: no regression in serving latency, throughput or memory"

    def check(self, repo: Repository) -> Verdict:
        """Measure how long an answer takes, keep the report in the repository and show p50 and p95 in a table.

        A number without its report cannot be believed, and without a number nobody can promise a response time.

        Run `make evaluate`, or `make load` where there is a load test: a page then shows p50 and p95.
        """
        report, path = latency_report(repo), latency_path(repo)
        if report is None:
            return missing(Evidence("there is no such file, or it is not JSON", path))
        declared = contract(repo)
        block = self.id if declared and any(self.id in names for names in declared.blocks.values()) else None
        shown = next((place for page in documents(repo) for place in _tables(page, block)), None)
        return done(shown) if shown else missing(Evidence("no table shows what was measured", path))


def _tables(page: Document, block: str | None) -> Iterator[Evidence]:
    """The tables with a column for a quantile.

    If the contract names a measured block for them, no other table counts, since it may be about something else.
    """
    for part in page.blocks:
        titles = part.table.header if part.table and (block is None or part.measured == block) else ()
        if any(name in plain(title).casefold().split() for title in titles for name in _QUANTILES):
            yield Evidence("a table shows how long an answer takes", page.path, part.line)
