"""What settings.toml may say at the least."""

import pytest
from pydantic import ValidationError

import toy_case


def test_one_input_and_reading_for_nothing_are_allowed_but_not_less() -> None:
    assert toy_case.settings(columns={"x": "numeric"}, cost={"reading": 0}).cost.reading == 0
    with pytest.raises(ValidationError, match="columns"):
        toy_case.settings(columns={})
    with pytest.raises(ValidationError, match="reading"):
        toy_case.settings(cost={"reading": -1})
