"""The owner's text as it is, in TOML and in Markdown."""

from __future__ import annotations

import ast
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from scaffolder.adopt.literals import code, number, plain, python, toml
from scaffolder.errors import one_line

ANY = st.text(st.characters(codec="utf-8"), max_size=20)
MARKUP = st.text(st.sampled_from("ab1 \\`*_~|[](){}!<>&;#\"'-:/\n"), max_size=20)
MARKDOWN = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(key=ANY, value=ANY | st.integers(-(2**60), 2**60))
def test_any_name_and_value_is_toml(key: str, value: str | int) -> None:
    assert tomllib.loads(f"{toml(key, key=True)} = {toml(value)}") == {key: value}


@given(value=ANY | MARKUP)
def test_any_text_is_python_and_on_one_line(value: str) -> None:
    assert ast.literal_eval(python(value)) == value
    assert python(value).isprintable()


def test_a_plain_key_needs_no_quotes() -> None:
    assert [toml(key, key=True) for key in ("age-2", "a b", "")] == ["age-2", '"a b"', '""']
    assert toml("age") == '"age"'


@given(value=ANY | MARKUP)
def test_markdown_shows_any_text_as_it_is_in_a_sentence_and_in_a_table(value: str) -> None:
    words = one_line(" ".join(value.split()))
    for form in (plain, code):
        made = form(value)
        assert shown(f"It is {made} here.") == f"It is {words} here."
        lines = ["| a | b |", "| --- | --- |", f"| x{made}x | y |"]
        assert shown("\n".join(lines)) == f"a b x{words}x y"


def shown(markdown: str) -> str:
    """The text that a reader sees; fails if there is a link, HTML or emphasis."""
    texts = []
    for block in MARKDOWN.parse(markdown):
        found = [(one.type, one.content) for one in block.children or []]
        assert {kind for kind, _ in found} <= {"text", "code_inline", "text_special"}
        texts += ["".join(content for _, content in found)] * bool(block.children is not None)
    return " ".join(text for text in texts if text)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1234567, "1,234,567"),
        (0.5, "0.500"),
        (12.345, "12.35"),
        (1234.56, "1234.6"),
        (0.0001234, "0.000123"),
        (0.0, "0.000"),
    ],
)
def test_a_number_has_as_many_decimals_as_suit_it(value: float, text: str) -> None:
    assert number(value) == text
