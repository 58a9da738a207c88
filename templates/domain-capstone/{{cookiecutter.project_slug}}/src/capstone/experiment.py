"""Measure a change beside what is served, by cross-validation on the training cases alone. Read `measure`.

    read the change -> fit and score without it and with it, on the same folds -> compare -> record

A change is experiments/NAME.toml, with other `[columns]`, `[cost]` or `[policy]`, or experiments/NAME.py with functions
that replace `features` or `model` of domain.py, or `fit` of technique.py. The test cases are for a winner:
adopt it, then `make train evaluate`.
"""

import runpy
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from time import perf_counter
from timeit import repeat
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, TimeSeriesSplit

from . import answering, data, dependent, domain, scoring, technique
from .data import Cases
from .manifest import Array, describe_inputs
from .reporting import experiments
from .reporting.experiments import ExperimentError
from .scoring import Scored
from .settings import Settings, checked

FREE = ("columns", "cost", "policy")  # the settings that may change; the others divide and score the cases
REPLACED = {"features": domain, "model": domain, "fit": technique}
DECIDES = ("whole_cost", "accepted", "accepted_risk")  # what the policy does, beside the headline
FOLDS, ANSWERS = 5, 20
TOO_FEW = "a fold has too few different answers; more cases are needed"
CALIBRATES = 0.2  # of the cases of a fold that are not scored: as validation cases do

Fold = tuple[pd.Index, pd.Index, pd.Index]  # to fit on, to calibrate on, to score on


class Contender(NamedTuple):
    labels: dict[str, Scored]
    values: dict[str, Array]  # of each score, one value a fold; NaN if it has none
    seconds: float  # to fit, in all folds together
    milliseconds: float  # of an answer


def measure(name: str, settings: Settings) -> Path:
    """Measure an experiment, and return its decision record.

    Raises:
        ExperimentError, SettingsError, DataError, ReportError: it cannot be measured; then nothing is written.
    """
    path, dataset = experiments.find(name), data.load(settings)
    folds, new, cases, functions = make_folds(dataset.train, settings), settings, dataset.train, {}
    if path.suffix == ".py":
        functions = with_functions(path)
    else:
        new, cases = with_settings(path, dataset.train, settings)
    prices = settings.model_copy(update={"cost": new.cost})  # both are judged at the same prices
    with experiments.blamed(path, "what fits the other code"):  # first: what is wrong in the file is said soon
        after = contend(cases, folds, new, prices, functions)
    before = contend(dataset.train, folds, settings, prices, {})
    headline = settings.training.headline
    sign = 1 if before.labels[headline].higher_is_better else -1
    gains = sign * (after.values[headline] - before.values[headline])
    priced = ", at the new prices" if new.cost != settings.cost else ""
    measures = {
        f"{before.labels[name].label}{priced}, mean of the folds": (
            before.values[name].mean(),
            after.values[name].mean(),
        )
        for name in dict.fromkeys([headline, *DECIDES])
        if name in before.values and np.isfinite([*before.values[name], *after.values[name]]).all()
    }
    measured = {
        "measures": {
            **measures,
            "seconds to fit": (before.seconds, after.seconds),
            "milliseconds of an answer": (before.milliseconds, after.milliseconds),
        },
        "gain": dependent.rounded(gains.mean()),
        "ci95": dependent.folds_interval(
            gains, sum(len(fold[2]) for fold in folds) / sum(len(fold[0]) for fold in folds)
        ),
        "interval": "a t interval of the gains of the folds, corrected for the cases that these share",
        "measured_on": f"{len(folds)} folds of {len(dataset.train):,} training cases",
        "data_sha256": dataset.facts["sha256"],
    }
    return experiments.record(path, measured)


def with_functions(path: Path) -> dict[str, Any]:
    """The functions of a Python file that replace others."""
    with experiments.blamed(path, " or ".join(REPLACED)):
        defined = runpy.run_path(str(path))
    if not REPLACED.keys() & defined:
        raise ExperimentError(f"{path} must define {' or '.join(REPLACED)}")
    return {name: defined[name] for name in REPLACED if name in defined}


def with_settings(path: Path, train: Cases, old: Settings) -> tuple[Settings, Cases]:
    """The settings with what a TOML file changes, and the same cases, read with them."""
    new = checked(experiments.changed(old.model_dump(exclude_unset=True), path), path)
    if new == old or new.model_copy(update={name: getattr(old, name) for name in FREE}) != old:
        raise ExperimentError(
            f"{path} must change {', '.join(FREE)}, and nothing else; age = false under [columns] leaves the "
            "input age out"
        )
    with experiments.blamed(path, "inputs that fit the data"):
        parts = data.load(new)
    frame = pd.concat([part.frame for part in (parts.train, parts.validation, parts.test)])
    return new, Cases(frame.loc[train.frame.index], train.outcomes)


def make_folds(train: Cases, settings: Settings) -> list[Fold]:
    """Later cases are scored by models of earlier ones; without a time, the cases of a group stay together."""
    time, group, random = settings.data.time, settings.data.group, np.random.default_rng(settings.training.seed)
    frame = train.frame.sort_values(time, kind="stable") if time else train.frame
    groups = frame[group] if group else frame.groupby(list(settings.columns), dropna=False).ngroup()
    chance = GroupKFold(FOLDS, shuffle=True, random_state=settings.training.seed)
    folds = []
    for known, scored in TimeSeriesSplit(FOLDS).split(frame) if time else chance.split(frame, groups=groups):
        known = known if time else random.permutation(known)
        cut = round(len(known) * (1 - CALIBRATES))
        folds.append((frame.index[known[:cut]], frame.index[known[cut:]], frame.index[scored]))
    if settings.problem.target and any(train.outcomes.loc[fold[0]].nunique() < 2 for fold in folds):
        raise ExperimentError(TOO_FEW)
    return folds


def contend(
    cases: Cases, folds: list[Fold], settings: Settings, prices: Settings, functions: dict[str, Any]
) -> Contender:
    """Fit, choose the limit and answer in each fold; the answers are judged at `prices`."""
    scores, seconds, times = [], 0.0, []
    with ExitStack() as replaced:
        for name, function in functions.items():
            replaced.enter_context(patch.object(REPLACED[name], name, function))
        for fold in folds:
            fitting, calibrating, scored = (cases.some(part) for part in fold)
            started = perf_counter()
            model = technique.fit(fitting, calibrating, settings)
            seconds += perf_counter() - started
            inputs = describe_inputs(technique.asked(fitting, settings).frame, settings)
            limit = answering.choose_limit(answering.answer(model, fitting, calibrating, inputs, settings), settings)
            answered = answering.answer(model, fitting, scored, inputs, settings, prices).up_to(limit)
            labels = scoring.scores_of_model(answered, prices)
            scores.append({name: score.statistic(np.arange(len(scored))) for name, score in labels.items()})
            one = answered.cases.frame[:1]
            times += repeat(lambda: technique.answers(model, one, settings), number=1, repeat=ANSWERS)  # noqa: B023
    values = {name: np.array([score[name] for score in scores]) for name in labels}
    if not np.isfinite(values[scoring.headline(labels, settings)]).all():
        raise ExperimentError(TOO_FEW)
    return Contender(labels, values, seconds, 1000 * median(times))
