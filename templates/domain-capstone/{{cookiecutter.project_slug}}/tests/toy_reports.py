"""Reports of a small invented run, as `make demo` leaves them, for the settings of this repository."""

from __future__ import annotations

import shutil
import tomllib
from contextlib import chdir
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from capstone import domain, report, technique
from capstone.answering import Answered
from capstone.data import Cases
from capstone.reporting.metrics import Baseline, Gate, Metric, Run, Slice, write_json
from capstone.scoring import EvaluationReport, Gain
from capstone.settings import Settings, load_settings

HERE = Path(__file__).parents[1]
LISTED = tomllib.loads((HERE / "scaffolder.toml").read_text(encoding="utf-8"))["blocks"]
HASH = "0" * 64
CASES = 40


def settings() -> Settings:
    """Those of the project, but for the name of the rule and the headline, which its owner may change."""
    loaded = load_settings(HERE / "settings.toml")
    problem = loaded.problem.model_copy(update={"rule": "today's rule"})
    training = loaded.training.model_copy(update={"headline": next(iter(technique.scores(loaded)))})
    return loaded.model_copy(update={"problem": problem, "training": training})


def measured(gain: float = 0.1, risk: float | None = 0.0, passed: bool = True) -> EvaluationReport:
    """A run whose headline score is better than the rule's by `gain`, give or take 0.05."""
    headline = settings().training.headline
    costs = {"expected_cost"} - {headline}
    accepted = []
    if risk is not None:
        accepted = [Metric(name="accepted_risk", value=risk, ci95=(risk, risk), higher_is_better=False)]
    return EvaluationReport(
        task="tabular-classification",
        run=Run(
            command="python -m capstone evaluate",
            commit=None,
            seed=1,
            data_sha256=HASH,
            rows=200,
            python="3.11.1",
            started_at="2026-09-01T00:00:00+00:00",
            seconds=1.0,
        ),
        metrics=[
            Metric(name=headline, label="Headline", value=0.9, ci95=(0.8, 0.95), higher_is_better=True),
            Metric(name="accepted", value=0.75, ci95=(0.7, 0.8), higher_is_better=True),
            *(Metric(name=name, label="Cost", value=0.3, higher_is_better=False) for name in costs),
            *accepted,
        ],
        baseline=[
            Baseline(name=name, value=0.8, higher_is_better=name == headline, model="today's rule")
            for name in (headline, *costs)
        ],
        slices=[
            Slice(name="a|b = <i>", n=60, metric=headline, value=0.6, ci95=(0.5, 0.7)),
            Slice(name="a|b = all", n=60, metric="accepted", value=0.2, ci95=(0.1, 0.3)),
        ],
        gates=[Gate(metric=headline, threshold=0.5 if passed else 0.99, passed=passed, value=0.9)],
        headline=headline,
        rule="the rule",
        rule_risk=0.4,
        difference=Gain(metric=headline, versus="the rule", value=gain, ci95=(gain - 0.05, gain + 0.05)),
        doubt=None,
        break_even=None,
        loss="share of wrong answers",
        limit=0.25,
        reviewed=0,
        curve=[{"coverage": share / 20, "risk": share / 100} for share in range(1, 21)],
        fairness=[],
        mistakes={"a instead of b": 7, "b instead of a": 1},
    )


def answered() -> Answered:
    """Answers with the columns of every technique."""
    asked, draws = settings(), np.random.default_rng(0)
    options = asked.problem.options or ["0", "1"]
    names = [f"c{place:02}" for place in range(CASES)]
    chances = pd.DataFrame(draws.dirichlet(np.ones(len(options)), CASES), names, [f"chance:{name}" for name in options])
    truth = pd.Series(draws.choice(options, CASES), names)
    numbers = pd.Series(draws.integers(0, 2, CASES).astype(float), names)
    ours = chances.assign(
        answer=draws.choice(options, CASES) if asked.problem.options else draws.random(CASES),
        uncertainty=1 - chances.max(axis=1),
        asked_chance=draws.random(CASES),
        low=0.0,
        high=1.0,
    )
    frame = pd.DataFrame({asked.data.time or "day": pd.date_range("2026-01-01", periods=CASES).astype(str)}, names)
    cases = Cases(frame, truth if asked.problem.options else numbers)
    losses = draws.integers(0, 2, CASES).astype(float)
    nobody = np.zeros(CASES, dtype=np.bool_)
    return Answered(cases, ours, ours, losses, losses, reserved=nobody, accepted=losses < 1, units=None)


@dataclass(frozen=True)
class Project:
    """A folder with this repository's documents and the reports of the invented run."""

    folder: Path
    documents: list[str]


def seen() -> list[str]:
    """The inputs that the model sees as they are."""
    asked = settings()
    blank = pd.DataFrame({name: [None] for name in asked.columns})
    features = domain.features(blank.astype(dict.fromkeys(asked.names("numeric"), float)))
    return [name for name in features if name in asked.columns]


def project(folder: Path, documents: list[str]) -> Project:
    for name in ("scaffolder.toml", *documents):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / name, folder / name)
    reports, asked = folder / "reports", settings()
    answers = dict.fromkeys(asked.problem.options, 0.5)
    part = {"rows": 100, "answers": answers, "first": "2026-01-01", "last": "2026-02-01"}
    splits = dict.fromkeys(("train", "validation", "test"), part)
    write_json(reports / "metrics.json", measured().model_dump(mode="json"))
    write_json(
        reports / "training.json",
        {"run": {"command": "python -m capstone train"}, "rows": dict.fromkeys(splits, 100)},
    )
    facts = {"file": asked.data.file, "rows": 200, "inputs": 3, "missing": {"x": 2}, "splits": splits}
    write_json(reports / "data.json", facts)
    write_json(reports / "latency.json", {"answers": 200, "cpus": 2, "p50": 1.5, "p95": 2.5})
    texts = {"note": ["long " * 30, "0.123456"], "mistake": ["a instead of b", "b instead of a"]}
    errors = {"case": ["c01", "c02"], "actual": ["a", ""], "loss": 1, **texts, **dict.fromkeys(asked.columns, "7")}
    pd.DataFrame(errors).to_csv(reports / "errors.csv", index=False)
    cases = dict.fromkeys(("actual", "decision"), asked.problem.options)
    pd.DataFrame(cases).to_csv(reports / "predictions.csv", index=False)
    return Project(folder, documents)


def said(project: Project, given: EvaluationReport) -> dict[str, str]:
    """The blocks of a report, by name."""
    with chdir(project.folder):
        return report.render(given, settings())
