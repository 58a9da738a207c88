"""Figures: the same bytes from the same numbers, and any text as it is."""

from pathlib import Path

import pytest
from matplotlib.figure import Figure

from any_package.reporting.drawing import BLUE, save, styled


@styled
def drawn(title: str) -> bytes:
    figure = Figure()
    axes = figure.subplots()
    axes.plot([1, 2], [3, 4], label="line")
    axes.set_title(title)
    axes.legend()
    save("sample", figure)
    return Path("reports/figures/sample.svg").read_bytes()


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first = drawn("x")
    assert BLUE.lower().encode() in first
    assert b"<dc:date>" not in first
    assert drawn("x") == first
    assert drawn("y") != first


def test_a_dollar_sign_is_no_formula(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert b"<svg" in drawn(r"$\nothing$ in US")
