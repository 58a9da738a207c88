"""The alarm is about the model that answers now."""

from types import SimpleNamespace
from typing import Any

import pytest

from capstone.monitoring import measure

BAD, GOOD = (50, 10, 40, 30), (50, 10, 40, 0)  # answered, referred, reviewed, overridden


@pytest.mark.parametrize(("old", "new"), [("b", "a"), ("a", "b")])
@pytest.mark.parametrize(("before", "now", "rings"), [(BAD, GOOD, False), (GOOD, BAD, True)])
def test_reviews_of_another_version_do_not_count(
    old: str, new: str, before: tuple[int, ...], now: tuple[int, ...], rings: bool
) -> None:
    days: list[Any] = [("2026-03-02", old, *before), ("2026-03-04", new, *now)]
    log: Any = SimpleNamespace(counts=lambda: days, newest=lambda: (1, "0"), waiting=lambda: 0)
    settings: Any = SimpleNamespace(monitoring=SimpleNamespace(most_overridden=0.2, least_reviews=20))
    assert bool(measure(log, settings)["alarm"]) is rings
