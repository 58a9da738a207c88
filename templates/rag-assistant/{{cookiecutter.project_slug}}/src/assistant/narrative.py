"""Sentences for the measured blocks. They only say what the numbers say."""

from __future__ import annotations

from collections.abc import Mapping

from .evaluation.record import BM25, Comparison, Corpus, Measured, Trial, Tuning
from .reporting.markdown import estimate, number
from .reporting.sections import clearly_worse
from .settings import Settings

CLEAR = 0.05  # p-values below it


def headline(report: Measured) -> str:
    """The result in words that a reader outside the field understands."""
    asked = next(one for one in report.questions if one.split == "test")
    answered, right, refused = (
        report.metric(name).value for name in ("answer_rate", "answer_containment", "abstention_recall")
    )
    score = report.metric(report.headline)
    rival = next(one for one in report.baseline if (one.model, one.name) == (BM25, score.name))
    (versus,) = report.difference
    unanswerable = asked.questions - asked.answerable
    return (
        f"It was asked {asked.questions} questions that were not used for tuning. It answers {answered:.0%} of the "
        f"{asked.answerable} that its documents answer, citing the sentences behind each answer, and finds "
        f"the expected words for {right:.0%}; it refuses {refused:.0%} of the {unanswerable} that they do not answer. "
        f"It ranks the right passages {ranked(versus)}: {report.title(score.name)} is "
        f"{estimate(score.value, score.ci95)}, and {number(rival.value, score.value)} for {BM25}; "
        f"the gain has p = {versus.p:.4f}."
    )


def ranked(versus: Comparison) -> str:
    """The outcome of the planned comparison, in words."""
    if versus.p >= CLEAR:
        return "not clearly higher than keyword search"
    return "higher than keyword search" if versus.value > 0 else "**lower than keyword search**"


def corpus(corpus: Corpus) -> str:
    return (
        f"{corpus.title}: {corpus.documents:,} documents of {corpus.characters:,} characters "
        f"({counted(corpus.kinds)}), split into {corpus.chunks:,} passages."
    )


def counted(names: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in names.items())


def measured_on(report: Measured) -> str:
    dev, test = (next(one for one in report.questions if one.split == split) for split in ("dev", "test"))
    return (
        f"Measured on {test.questions} test questions, {test.answerable} of them answerable. Configuration and "
        f"threshold were chosen on {dev.questions} other questions, the dev split. In brackets: 95% bootstrap "
        "intervals over questions."
    )


def gain(report: Measured) -> str:
    """The planned comparison."""
    (versus,) = report.difference
    score = report.metric(report.headline)
    verdict = "clear" if versus.p < CLEAR and versus.value > 0 else "**not clear**"
    return (
        f"The gain over {versus.versus} in {report.title(score.name)} is "
        f"{estimate(versus.value, versus.ci95, score.value)}, {verdict}: p = {versus.p:.4f} in a paired "
        "permutation test over questions."
    )


def choice(report: Measured) -> str:
    """Whether the served configuration is the best on the dev questions, and how it does on the test questions."""
    on_dev = {one.model: one.scores[report.headline].dev for one in report.ablation}
    best, count = max(on_dev, key=lambda model: on_dev[model]), len(on_dev)
    if on_dev[best] == on_dev[report.model]:
        verdict = f"The served configuration is the best of {count} on the dev questions."
    else:
        verdict = (
            f"On the dev questions the best of {count} configurations is {best} with {number(on_dev[best])}; "
            f"the served one has {number(on_dev[report.model], on_dev[best])}."
        )
    return (
        f"{verdict} {against_bm25(report)} P-values come from paired permutation tests over the test questions, "
        f"adjusted by Holm's method for the {count - 1} comparisons. All combinations: "
        "[reports/ablation.csv](reports/ablation.csv)."
    )


def where(settings: Settings) -> str:
    """A note that the ablation ran in a different database than the service uses; empty if it did not."""
    if settings.store.backend == "sqlite":
        return ""
    return "All of this ran in SQLite. PostgreSQL splits some words differently, so its BM25 differs a little."


def mixture(tuning: Tuning, settings: Settings) -> str:
    """Which weight in the hybrid is best on the dev questions; empty if none was tuned."""
    best, used = tuning.best_mixture, tuning.mixture(settings.retrieval.dense_weight)
    if best is None or used is None:
        return ""
    if best.score <= used.score:
        return f"In the hybrid, embeddings have a weight of {used.dense_weight:g}, the best one on the dev questions."
    return (
        f"In the hybrid, embeddings have a weight of {used.dense_weight:g}; on the dev questions {best.dense_weight:g} "
        f"is better (`make tune`), with {number(best.score)} instead of {number(used.score, best.score)}."
    )


def against_bm25(report: Measured) -> str:
    """How many configurations are clearly better than BM25 alone."""
    better = [one for one in report.ablation if clearly_better(one)]
    return f"{len(better)} of them are clearly better than {BM25} on the test questions (adjusted p below {CLEAR})."


def clearly_better(trial: Trial) -> bool:
    versus = trial.versus(BM25)
    return versus is not None and versus.value > 0 and versus.adjusted < CLEAR


def abstention(report: Measured, tuning: Tuning) -> str:
    """How the threshold was found, and what it does on the test questions."""
    found = report.abstention
    recall, rate = report.metric("abstention_recall"), report.metric("answer_rate")
    chosen = (
        f"Below a confidence of {found.threshold:g} a question is refused. On the dev questions this answers "
        f"{found.answered:.0%} of the {tuning.answerable} answerable and refuses {found.refused:.0%} of the "
        f"{tuning.unanswerable} unanswerable."
    )
    if found.agrees:
        verdict = (
            "No other threshold makes the smaller of these shares larger; "
            f"all from {number(tuning.good_from)} to {number(tuning.good_to)} are equally good."
        )
    else:
        verdict = (
            f"**`settings.toml` does not have the tuned value**: {found.tuned:g} answers {found.tuned_answered:.0%} "
            f"and refuses {found.tuned_refused:.0%} (`make tune`)."
        )
    low, high = tuning.ci95
    return (
        f"{chosen} {verdict} The dev split is small: the best threshold has a 95% interval from "
        f"{number(low)} to {number(high)}. On the test questions {report.title(recall.name)} is "
        f"{estimate(recall.value, recall.ci95)} and {report.title(rate.name)} is {estimate(rate.value, rate.ci95)}."
    )


def worst(shown: int) -> str:
    return (
        f"The {shown} worst test questions; confident wrong answers come first. "
        "More, with the answers, are in [reports/errors.csv](reports/errors.csv)."
    )


def slices(report: Measured) -> str:
    """Which slices are clearly worse than the whole."""
    worse = [one for one in report.slices if clearly_worse(one, report)]
    if not worse:
        return "No slice has an interval of a score that is entirely worse than the value for all test questions."
    listed = ", ".join(
        f"{one.name} ({report.title(one.metric)} {number(one.value, report.metric(one.metric).value)})" for one in worse
    )
    return f"Clearly worse (the whole interval is worse than the value for all test questions): {listed}."
