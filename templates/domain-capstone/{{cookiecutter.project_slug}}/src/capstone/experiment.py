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
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, TimeSeriesSplit

from . import data, dependent, domain, scoring, technique
from .data import Cases
from .manifest import Array
from .reporting import experiments
from .reporting.experiments import ExperimentError
from .settings import Settings, checked

FREE = ("columns", "cost", "policy")  # the settings that may change; the others divide and score the cases
REPLACED = {"features": domain, "model": domain, "fit": technique}
FOLDS, ANSWERS = 5, 20
TOO_FEW = "a fold has too few different answers; more cases are needed"
CALIBRATES = 0.2  # of the cases of a fold that are not scored: as validation cases do

Fold = tuple[pd.Index, pd.Index, pd.Index]  # to fit on, to calibrate on, to score on


def measure(name: str, settings: Settings) -> Path:
    """Measure an experiment, and return its decision record.

    Raises:
        ExperimentError, SettingsError, DataError, ReportError: it cannot be measured; then nothing is written.
    """
    path, dataset = experiments.find(name), data.load(settings)
    score, folds = scoring.headline(settings), make_folds(dataset.train, settings)
    new, cases, functions = settings, dataset.train, {}
    if path.suffix == ".py":
        functions = with_functions(path)
    else:
        new, cases = with_settings(path, dataset.train, settings)
    cost = technique.scores(new).get("expected_cost") if new.cost != settings.cost else None
    wanted = [score, *([cost._replace(label=f"{cost.label}, at the new costs")] if cost else [])]
    with experiments.blamed(path, "what fits the other code"):  # first: what is wrong in the file is said soon
        others, *now = contend(cases, folds, settings, new, functions, wanted)
    scores, *old = contend(dataset.train, folds, settings, settings, {}, wanted)
    gains = (1 if score.higher_is_better else -1) * (others - scores)[:, 0]
    kinds = [*(f"{one.label}, mean of the folds" for one in wanted), "seconds to fit", "milliseconds of an answer"]
    found = {
        "measures": dict(
            zip(kinds, zip([*scores.mean(axis=0), *old], [*others.mean(axis=0), *now], strict=True), strict=True)
        ),
        "gain": dependent.rounded(gains.mean()),
        "ci95": dependent.folds_interval(
            gains, sum(len(fold[2]) for fold in folds) / sum(len(fold[0]) for fold in folds)
        ),
        "interval": "a t interval of the gains of the folds, corrected for the cases that these share",
        "measured_on": f"{len(folds)} folds of {len(dataset.train):,} training cases",
        "data_sha256": dataset.facts["sha256"],
    }
    return experiments.record(path, found)


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
    cases: Cases,
    folds: list[Fold],
    old: Settings,
    new: Settings,
    functions: dict[str, Any],
    wanted: list[Any],
) -> tuple[Array, float, float]:
    """The wanted scores in each fold, the seconds of fitting in all of them, and the milliseconds of an answer."""
    scores, seconds, times = [], 0.0, []
    every = [technique.asked(cases.some(score), old) for *_, score in folds]
    with ExitStack() as replaced:
        for name, function in functions.items():
            replaced.enter_context(patch.object(REPLACED[name], name, function))
        for (fit, calibrate, _), asked in zip(folds, every, strict=True):
            started = perf_counter()
            model = technique.fit(cases.some(fit), cases.some(calibrate), new)
            seconds += perf_counter() - started
            given = technique.answers(model, asked.frame, new)
            scores.append([one.of(asked.outcomes, given)(np.arange(len(asked))) for one in wanted])
            one = asked.frame[:1]
            times += repeat(lambda: technique.answers(model, one, new), number=1, repeat=ANSWERS)  # noqa: B023
    if not np.isfinite(scores).all():
        raise ExperimentError(TOO_FEW)
    return np.array(scores), seconds, 1000 * median(times)
