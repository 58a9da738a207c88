"""Numbers have the digits that they need, and no text of a stranger is markup."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from any_package.reporting import markdown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (364.0, "364.0"),
        (10.024, "10.02"),
        (1.643, "1.643"),
        (0.8513, "0.851"),
        (0.01139, "0.0114"),
        (0.00000123, "0.000001"),
        (0.0, "0.000"),
    ],
)
def test_numbers_keep_three_digits_and_at_most_six_decimals(value: float, shown: str) -> None:
    assert markdown.number(value) == shown


def test_an_estimate_has_the_decimals_of_its_line() -> None:
    assert markdown.estimate(0.00066, (-0.0068, 0.0091), like=0.85) == "0.001 [-0.007, 0.009]"


def test_a_table_aligns_words_left_and_numbers_right() -> None:
    assert markdown.table(["a", "b", "c"], [["x", "yes", 1.5]]).splitlines() == [
        "| a | b | c |",
        "| :--- | :--- | ---: |",
        "| x | yes | 1.5 |",
    ]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("monthly charges (EUR)", "monthly charges (EUR)"),
        ("[click](http://evil)", r"\[click\](http://evil)"),
        ("![x][y]", r"!\[x\]\[y\]"),
        ("_id __proto__", r"\_id \_\_proto\_\_"),
        ("2*3*4 ~~x~~", r"2\*3\*4 \~\~x\~\~"),
        ("```\npython", r"\`\`\` python"),
        (r"a\|b|c", r"a\\\|b\|c"),
        ("<!-- measured:one -->", "&lt;!-- measured:one -->"),
        ("&lt;b>", "&amp;lt;b>"),
    ],
)
def test_foreign_text_is_shown_as_it_is(text: str, written: str) -> None:
    assert markdown.cell(text) == written
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(f"| {written} |\n| --- |\n| x |\n")
    shown = rendered.partition("<th>")[2].partition("</th>")[0]
    assert html.unescape(shown) == " ".join(text.split())


@given(st.text(st.sampled_from("ab_*~`|[]()<>!\\&;#:\"' \n\u2028"), min_size=1, max_size=12).filter(str.split))
def test_any_text_is_shown_as_it_is_in_a_table(text: str) -> None:
    page = MarkdownIt("gfm-like", {"linkify": False}).render(f"| {markdown.cell(text)} | b |\n| --- | --- |\n")
    shown = page.partition("<th>")[2].partition("</th>")[0]
    assert "<" not in shown
    assert html.unescape(shown) == " ".join(text.split())


def test_foreign_text_does_not_end_the_link_that_it_is_in() -> None:
    rendered = MarkdownIt("commonmark").render(f"![{markdown.cell('x](http://evil')}](our.svg)")
    assert rendered == '<p><img src="our.svg" alt="x](http://evil" /></p>\n'


@pytest.mark.parametrize("text", ["plan", "two words", "a_b", "[x](y)", "*", "&lt;"])
def test_a_name_is_shown_as_code(text: str) -> None:
    assert markdown.code(text) == f"`{text}`"


@pytest.mark.parametrize("text", ["", "a`b", "a|b", "<b>", " a", "a  b", "a\nb"])
def test_what_code_cannot_show_is_quoted(text: str) -> None:
    assert markdown.code(text) == f"“{markdown.cell(text)}”"
