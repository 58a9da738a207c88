"""The figures are drawn for this repository's technique, and are the same bytes each time."""

from __future__ import annotations

import hashlib
from contextlib import chdir
from pathlib import Path

import numpy as np
import pytest

import toy_reports
from capstone import figures, report
from capstone.reporting.sections import FIGURES


def drawn(folder: Path, risk: float | None) -> dict[str, str]:
    folder.mkdir()
    with chdir(folder):
        figures.draw(toy_reports.measured(risk=risk), toy_reports.answered(), toy_reports.settings())
        return {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in FIGURES.iterdir()}


@pytest.mark.parametrize("risk", [0.01, None])
def test_the_same_numbers_give_the_same_bytes(tmp_path: Path, risk: float | None) -> None:
    first, second = (drawn(tmp_path / name, risk) for name in ("one", "two"))
    assert first == second
    assert set(first) == set(report.CAPTIONS)


def lines(risk: float | None) -> dict[str, list[list[float]]]:
    """The points of each line of the curve's figure, by the first words of its label."""
    axes = figures.coverage(toy_reports.measured(risk=risk), toy_reports.settings()).axes[0]
    return {str(one.get_label()).partition(",")[0]: np.array(one.get_xydata()).tolist() for one in axes.get_lines()}


def test_the_curve_shows_model_policy_rule_and_bound() -> None:
    shown = lines(risk=0.01)
    assert list(shown) == [
        *("model", "answers that the policy accepts", "today's rule", "most risk allowed (settings.toml)")
    ]
    assert shown["model"][-1] == [100, 0.2]
    assert shown["answers that the policy accepts"] == [[75, 0.01]]
    assert shown["today's rule"] == [[100, 0.4]]
    assert "answers that the policy accepts" not in lines(risk=None)


def test_the_axes_of_the_curve_begin_at_zero() -> None:
    axes = figures.coverage(toy_reports.measured(), toy_reports.settings()).axes[0]
    assert (axes.get_xlim(), axes.get_ylim()[0]) == ((0, 100), 0)
