"""Measure a change beside what is served, by cross-validation on the training cases alone. Read `measure`.

    read the change -> fit and score without it and with it, on the same folds -> compare -> record

A change is experiments/NAME.toml, with other `[columns]`, `[cost]` or `[policy]`, or the code since a commit, BASE. The
test cases are for a winner: adopt it, then `make train evaluate`.
"""

from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupKFold, TimeSeriesSplit

from . import answering, data, dependent, scoring, technique
from .data import Cases
from .manifest import describe_inputs
from .reporting import experiments, revisions
from .reporting.experiments import ExperimentError
from .settings import Settings, checked

FREE = ("columns", "cost", "policy")  # the settings that may change; the others divide and score the cases
DECIDES = ("whole_cost", "accepted", "accepted_risk")  # what the policy does, beside the headline
FOLDS = 5
TOO_FEW = "a fold has too few different answers; more cases are needed"
CALIBRATES = 0.2  # of the cases of a fold that are not scored: as validation cases do

Fold = tuple[pd.Index, pd.Index, pd.Index]  # to fit on, to calibrate on, to score on


def measure(name: str, base: str, settings: Settings) -> Path:
    """Measure an experiment, and return its decision record. `base` is a commit, or "" for a change of settings.

    Raises:
        ExperimentError, SettingsError, DataError, ReportError: it cannot be measured; then no document changes.
    """
    dataset = data.load(settings)
    folds, new, cases = make_folds(dataset.train, settings), settings, dataset.train
    if base:
        before = revisions.earlier(base, name)
    else:
        path = experiments.find(name)
        new, cases = with_settings(path, dataset.train, settings)
    prices = settings.model_copy(update={"cost": new.cost})  # both are judged at the same prices
    after = scored(cases, folds, new, prices)  # first: what is wrong in the file is said soon
    if not base:
        before = scored(dataset.train, folds, settings, prices)
    gains, measures = revisions.paired(before, after)
    tested = sum(len(fold[2]) for fold in folds) / sum(len(fold[0]) for fold in folds)
    priced = ", at the new prices" if new.cost != settings.cost else ""
    measured = {
        "measures": measures,
        "gain": dependent.rounded(float(np.mean(gains))),
        "ci95": dependent.folds_interval(gains, tested),
        "interval": "a t interval of the gains of the folds, corrected for the cases that these share",
        "measured_on": f"{len(folds)} folds of {len(dataset.train):,} training cases{priced}",
        "data_sha256": dataset.facts["sha256"],
    }
    return experiments.record(revisions.difference(base, name) if base else path, measured)


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


def scores(settings: Settings) -> dict[str, Any]:
    """What this code scores with the settings of the project; a later commit compares itself with it."""
    train = data.load(settings).train
    return scored(train, make_folds(train, settings), settings, settings)


def scored(cases: Cases, folds: list[Fold], settings: Settings, prices: Settings) -> dict[str, Any]:
    """Fit, choose the limit and answer in each fold; the answers are judged at `prices`.

    Returns:
        `headline`, of each fold, where more is better; the `measures` by their labels; and the rows of the `folds`.
    """
    values, seconds = [], 0.0
    for fold in folds:
        fitting, calibrating, tested = (cases.some(part) for part in fold)
        started = perf_counter()
        model = technique.fit(fitting, calibrating, settings)
        seconds += perf_counter() - started
        inputs = describe_inputs(technique.asked(fitting, settings).frame, settings)
        limit = answering.choose_limit(answering.answer(model, fitting, calibrating, inputs, settings), settings)
        answered = answering.answer(model, fitting, tested, inputs, settings, prices).up_to(limit)
        labels = scoring.scores_of_model(answered, prices)
        values.append({name: score.statistic(np.arange(len(tested))) for name, score in labels.items()})
    headline = scoring.headline(labels, settings)
    of_folds = {name: np.array([value[name] for value in values]) for name in (headline, *DECIDES) if name in labels}
    if not np.isfinite(of_folds[headline]).all():
        raise ExperimentError(TOO_FEW)
    sign = 1 if labels[headline].higher_is_better else -1
    means = {f"{labels[name].label}, mean of the folds": float(each.mean()) for name, each in of_folds.items()}
    return {
        "headline": list(sign * of_folds[headline]),
        "measures": {
            **{label: mean for label, mean in means.items() if np.isfinite(mean)},
            "seconds to fit": seconds,
        },
        "folds": [part.tolist() for fold in folds for part in fold],
    }
