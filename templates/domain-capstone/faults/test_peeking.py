"""Each case lies in one part."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from capstone.data import divide


@pytest.mark.parametrize("time", ["day", None])
def test_no_case_lies_in_two_parts(time: str | None) -> None:
    frame = pd.DataFrame({"day": [f"2026-01-{number % 28 + 1:02}" for number in range(140)], "size": np.arange(140.0)})
    settings: Any = SimpleNamespace(
        data=SimpleNamespace(time=time, group=None, test_share=0.25, validation_share=0.25),
        training=SimpleNamespace(seed=3),
        columns={"size": None},
    )
    parts = divide(frame, settings)
    assert sorted(case for part in parts.values() for case in part) == list(range(140))
    assert min(map(len, parts.values())) >= 30
