"""The picture of README.md shows the demo as it is now."""

from __future__ import annotations

from support import tool

cover = tool("cover")


def test_the_picture_of_the_readme_is_of_today() -> None:
    assert cover.digest_in(cover.PICTURE) == cover.digest(), "make cover takes it anew; look at it then"
