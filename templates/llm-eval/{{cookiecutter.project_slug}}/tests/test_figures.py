"""The figures: the right systems are on the Pareto front, and the same numbers give the same bytes."""

from contextlib import chdir
from itertools import pairwise
from pathlib import Path

from matplotlib.text import Text

from bench import figures
from bench.reporting.sections import FIGURES
from boards import report


def test_the_front_has_the_systems_that_no_other_beats() -> None:
    points = [(1.0, 0.5), (2.0, 0.7), (2.0, 0.6), (3.0, 0.7), (4.0, 0.9), (5.0, 0.8), (4.0, 0.9)]
    assert figures.front(points) == [True, True, False, False, True, False, True]


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    drawn = []
    for _ in range(2):
        with chdir(tmp_path):
            figures.draw(report(price=0.5))
            drawn.append({path.stem: path.read_bytes() for path in FIGURES.glob("*.svg")})
    assert drawn[0] == drawn[1]
    assert drawn[0].keys() == {"pareto-odd-name-", "forest-odd-name-", "pareto-search", "forest-search"}
    assert drawn[0].keys() == {name for board in report().boards for name in figures.captions(board)}


def test_labels_do_not_overlap() -> None:
    figure = figures.pareto(report(price=0.5).boards[0])
    figure.draw_without_rendering()
    assert figure.axes
    for axes in figure.axes:
        boxes = sorted((Text.get_window_extent(one) for one in axes.texts), key=lambda box: box.y0)
        assert len(boxes) == 14
        assert all(below.y1 <= above.y0 for below, above in pairwise(boxes))
