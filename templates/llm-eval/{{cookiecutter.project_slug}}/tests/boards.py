"""A small report with hostile names, for the tests of the page and of the figures."""

from bench.error_analysis import Example
from bench.evaluation.comparison import Comparison
from bench.leaderboards import Board, Entry, EvaluationReport
from bench.matrix import Experiment
from bench.reporting.metrics import Metric, Run, Slice

HOSTILE = "</script><script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>\"'&"


def report(price: float = 0.0) -> EvaluationReport:
    """Two boards: one of search, which leads, and one whose systems may cost money and have odd names."""
    run = Run(
        command=HOSTILE, commit=None, seed=1, data_sha256="0" * 64, rows=9, python="3", started_at="now", seconds=1
    )
    first = Experiment(
        task="search", question=HOSTILE, factor="retriever", baseline="a", candidate="b", grid={"retriever": ["a", "b"]}
    )
    names = ["x", *(f"{place}$<b>{HOSTILE[:place]}" for place in range(13))]
    second = Experiment(
        task="classify", question="?", factor="classifier", baseline="x", candidate=names[1], grid={"classifier": names}
    )
    boards = [board("odd/<name>", second, names, price), board("search", first, ["a", "b"], 0)]
    slices = [Slice(name=HOSTILE, n=5, metric=boards[1].metric, value=0.5, ci95=(0.4, 0.6))]
    metrics = boards[1].entries[1].metrics
    return EvaluationReport(
        task="t",
        run=run,
        metrics=metrics,
        slices=slices,
        model="b",
        lead="search",
        boards=boards,
        errors={HOSTILE: 1},
        skipped={HOSTILE: HOSTILE},
        accesses=2,
    )


def board(name: str, experiment: Experiment, systems: list[str], price: float) -> Board:
    metric = "ndcg_at_10" if experiment.task == "search" else "accuracy"
    entries = [
        Entry(
            system=system,
            n=9,
            metrics=[Metric(name=metric, value=0.5 + place / 90, ci95=(0.4, 0.7), higher_is_better=True)],
            p50_ms=place,  # 0 ms, too
            p95_ms=2 * place,
            tokens=place * price,
            price=place * price,
        )
        for place, system in enumerate(systems)
    ]
    comparisons = [
        Comparison(*pair, 9, 0.1, (-0.1, 0.3), 0.04, 0.4, 25, None if pair[1] == "b" else 0.2, 3, 5, 1, "undecided")
        for pair in [*((systems[0], one) for one in systems[1:]), *((one, systems[1]) for one in systems[2:])]
    ]
    return Board(
        name=name,
        experiment=experiment,
        metric=metric,
        unit="case",
        entries=entries,
        comparisons=comparisons[: len(systems) - 1],
        rivals=comparisons[len(systems) - 1 :],
    )


def example(id: str, kind: str, candidate: float, baseline: float, text: str = HOSTILE) -> Example:
    return Example(
        id=id,
        kind=kind,
        text=text,
        gold=HOSTILE,
        candidate=HOSTILE,
        baseline="",
        candidate_score=candidate,
        baseline_score=baseline,
        shown=[HOSTILE],
        slices={"type": HOSTILE},
    )
