"""What only this domain knows: today's rule, and for which students a teacher picks the next exercise."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

FEWEST = 5  # answers; fewer say next to nothing about a student
EASIEST = ["task_01", "task_08", "task_03"]  # solved by 86% to 96% of the training students
HARDEST = ["task_15", "task_28", "task_13", "task_20", "task_26", "task_27"]  # solved by 3% to 10%

BANDS = 3  # weak, middling and strong so far

RULE = "the share of earlier students who solved the task, of those who solved as large a third of theirs"


def features(cases: pd.DataFrame) -> pd.DataFrame:
    """One column a task: 1 = solved, 0 = not, missing = not done yet."""
    return cases


def rule(cases: pd.DataFrame) -> pd.Series:
    """Three lists for the class, by the share of tasks that a student has solved so far."""
    solved = cases.mean(axis=1).fillna(0.5)
    return np.minimum((solved * BANDS).astype(int), BANDS - 1).astype(str)


def guard(case: Mapping[str, float | str | None]) -> str | None:
    """Why a teacher must pick the exercise, whatever the model says."""
    done = {name: value for name, value in case.items() if value is not None and value == value}  # NaN is not itself
    solved = {name for name, value in done.items() if value == 1}
    if len(done) == len(case):
        return "Every task is done: there is none left to recommend"
    if len(done) < FEWEST:
        return f"Only {len(done)} answers are known: they say next to nothing about this student"
    if any(value not in (0, 1) for value in done.values()):
        return "An answer is neither solved nor failed: somebody has to mark it first"
    if len(solved) in (0, len(done)):
        return f"All {len(done)} answers are {'right' if solved else 'wrong'}: how far beyond them to go is unknown"
    if solved.intersection(HARDEST) and not set(EASIEST).isdisjoint(done.keys() - solved):
        return "An easy task failed and a very hard one solved: the answers may not be the student's own, or be misread"
    return None
