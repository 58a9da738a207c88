"""Figures are well-formed, say in words what they show, and stay inside their frame."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as Xml

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.evaluation import figures
from assistant.evaluation.drawing import DARK, LETTER, LIGHT, Drawing, Scale
from assistant.evaluation.record import Configuration, Estimate, Trial

SVG = "{http://www.w3.org/2000/svg}"


def trial(retrieval: str, value: float, chunking: str = "headings") -> Trial:
    configuration = Configuration(chunking=chunking, retrieval=retrieval, rerank="none", embedding="minilm")
    estimate = Estimate(dev=value, test=value, ci95=(max(0, value - 0.07), min(1, value + 0.06)))
    return Trial(
        model=str(configuration),
        configuration=configuration,
        chunks=200,
        characters=640,
        scores=dict.fromkeys(["ndcg_at_10"], estimate),
        comparisons=[],
    )


def drawings() -> dict[str, Drawing]:
    random = np.random.default_rng(1)
    confidence, answerable = random.uniform(0, 1, 60), random.uniform(0, 1, 60) < 0.8
    trials = [trial("hybrid", 0.9), trial("dense", 0.85), trial("bm25", 0.6), trial("hybrid", 0.88, "fixed")]
    ranks = [[int(rank)] for rank in random.integers(1, 15, 40)]
    return {
        "choices": figures.draw_choices(
            [("served & <first>", trials[0]), ("BM25 alone", trials[2])], trials[0].model, "ndcg_at_10"
        ),
        "ablation": figures.draw_ablation(trials, "ndcg_at_10"),
        "recall": figures.draw_recall({"served": ranks, "BM25 alone": [[None]] * 40}, 6, 20),
        "confidence": figures.draw_confidence({"dev questions": (confidence, answerable)}, 0.4),
        "latency": figures.draw_latency(random.gamma(5, 4, 50).tolist()),
    }


@pytest.mark.parametrize(
    "milliseconds", [[8.0] * 99 + [9.0], [8.0] * 99 + [900.0], [float(n) for n in range(1, 101)], [0.2, 2000.0]]
)
def test_no_label_of_the_latency_figure_covers_another(milliseconds: list[float], tmp_path: Path) -> None:
    root = Xml.parse(figures.draw_latency(milliseconds).save(tmp_path / "latency.svg")).getroot()
    boxes = [box(text) for text in root.iter(f"{SVG}text")]
    for one, other in combinations(boxes, 2):
        apart = one[1] <= other[0] or other[1] <= one[0] or abs(one[2] - other[2]) >= 13
        assert apart, (one, other)
    assert all(0 <= left <= right <= float(root.get("width", 0)) for left, right, _ in boxes)


def box(text: Xml.Element) -> tuple[float, float, float]:
    """Where a label begins and ends, and its base line."""
    width, x = LETTER * len(text.text or ""), float(text.get("x", 0))
    left = x - width * {"start": 0, "middle": 0.5, "end": 1}[text.get("text-anchor", "start")]
    return left, left + width, float(text.get("y", 0))


@pytest.mark.parametrize("name", drawings())
def test_a_figure_is_an_accessible_drawing_within_its_frame(name: str, tmp_path: Path) -> None:
    root = Xml.parse(drawings()[name].save(tmp_path / f"{name}.svg")).getroot()
    assert root.get("role") == "img"
    described = [element.text for element in root if element.get("id") in root.get("aria-labelledby", "").split()]
    assert len(described) == 2
    assert all(described)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for element in root.iter():
        for along, limit in (("x", width), ("y", height)):
            for attribute in (along, f"{along}1", f"{along}2", f"c{along}"):
                assert 0 <= float(element.get(attribute, 0)) <= limit, Xml.tostring(element)
    assert not list(root.iter(f"{SVG}script"))
    assert "href" not in Xml.tostring(root, encoding="unicode")


def test_the_same_numbers_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (figures.save(drawings(), tmp_path / name) for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_text_is_readable_on_its_page(colours: dict[str, str]) -> None:
    page = luminance(colours["page"])
    for name in ("ink", "muted", "blue", "orange", "green"):
        pair = sorted((page, luminance(colours[name])))
        wanted = 4.5 if name in ("ink", "muted", "blue") else 3.5  # marks and large words need 3 (WCAG 2.2)
        assert (pair[1] + 0.05) / (pair[0] + 0.05) >= wanted, name


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return float(np.dot(linear, [0.2126, 0.7152, 0.0722]))


@given(st.floats(-1e3, 1e3), st.floats(1e-2, 1e4))
def test_ticks_are_few_and_within_the_scale(low: float, width: float) -> None:
    scale = Scale(low, low + width, 0, 100)
    ticks = scale.ticks()
    assert 2 <= len(ticks) <= 8
    assert all(low - 1e-6 * width <= tick <= low + width * (1 + 1e-6) for tick in ticks)


def test_dots_of_equal_value_do_not_hide_each_other(tmp_path: Path) -> None:
    confidence, answerable = np.array([0.5] * 5 + [0.1]), np.array([True] * 5 + [False])
    path = figures.draw_confidence({"dev questions": (confidence, answerable)}, 0.3).save(tmp_path / "figure.svg")
    places = [(dot.get("cx"), dot.get("cy")) for dot in Xml.parse(path).getroot().iter(f"{SVG}circle")]
    assert len(set(places)) == len(places) == 6
