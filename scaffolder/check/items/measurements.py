"""The measured numbers on the pages: the metrics, beside a simpler answer and by slice, the figures and the latency."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from scaffolder.check.contract import contract
from scaffolder.check.documents import FIGURES, README, documents, measured_pages, model_card
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, counted, done, flawed, missing, placeholder
from scaffolder.check.item import Item
from scaffolder.check.measured_blocks import NOT_MEASURED, measured_blocks, nothing_measured, unstamped
from scaffolder.check.readers.images import problem
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.metrics import PATH, latency_path, latency_report, metrics
from scaffolder.results.finding import Evidence, Level

LEAST = 2  # slices
MOST_LABELS = 50  # of models or slices that are looked for

_QUANTILES = ("p50", "p90", "p95", "p99", "median")
_NO_LABEL = re.compile(r"[^\w%]+|_")


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


class Figures(Item):
    """Figures: the results are drawn, and each figure that a page shows exists."""

    id = "figures"
    level = Level.BUILDER
    needs = "measures"
    source = "Checklist of strong portfolios: evaluation shown, not only told"

    def check(self, repo: Repository) -> Verdict:
        """Draw the results, commit the picture and show it in README.md.

        A curve shows in a second what a table hides, such as where the threshold lies.

        Run `make demo` and commit reports/figures, which README.md and the pages that scaffolder.toml lists show.
        """
        pages = measured_pages(repo)
        shown = {
            path: Evidence(path, page.path, link.line)
            for page in reversed(pages)
            for link, path in files(page.images, page.path)
            if path.startswith(FIGURES)
        }
        if not shown:
            waits = any(NOT_MEASURED in page.text for page in pages)
            return nothing_measured(repo) if waits else missing(Evidence(f"it shows no image below {FIGURES}", README))
        wrong = [replace(at, fact=f"{path}: {said}") for path, at in shown.items() if (said := problem(repo, path))]
        if wrong:
            return flawed(*wrong)
        first = next(iter(shown.values()))
        return done(replace(first, fact=f"{len(shown)} figures, such as {first.fact}"))


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


def naming(pages: Iterable[Document], labels: Iterable[str]) -> Iterator[tuple[str, Evidence]]:
    """The labels, of the first `MOST_LABELS`, that the pages show, each with the first place that does."""
    wanted = {label: f" {_words(label)} " for label in list(dict.fromkeys(labels))[:MOST_LABELS]}
    blocks = [(f" {_words(block.text)} ", page.path, block.line) for page in pages for block in page.blocks]
    for label, words in wanted.items():
        place = next(((path, line) for text, path, line in blocks if words in text), None)
        if place and words.strip():
            yield label, Evidence(f"shows {plain(label)}", *place)


def _words(text: str) -> str:
    """'**sex = f**' -> 'sex f', so that a label is recognised however it is marked up."""
    return " ".join(_NO_LABEL.sub(" ", plain(text).casefold()).split())


def _tables(page: Document, block: str | None) -> Iterator[Evidence]:
    """The tables with a column for a quantile.

    If the contract names a measured block for them, no other table counts, since it may be about something else.
    """
    for part in page.blocks:
        titles = part.table.header if part.table and (block is None or part.measured == block) else ()
        if any(name in plain(title).casefold().split() for title in titles for name in _QUANTILES):
            yield Evidence("a table shows how long an answer takes", page.path, part.line)
