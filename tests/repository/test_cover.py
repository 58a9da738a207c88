"""The picture of README.md shows the demo as it is now."""

from __future__ import annotations

from typing import Any

import pytest
from support import tool

cover = tool("cover")


def test_the_picture_of_the_readme_is_of_today() -> None:
    assert cover.digest_in(cover.PICTURE) == cover.digest(), "make cover takes it anew; look at it then"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("page.html", True),
        ("page.css", True),
        ("page.js", True),
        ("report.jinja", True),
        ("settings.toml", True),
        ("training.py", False),
    ],
)
def test_a_change_of_what_it_shows_is_noticed(name: str, shown: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    before, rendered = cover.digest(), cover.render

    def changed(*given: Any) -> dict[str, Any]:
        files = dict(rendered(*given))
        (path,) = (path for path in files if path.rpartition("/")[2] == name)
        return {**files, path: files[path]._replace(data=b"another one")}

    monkeypatch.setattr(cover, "render", changed)
    assert (cover.digest() != before) is shown


def test_it_shows_the_measured_part_of_what_is_printed() -> None:
    printed = (
        "make: …\nScores on the test rows:\n  ROC AUC  0.775 [0.760, 0.789]\nGain over the rule: 3.\n" + "Rewrote x" * 9
    )
    assert cover.excerpt(printed)[1:5] == [
        "…",
        "Scores on the test rows:",
        "  ROC AUC  0.775 [0.760, 0.789]",
        "Gain over the rule: 3.",
    ]
    assert max(map(len, cover.excerpt(printed))) <= cover.SHOWN
