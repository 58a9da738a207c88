"""Documents that show the measured numbers and no others."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.contract import contract
from scaffolder.check.documents import documents, measured_pages, model_card, readme
from scaffolder.check.engine.finding import SHOWN, Evidence, Level, Verdict, absent, done, in_vain, missing, placeholder
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.item import Item
from scaffolder.check.measurements import measurements
from scaffolder.check.readers.claims import claims
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.metrics import PATH, latency_path, metrics
from scaffolder.check.readers.stray_numbers import stray_numbers

NOT_MEASURED = "Not measured yet"


class EvaluationMetrics(Item):
    """Evaluation metrics: each number in the README is the one that was measured, and the important ones are there."""

    id = "evaluation-metrics"
    level = Level.BUILDER
    needs = "measures"
    source = "Checklist of strong portfolios: evaluation metrics; Hugging Face model card: evaluation"
    essential = True

    def check(self, repo: Repository) -> Verdict:
        """Let a program write what it measured into a table of README.md, with the command that measures it again.

        One number that was not measured makes all the others worthless to a careful reader.

        Run `make demo` (or `make evaluate report`) and change no number by hand. The tables and measured blocks of
        README.md, and of the pages that scaffolder.toml lists, must say what the reports say, and show every metric
        that has a gate.
        """
        measured, page = metrics(repo), readme(repo)
        if measured is None or page is None:
            return nothing_measured(repo)
        if unfilled := tuple(_unfilled(repo)):
            return placeholder(*unfilled)
        note_stray_numbers(repo)
        paths = [each.path for each in measured_pages(repo)]
        found = [claim for path in paths for claim in claims(repo)[path] if not claim.of_slice]
        unlike = [claim for claim in found if not claim.right]
        wrong = [claim.evidence for claim in unlike]
        shown = {claim.metric: claim for claim in reversed(found) if claim.entry and claim.entry.group == "metrics"}
        named = {claim.metric for claim in found}
        wrong += [
            Evidence(f"{measured.score(name)} of {name} is nowhere in {' or '.join(paths)}", PATH)
            for name in measured.headline
            if name not in shown and name not in named
        ]
        if wrong:
            return (missing if any(claim.expected for claim in unlike) else in_vain)(*wrong)
        first = [shown[name] for name in measured.headline[:3] if name in shown]
        total = Evidence(
            f"{len(found)} numbers in tables and measured blocks were compared, and the reports have them all",
            page.path,
        )
        return done(*(claim.evidence for claim in first), total)

    def find(self, repo: Repository) -> Iterator[Evidence]:
        """Yield the values of metrics anywhere, which nobody compared with a report."""
        yield from measurements(repo)


def nothing_measured(repo: Repository) -> Verdict:
    """The verdict without a report: a placeholder if the README itself says that nothing was measured yet."""
    page = readme(repo)
    line = _line_of(page, NOT_MEASURED) if page else None
    if page and line:
        return placeholder(Evidence("not measured yet", page.path, line))
    return absent(Evidence("there is no such file", PATH))


def _unfilled(repo: Repository) -> Iterator[Evidence]:
    """The declared measured blocks that are gone and, once answers were timed, what is still "Not measured yet".

    An experiment may wait to be measured: the records of decisions show no results of the project.
    """
    declared = contract(repo)
    pages = {page.path: page for page in documents(repo)}
    for path, names in declared.blocks.items() if declared else ():
        page = pages.get(path)
        for name in names:
            if page is None or (name not in page.measured and f"measured:{name}" not in page.front_matter):
                yield Evidence(f"the measured block {name} is gone", path)
    if repo.snapshot.is_file(latency_path(repo)):
        records = f"{declared.decisions if declared else ''}/"
        for page in pages.values():
            if not page.path.startswith(records) and (line := _line_of(page, NOT_MEASURED)):
                yield Evidence("not measured yet", page.path, line)


@fact
def note_stray_numbers(repo: Repository) -> None:
    """Add a note on numbers in sentences that name a metric which has no such value; it changes no verdict."""
    measured, pages = metrics(repo), (readme(repo), model_card(repo))
    found = [
        (text, page.path, line) for page in pages if page and measured for text, line in stray_numbers(page, measured)
    ]
    if found:
        few = ", ".join(f"{path}:{line} “{text}”" for text, path, line in found[:SHOWN])
        more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
        repo.snapshot.note(f"Check these numbers: no report has them for the metric named beside them: {few}{more}.")


def _line_of(page: Document, text: str) -> int | None:
    return next((number for number, line in enumerate(page.lines, 1) if text in line), None)
