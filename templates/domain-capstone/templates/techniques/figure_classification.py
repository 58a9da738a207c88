"""Does it happen as often as the model says? The figure of a classification."""

import pandas as pd
from matplotlib.figure import Figure
from sklearn.calibration import CalibrationDisplay

from .answering import Answered
from .settings import Settings

NAME = "calibration"
CAPTION = "Does it happen as often as the model says? The closer the points are to the diagonal, the better"


def figure(answered: Answered, settings: Settings) -> Figure:
    """Of two options, the chance of the one that is looked for; otherwise the chance that the answer is right."""
    ours, positive = answered.ours, settings.problem.positive
    if positive is None:
        options = ours[[f"chance:{name}" for name in settings.problem.options]].to_numpy()
        given = [settings.problem.options.index(answer) for answer in ours["answer"]]
        truth, words = ours["answer"] == answered.cases.outcomes, "chance that the answer is right"
        chance = pd.Series(options[range(len(ours)), given], ours.index)
    else:
        truth, chance, words = answered.cases.outcomes == positive, ours[f"chance:{positive}"], f"chance of {positive}"
    drawn = Figure(figsize=(5.6, 3.5))
    axes = drawn.subplots()
    CalibrationDisplay.from_predictions(
        truth.astype(int), chance.clip(0, 1), n_bins=10, strategy="quantile", ax=axes, name="model"
    )
    axes.set(xlabel=f"{words}, as the model says", ylabel="share observed (test cases)")
    return drawn
