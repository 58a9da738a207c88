"""A passage repeats less than all of the one before, or no document would come to an end."""

import pytest

from any_package.documents.chunking import Chunking


def test_a_passage_repeats_less_than_its_size() -> None:
    assert Chunking(size=100, overlap=99).overlap == 99
    for overlap in (100, 101):
        with pytest.raises(ValueError, match="overlap must be smaller than size"):
            Chunking(size=100, overlap=overlap)
    with pytest.raises(ValueError, match="greater than or equal to 0"):
        Chunking(size=100, overlap=-1)
