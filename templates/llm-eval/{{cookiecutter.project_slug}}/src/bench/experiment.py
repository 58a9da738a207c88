"""Measure a system beside another one on the dev cases alone: `make experiment NAME=…`.

experiments/NAME.toml has one table `[experiments.…]`, and parts that systems.toml lacks, both as systems.toml has them.
The test cases are for a winner: add it to systems.toml, then `make evaluate`.
"""

from pathlib import Path

from .benchmark import check_frozen
from .leaderboards import boards, lead
from .matrix import FILE, checked_matrix
from .reporting import experiments
from .reporting.experiments import ExperimentError
from .runner import run_split
from .settings import Settings, read_toml


def measure(name: str, settings: Settings) -> Path:
    """Measure an experiment, and return its decision record.

    Raises:
        ExperimentError, BenchError, ModelError, ReportError: it cannot be measured; then nothing is written.
    """
    path = experiments.find(name)
    matrix = checked_matrix(experiments.changed(read_toml(FILE), path), path)
    named = read_toml(path).get("experiments", {})
    if len(named) != 1:
        raise ExperimentError(f"{path} must have one table [experiments.…], which says what is compared")
    chosen = {one: matrix.experiments[one] for one in named}
    alone = settings.model_copy(update={"lead": list(chosen), "gates": []})
    run, plan, _ = run_split(alone, matrix.model_copy(update={"experiments": chosen}), "dev")
    board = lead(boards(run, alone, plan.cases), alone)
    baseline, candidate = (one.name for one in board.experiment.lead())
    [gain] = [one for one in board.comparisons if (one.baseline, one.system) == (baseline, candidate)]
    entries = {one.system: one for one in board.entries}
    old, new = entries[baseline], entries[candidate]
    scores = {one: next(each.value for each in board.metrics(one) if each.name == board.metric) for one in entries}
    found = {
        "measures": {
            board.label: (scores[baseline], scores[candidate]),
            "milliseconds of an answer": (old.p50_ms, new.p50_ms),
            "tokens of an answer": (old.tokens, new.tokens),
            "price of all answers": (old.price, new.price),
        },
        "gain": gain.difference,
        "ci95": gain.ci95,
        "interval": f"the interval is a bootstrap interval of the differences between {baseline} and {candidate}",
        "measured_on": f"{gain.n} dev cases",
        "data_sha256": check_frozen(settings),
    }
    return experiments.record(path, found)
