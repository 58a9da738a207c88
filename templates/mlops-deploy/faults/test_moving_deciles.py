"""PSI moves when the numbers move."""

import pandas as pd
import pytest

from service.monitoring.psi import psi

BEFORE = pd.Series(range(100), dtype=float)


@pytest.mark.parametrize("after", [BEFORE * 1.5 + 60, BEFORE * 0 + 150, BEFORE - 90])
def test_values_that_moved_are_seen(after: pd.Series) -> None:
    found = psi(BEFORE, after, pd.Series("week", after.index))
    assert found["week"] > 1


def test_values_that_stay_are_not() -> None:
    assert psi(BEFORE, BEFORE, pd.Series("week", BEFORE.index))["week"] == pytest.approx(0)
