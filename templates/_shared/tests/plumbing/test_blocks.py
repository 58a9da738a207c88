"""Headings: what they say without their marks, and how long that takes."""

from __future__ import annotations

import pytest

from any_package.documents.blocks import blocks, plain
from timing import growth


@pytest.mark.parametrize(
    ("heading", "title"),
    [
        ("`object.__exit__(self)`", "object.__exit__(self)"),
        ("**Bold** and _slanted_ `__slots__`", "Bold and slanted __slots__"),
        ("The [`with`](https://example.org) statement", "The with statement"),
        ("Two ``ticks ` in`` code", "Two ticks ` in code"),
        ("`ticks ``in`` code`", "ticks ``in`` code"),
        ("An open ` tick", "An open ` tick"),
    ],
)
def test_a_section_is_called_what_its_heading_says(heading: str, title: str) -> None:
    assert plain(heading) == title


@pytest.mark.parametrize("hostile", ["# {ticks} a", "# {ticks} {ticks}` a", "# {alternating}", "# {growing} a"])
def test_headings_take_time_in_proportion_to_their_length(hostile: str) -> None:
    def read(size: int) -> None:
        runs = " ".join("`" * count for count in range(1, int((2 * size) ** 0.5)))
        blocks(hostile.format(ticks="`" * size, alternating="a`" * size, growing=runs))

    assert growth(read, 5_000) < 1.5
