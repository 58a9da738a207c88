"""The best sentence counts, in whichever passage it stands."""

from types import SimpleNamespace
from typing import Any

import pytest

from assistant.answering.confidence import confidence


def hit(cosine: float) -> Any:
    chunk = SimpleNamespace(title="", section=(), text="")
    return SimpleNamespace(chunk=chunk, cosines=(0.1, cosine), score=1.0)


@pytest.mark.parametrize("place", range(4))
def test_one_good_sentence_anywhere_is_enough(place: int) -> None:
    hits = [hit(0.9 if number == place else 0.2) for number in range(4)]
    assert confidence("What is the limit?", hits) == pytest.approx(confidence("What is the limit?", [hit(0.9)]))
