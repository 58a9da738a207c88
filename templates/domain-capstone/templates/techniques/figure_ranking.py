"""Do they succeed as often as the model says? The figure of a ranking."""

from matplotlib.figure import Figure
from sklearn.calibration import CalibrationDisplay

from .answering import Answered
from .settings import Settings

NAME = "calibration"
CAPTION = "Do they succeed as often as the model says? The closer the points are to the diagonal, the better"


def figure(answered: Answered, settings: Settings) -> Figure:
    drawn = Figure(figsize=(5.6, 3.5))
    axes = drawn.subplots()
    for given, name in ((answered.ours, "model"), (answered.theirs, settings.problem.rule)):
        CalibrationDisplay.from_predictions(
            answered.cases.outcomes.astype(int),
            given["asked_chance"],
            n_bins=10,
            strategy="quantile",
            ax=axes,
            name=name,
        )
    axes.set(xlabel="chance of success, as it is answered", ylabel="share observed (test cases)")
    return drawn
