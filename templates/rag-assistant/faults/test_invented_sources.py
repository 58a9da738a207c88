"""Only passages that were given can be cited."""

import pytest

from assistant.answering.citations import CitationCheck


@pytest.mark.parametrize("number", ["0", "4", "7", "1000"])
def test_a_number_without_a_passage_is_taken_out(number: str) -> None:
    check = CitationCheck(3)
    check.feed(f"True [2]. Made up [{number}].", last=True)
    assert check.text == "True [1]. Made up."
    assert check.cited == {2: 1}
