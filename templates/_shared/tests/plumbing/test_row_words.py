"""Rows are named in the closest words that the settings have, or by column and value, and never by two columns."""

from __future__ import annotations

from typing import Any

import pytest

from any_package.reporting import sections

WORDS = {
    "plan": {"is basic": "on the basic plan", "is not {}": "without the plan {}", "is {}": "on the plan {}"},
    "age": {"is at most {} years": "in the first {} years", "{}": "whose age {}"},
}


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ([("plan", "is {}", "basic")], "on the basic plan"),
        ([("plan", "is {}", "plus")], "on the plan plus"),
        ([("plan", "is not {}", "plus")], "without the plan plus"),
        ([("plan", "is not {}", "plus"), ("plan", "is not {}", "NA")], "where `plan` is neither `plus` nor `NA`"),
        ([("age", "is at most {} years", 1200.5)], "in the first 1,200.5 years"),
        ([("age", "is above {} years (or missing)", 40.0)], "whose age is above 40 years (or missing)"),
        ([("age", "is at most {}", 60.0), ("age", "is above {}", 40.0)], "whose age is above 40 and at most 60"),
        ([("city", "is {}", "missing")], "where `city` is missing"),
        ([("city", "is {}", "a`|<b>")], r"where `city` is “a\`\|&lt;b>”"),
        ([("city", "is {}", "{}"), ("plan", "is {}", "basic")], "where `city` is `{}` and on the basic plan"),
        ([("note", "lacks the word {}", "late")], "where `note` lacks the word `late`"),
    ],
)
def test_rows_are_named_in_the_closest_words(steps: list[Any], said: str) -> None:
    assert sections.tables.where(WORDS, steps) == said


def test_a_slice_is_named_by_its_whole_column() -> None:
    def said(name: str, *columns: str) -> str:
        return str(sections.tables.slice({"a = b": {"is c": "of kind c"}}, columns, name))

    assert said("a = b = c", "a", "a = b") == "of kind c"
    assert said("a = b = c", "a") == "where `a` is `b = c`"
    assert said("gone = c", "a") == "in the group `gone = c`"
