"""The time that an answer takes."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.contract import contract
from scaffolder.check.documents import documents
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, in_vain, missing
from scaffolder.check.engine.repository import Repository
from scaffolder.check.item import Item
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.metrics import latency_path, latency_report
from scaffolder.check.readers.numbers import Bag, Number, numbers_in
from scaffolder.check.readers.values import numbers_of

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
        measured = Bag(numbers_of(report))
        declared = contract(repo)
        block = self.id if declared and any(self.id in names for names in declared.blocks.values()) else None
        printed = [(page.path, line, number) for page in documents(repo) for number, line in _latencies(page, block)]
        wrong = [
            Evidence(f"{number.text.strip()} is not in {path}", page, line)
            for page, line, number in printed
            if not measured.holds(number)
        ]
        if wrong:
            return in_vain(*wrong)
        if not printed:
            return missing(Evidence("no table shows what was measured", path))
        page, line, _ = printed[0]
        return done(Evidence(f"{path} has each latency in this table", page, line))


def _latencies(page: Document, block: str | None) -> Iterator[tuple[Number, int]]:
    """The numbers with a decimal point in the columns of quantiles, and in the columns to their right.

    If the contract names a measured block for them, no other table is read, since it may be about something else.
    """
    for table in (each.table for each in page.blocks if each.table and (block is None or each.measured == block)):
        titles = [plain(cell).casefold() for cell in table.header]
        first = next((at for at, title in enumerate(titles) if any(name in title.split() for name in _QUANTILES)), None)
        if first is not None:
            for row, line in zip(table.rows, table.row_lines, strict=False):
                for cell in row[first:]:
                    yield from ((number, line) for number in numbers_in(plain(cell)) if number.decimals)
