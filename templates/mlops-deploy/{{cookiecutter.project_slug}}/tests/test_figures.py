"""What a reader sees in the figures: which days and versions, in which order, on axes that begin at zero."""

from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

from service import figures
from watched import measured


def plots(figure: Figure) -> list[Any]:
    """Its axes, about whose content matplotlib says too little to mypy."""
    return list(figure.axes)


def legend(axes: Any) -> list[str]:
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_the_timeline_has_days_with_enough_outcomes_a_bound_both_ways_and_numbered_events() -> None:
    rows = [measured("2024-03-20", 0.02, None), measured("2024-04-20", 0.2, 0.1), measured("2024-04-21", 0.9, 0.1)]
    rows[-1]["n"] = 98
    events = [{"day": "2024-03-20", "event": "promoted"}, {"day": "2024-04-20", "event": "alarm"}]
    upper, lower = plots(figures.timeline(rows, events, 99))
    gaps, zero, *bounds = [list(line.get_ydata()) for line in upper.get_lines()]
    assert (gaps, zero) == ([0.02, 0.2], [0, 0])
    assert np.array(bounds[:2]) == pytest.approx(np.array([[np.nan, 0.1], [np.nan, -0.1]]), nan_ok=True)
    assert [text.get_text() for text in upper.texts] == ["1", "2"]
    assert len({text.get_position()[1] for text in upper.texts}) == 2, "neighbours do not cover each other"
    assert upper.texts[0].get_color() != upper.texts[1].get_color(), "a release is no alarm"
    assert lower.get_ylim()[0] == 0


def test_the_shares_of_a_day_add_up_to_all_of_its_answers() -> None:
    rows = [
        {"day": "2024-03-20", "version": "1", "n": 5},
        {"day": "2024-03-21", "version": "1", "n": 3},
        {"day": "2024-03-21", "version": "2", "n": 1},
    ]
    (axes,) = plots(figures.canary(rows))
    tops = [max(path.vertices[:, 1].max() for path in layer.get_paths()) for layer in axes.collections]
    assert tops == [1, 1]
    assert axes.get_ylim() == (0, 1)
    assert legend(axes) == ["1", "2"]


def test_a_version_with_too_few_outcomes_has_no_curve_and_the_others_keep_their_colours() -> None:
    groups: dict[str, list[dict[str, Any]]] = {
        version: [{"mean_score": 0.2, "mean_outcome": 0.3, "n": n}] for version, n in (("1", 9), ("2", 10), ("3", 11))
    }
    (axes,) = plots(figures.calibration(groups, 10))
    assert legend(axes) == ["version 2", "version 3"]
    assert [line.get_color() for line in axes.get_lines()[1:]] == ["C1", "C2"]
    assert (axes.get_xlim(), axes.get_ylim()) == ((0, 1), (0, 1))


def test_the_reference_weeks_come_first() -> None:
    weeks = [("2024-03-18", True), ("2024-03-25", True), ("2024-04-22", False)]
    rows = [{"week": week, "psi": 0.1, "input": "x", "reference": before} for week, before in weeks]
    (axes,) = plots(figures.psi(rows))
    assert legend(axes) == ["reference weeks", "later weeks", "usual bound"]
    assert [len(line.get_xdata()) for line in axes.get_lines()[:2]] == [2, 1]
    assert axes.get_ylim()[0] == 0
