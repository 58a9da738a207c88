"""Divide the rows into training, validation and test rows.

Without a time column, rows are split at random, stratified by the outcome; rows with identical features stay
together. With a time column, the earliest rows train and the latest test. A row is left out if its label was not
yet known when the next split began, or if it repeats a row of an earlier split.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import train_test_split

from .settings import Settings


@dataclass(frozen=True)
class Division:
    """Row numbers of each split, in the order of the file (by chance) or of time."""

    train: pd.Index
    validation: pd.Index
    test: pd.Index


def divide(frame: pd.DataFrame, outcomes: NDArray[np.float64], settings: Settings) -> Division:
    groups = duplicate_groups(frame, settings)
    if settings.data.time is None:
        return by_chance(groups, pd.Series(outcomes, frame.index), settings)
    return by_time(groups, frame[settings.data.time], settings)


def duplicate_groups(frame: pd.DataFrame, settings: Settings) -> pd.Series:
    """One number for each row; rows with the same number have the same features."""
    return frame.groupby(settings.feature_names, dropna=False, sort=False).ngroup()


def by_chance(groups: pd.Series, outcomes: pd.Series, settings: Settings) -> Division:
    """Split the distinct rows at random; each repeat goes to the same split as the first of its kind."""
    distinct = groups.drop_duplicates()
    known, test = _draw(distinct, outcomes, settings.data.test_share, settings)
    share = settings.data.validation_share / (1 - settings.data.test_share)
    train, validation = _draw(known, outcomes, share, settings)
    return Division(*(groups.index[groups.isin(part)] for part in (train, validation, test)))


def by_time(groups: pd.Series, times: pd.Series, settings: Settings) -> Division:
    """The last rows are for testing, those before them for validation; rows of the same moment stay together."""
    ordered = times.sort_values(kind="stable")
    share = settings.data.test_share
    test_start = ordered.iloc[int(len(ordered) * (1 - share))]
    validation_start = ordered.iloc[max(0, int(len(ordered) * (1 - share - settings.data.validation_share)))]
    delay = pd.Timedelta(days=settings.data.label_delay_days)
    train = ordered.index[(ordered < validation_start) & (ordered + delay <= validation_start)]
    validation = ordered.index[(ordered >= validation_start) & (ordered < test_start) & (ordered + delay <= test_start)]
    validation = _unseen(validation, train, groups)
    test = _unseen(ordered.index[ordered >= test_start], train.append(validation), groups)
    return Division(train, validation, test)


def _draw(distinct: pd.Series, outcomes: pd.Series, share: float, settings: Settings) -> tuple[pd.Series, pd.Series]:
    labels = outcomes.loc[distinct.index]
    stratify = None if settings.problem.positive is None or labels.value_counts().min() < 2 else labels
    rest, drawn = train_test_split(distinct, test_size=share, random_state=settings.training.seed, stratify=stratify)
    return rest, drawn


def _unseen(rows: pd.Index, earlier: pd.Index, groups: pd.Series) -> pd.Index:
    return rows[~groups.loc[rows].isin(groups.loc[earlier]).to_numpy()]
