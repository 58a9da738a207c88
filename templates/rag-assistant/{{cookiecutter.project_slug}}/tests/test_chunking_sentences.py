"""Sentences of technical prose, and the blocks of Markdown that they stand in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.documents.blocks import blocks
from assistant.documents.outline import outline
from assistant.documents.sentences import LONGEST_ITEM
from assistant.passages import Span
from timing import growth

# Pieces that mean something to Markdown or to the splitter, so that random texts get into every branch.
PIECES = [
    *(
        "# T\n",
        "## S\n\n",
        "===\n",
        "---\n",
        "- ",
        "  - x\n",
        "1. ",
        "> ",
        "| a | b |\n",
        "|---|---|\n",
        "```\n",
        "~~~\n",
    ),
    *("    ", "\t", "\n", "\n\n", "\r\n", "[x]: y\n", "<div>\n", "<!--", "*b* ", "`a. B` ", "``", "$", "\\"),
    *("word ", "A. B", "e.g. ", "3.13 ", "... ", "? ", "。", "é", "\u2028", "\x1f"),
]
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
ANY_TEXT = MARKDOWN | st.text(max_size=200)


def split(text: str) -> list[str]:
    return [text[span.start : span.end] for span in outline(text).units]


def assert_covers(text: str, spans: list[Span]) -> None:
    """Ordered, disjoint, inside the text, and nothing but blank space between them."""
    position = 0
    for span in spans:
        assert position <= span.start < span.end <= len(text)
        assert not text[position : span.start].strip()
        assert text[span.start : span.end].strip()
        position = span.end
    assert not text[position:].strip()


@given(ANY_TEXT)
def test_sentences_cover_any_text(text: str) -> None:
    assert_covers(text, list(outline(text).units))


@given(ANY_TEXT)
def test_blocks_cover_any_text(text: str) -> None:
    assert_covers(text, [block.span for block in blocks(text)])


@pytest.mark.parametrize(
    "parts",
    [
        ["One sentence.", "Another one!", "A third?", "The end"],
        ["Sequences, e.g. lists, are mutable.", "Others, i.e. tuples, are not."],
        ["Use os.path.join() on 3.13.", "It is new in version 3.13.", "Nothing else is."],
        ["Wait... for it.", "Well...", "Then go."],
        ["It is called.", "os.path does the rest.", "__enter__() returns it.", "print() shows it."],
        ["The value of `a. B` is kept.", "So is ``x ` y. Z``.", "Call `x`.", "Then `y`."],
        ['He asked "Why?" and left.', '"Because."', "(In brackets.)", "**Bold.**", "Plain."],
        ["Donald E. Knuth wrote it.", "A subclass of B.", "It inherits."],
        ["See Fig. 3, Sec. 4 and No. 5.", "Keys, values, etc. are copied.", "And so on, etc.", "The end."],
        ["Is she a Dr?", "She is.", "Of two or more, as in Fig...", "Then it ends."],
        ["これは文です。", "次の文です。", "pip を使います。"],
        ["A line that\ngoes on.", "The next\none."],
    ],
)
def test_prose_is_split_where_a_reader_would(parts: list[str]) -> None:
    for text in (" ".join(parts), "\n".join(parts)):
        assert split(text) == parts


def test_a_full_stop_before_many_blanks_ends_a_sentence() -> None:
    assert split(f"One.{' ' * 99}Two.") == ["One.", "Two."]


def test_headings_items_rows_and_code_are_units() -> None:
    text = """\
# Title. Of two parts

Prose. More prose.

- First item. With two sentences.
- Second item
  that goes on.
  - Nested. Item.

  A paragraph of the item. It is prose.

1. Numbered. Item.

| Head. A | B |
| --- | --- |
| One. Two | 3 |

```python
x = 1. Y

def f(): ...
```

    indented. Code

> Quoted. Prose.
"""
    assert split(text) == [
        "# Title. Of two parts",
        "Prose.",
        "More prose.",
        "- First item. With two sentences.",
        "- Second item\n  that goes on.",
        "- Nested. Item.",
        "A paragraph of the item.",
        "It is prose.",
        "1. Numbered. Item.",
        "| Head. A | B |",
        "| --- | --- |",
        "| One. Two | 3 |",
        "```python\nx = 1. Y\n\ndef f(): ...\n```",
        "    indented. Code",
        "> Quoted.",
        "Prose.",
    ]


def test_a_long_item_is_prose() -> None:
    sentence = "This item goes on and on. "
    assert len(split("- " + sentence * (LONGEST_ITEM // len(sentence) + 1))) > 10
    longest = f"- One. {'X' * (LONGEST_ITEM - 7)}"
    assert (split(longest), len(split(f"{longest}X"))) == ([longest], 2)


def test_an_open_fence_reaches_to_the_end() -> None:
    assert split("Text.\n\n```\ncode. Code\n\n# no heading") == ["Text.", "```\ncode. Code\n\n# no heading"]


def test_sections_know_the_headings_above() -> None:
    text = "before\n\n# A\n\n## B `c`\n\ntext\n\n### D\n\n## E\n\nUnderlined\n===\n\n- # in a list\n"
    sections = [(section.level, section.path) for section in outline(text).sections]
    assert sections == [
        (0, ()),
        (1, ("A",)),
        (2, ("A", "B c")),
        (3, ("A", "B c", "D")),
        (2, ("A", "E")),
        (1, ("Underlined",)),
    ]


def test_a_long_paragraph_above_dashes_is_no_heading() -> None:
    assert [block.kind for block in blocks("many words " * 50 + "\n---\n")] == ["prose"]
    longest = f"# {'x' * 198}"
    code = "```\n" + "x = 1\n" * 99 + "```"
    assert [block.kind for block in blocks(f"{longest}\n\n{longest}x\n\n{code}")] == ["heading", "prose", "code"]


@pytest.mark.parametrize("piece", [".", "`", "'.", ". ", "a. B ", "- ", "> ", "|", "#", "[", "`a` ", "...\n", "\n\n"])
def test_hostile_text_takes_no_more_than_linear_time(piece: str) -> None:
    assert growth(lambda size: outline(piece * size), 4_000 // len(piece)) < 1.5
