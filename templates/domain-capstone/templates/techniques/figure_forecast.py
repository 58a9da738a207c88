"""Does the forecast follow what happened? The figure of a forecast."""

import numpy as np
from matplotlib.figure import Figure

from .answering import Answered
from .settings import Settings

NAME = "forecast"
CAPTION = "Does the forecast follow what happened? The shaded interval should hold nearly all outcomes"
LAST = 168  # numbers, so that single ones can be seen: the hours of a week


def figure(answered: Answered, settings: Settings) -> Figure:
    drawn = Figure(figsize=(8.4, 3.4))
    axes, times = drawn.subplots(), answered.cases.frame[settings.data.time]
    order = np.argsort(times.to_numpy(), kind="stable")[-LAST:]
    ours, theirs = (given.iloc[order] for given in (answered.ours, answered.theirs))
    places = np.arange(len(order))
    axes.fill_between(places, ours["low"], ours["high"], alpha=0.2, linewidth=0, label="interval")
    axes.plot(places, ours["answer"].astype(float), linewidth=1.2, label="model")
    axes.plot(places, answered.cases.outcomes.iloc[order], "o", markersize=2.4, label="what happened")
    axes.plot(places, theirs["answer"].astype(float), linewidth=0.8, label=settings.problem.rule)
    marked = places[:: max(1, len(places) // 7)]
    axes.set_xticks(marked, times.iloc[order].iloc[marked].astype(str).str[:10])
    axes.set(ylabel=settings.problem.unit, title=f"The last {len(order)} test {settings.problem.cases}")
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.12), ncols=4)
    return drawn
