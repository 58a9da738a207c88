"""Builder: every number was measured, by a run that can be named, and stands beside a baseline."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing, not_applicable, placeholder
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.claims import Claim, Outcome
from scaffolder.check.numbers.metrics import Metrics
from scaffolder.check.numbers.provenance import altered_models, data_file, miscited, unrecorded
from scaffolder.check.numbers.recompute import Recomputed
from scaffolder.check.readers.csv import Rows
from scaffolder.check.readers.images import Picture
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Document

SHOWN = 5  # pieces of evidence
README = "README.md"
METRICS = "reports/metrics.json"
NOT_MEASURED = "Not measured yet"


def _nothing_measured(readme: Document | None) -> Verdict:
    """The verdict where no metrics.json is: a placeholder if the README says itself that nothing was measured."""
    lines = enumerate(readme.lines if readme else (), 1)
    line = next((number for number, text in lines if NOT_MEASURED in text), None)
    if readme and line:
        return placeholder(Evidence("not measured yet", readme.path, line))
    return missing(Evidence("there is no such file, or it holds no number", METRICS))


class EvaluationMetrics(Item):
    """Evaluation metrics: each number in the README is the one that was measured, and the important ones are there."""

    id = "evaluation-metrics"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: evaluation metrics; Hugging Face model card: evaluation"
    essential = True

    def check(self, readme: Document | None, metrics: Metrics | None, claims: tuple[Claim, ...]) -> Verdict:
        """Run `make demo` (or `make evaluate report`) and change no number by hand.

        README.md must say what reports/metrics.json says, in tables and in sentences, and show every metric that has a
        gate. One number that was not measured makes all the others worthless to a careful reader.
        """
        path = readme.path if readme else README
        wrong = [Evidence(str(claim), path, claim.line) for claim in claims if claim.outcome is not Outcome.EQUAL]
        if metrics is None:
            return missing(*wrong[:SHOWN]) if wrong else _nothing_measured(readme)
        shown = {claim.metric: claim for claim in reversed(claims) if claim.entry and claim.entry.group == "metrics"}
        wrong += [
            Evidence(f"{metrics.score(name)} of {name} is nowhere in {path}", metrics.path)
            for name in metrics.headline
            if name not in shown and not _named_wrongly(name, claims)
        ]
        if wrong:
            return missing(*wrong[:SHOWN])
        first = [shown[name] for name in metrics.headline[:3]]
        total = Evidence(f"all {len(claims)} numbers on metrics equal {metrics.path}", path)
        return done(*(Evidence(str(claim), path, claim.line) for claim in first), total)


def _named_wrongly(metric: str, claims: tuple[Claim, ...]) -> bool:
    return any(claim.metric == metric and claim.outcome is not Outcome.EQUAL for claim in claims)


class RecomputedMetrics(Item):
    """Recomputed metrics: the predictions of the test rows give the metrics that are reported."""

    id = "recomputed-metrics"
    level = Level.BUILDER
    source = "Google's ML Test Score, Model 1 and Infra 1: results are reproducible from what is kept"

    def check(
        self,
        metrics: Metrics | None,
        predictions: Rows | None,
        recomputed: tuple[Recomputed, ...],
        readme: Document | None,
    ) -> Verdict:
        """Write reports/predictions.csv (row, actual, predicted) in the run that writes metrics.json, and commit both.

        `make evaluate` writes them.
        With the predictions anybody can compute the scores again, so that nobody has to take your word for them.
        """
        if metrics is None:
            return _nothing_measured(readme)
        wrong = [each for each in recomputed if not each.same]
        if wrong:
            path = predictions.path if predictions else metrics.path
            return missing(
                *(
                    Evidence(f"{each.metric} is {each.value:.6g} by {path}, not {each.reported:.6g}", metrics.path)
                    for each in wrong[:SHOWN]
                )
            )
        if recomputed and predictions:
            names = ", ".join(each.metric for each in recomputed)
            fact = f"its {len(predictions.records):,} rows give {names} as reported"
            return done(Evidence(fact, predictions.path))
        if predictions is None and metrics.task.startswith(("tabular", "question-answering")):
            return missing(Evidence("there is no such file", "reports/predictions.csv"))
        return not_applicable("none of the reported metrics can be computed from a table of predictions")


class Provenance(Item):
    """Provenance of the run: command, seed, commit and the hash of the data, which is that of the data here."""

    id = "provenance"
    level = Level.BUILDER
    source = "Google's ML Test Score, Infra 1: training is reproducible; Hugging Face model card: training details"

    def check(
        self, metrics: Metrics | None, readme: Document | None, model_card: Document | None, snapshot: Snapshot
    ) -> Verdict:
        """Commit the code, then run `make demo`: it records command, seed, commit and data hash, and shows them.

        They belong into `run` of reports/metrics.json and into README.md. A result that nobody can trace to code and
        data is a rumour.
        """
        if metrics is None:
            return _nothing_measured(readme)
        problems = [Evidence(what, metrics.path) for what in unrecorded(metrics.run)]
        found = data_file(metrics.run, snapshot) if metrics.run.data_sha256 else None
        if found and found.problem:
            problems.append(Evidence(found.problem, found.path))
        problems += altered_models(metrics.run, snapshot)
        problems += miscited(metrics.run, [document for document in (readme, model_card) if document])
        if problems or found is None:
            return missing(*problems[:SHOWN])
        commit, seed = (metrics.run.commit or "")[:12], metrics.run.seed
        return done(
            Evidence(f"`{metrics.run.command}` at {commit}, seed {seed}", metrics.path),
            Evidence(found.fact, found.path),
        )


class Baseline(Item):
    """Baseline: what a simpler answer scores stands beside the model's score."""

    id = "baseline"
    level = Level.BUILDER
    source = "Google's ML Test Score, Model 5: a simpler model is not better; Google's Rules of ML, rule 4"

    def check(self, metrics: Metrics | None, claims: tuple[Claim, ...], readme: Document | None) -> Verdict:
        """Measure a trivial answer (the mean, last week's value) on the same rows and show it beside the model's score.

        It belongs into `baseline` of reports/metrics.json and into the table in README.md.
        Without it nobody can tell whether the model is worth its cost.
        """
        if metrics is None:
            return _nothing_measured(readme)
        beside = [entry for entry in metrics.baselines if metrics.score(entry.metric)]
        if not beside:
            return missing(Evidence("it has no `baseline` with a metric of the model's", metrics.path))
        path = readme.path if readme else README
        headline = metrics.headline[0]
        shown = [
            claim
            for claim in claims
            if claim.entry and claim.entry.group == "baseline" and claim.metric in metrics.headline
        ]
        if not shown:
            return missing(Evidence(f"no baseline's {headline} stands beside the model's", path))
        claim = min(shown, key=lambda claim: (claim.metric != headline, claim.line))
        return done(Evidence(f"{claim.metric} {claim.expected} beside {metrics.score(claim.metric)}", path, claim.line))


class Figures(Item):
    """Figures: the results are drawn, and each figure that the README shows is there."""

    id = "figures"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: evaluation shown, not only told"

    def check(self, readme: Document | None, images: Callable[[str], Picture]) -> Verdict:
        """Run `make demo` and commit reports/figures, which README.md shows.

        A curve shows in a second what a table hides, such as where the threshold lies.
        """
        pictures = list(_result_pictures(readme, images)) if readme else []
        wrong = [evidence for evidence, picture in pictures if picture.problem]
        if wrong:
            return missing(*wrong[:SHOWN])
        if not pictures:
            unmeasured = readme and NOT_MEASURED in readme.text
            return _nothing_measured(readme) if unmeasured else missing(Evidence("no figure shows a result", README))
        evidence, _ = pictures[0]
        return done(evidence, Evidence(f"{len(pictures)} figures", evidence.path))


def _result_pictures(readme: Document, images: Callable[[str], Picture]) -> Iterator[tuple[Evidence, Picture]]:
    """The images outside the sections that have an item of their own for theirs."""
    apart = [section for name in ("architecture", "demo") if (section := readme.section(name))]
    for link, path in files(readme.images, readme.path):
        if not any(section.line <= link.line <= section.end for section in apart):
            picture = images(path)
            fact = f"{path}: {picture.problem or picture}"
            yield Evidence(fact, readme.path, link.line), picture
