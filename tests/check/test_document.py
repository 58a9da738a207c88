"""Markdown as a checklist reads it: what stands where."""

from __future__ import annotations

import pytest
from cost import at_most

from scaffolder.check.readers.markdown import Document, sentences, slugged
from scaffolder.check.readers.markdown_inline import plain, without_code

TEXT = """\
---
license: mit
---
# Churn [radar](https://radar.example)

## 1. Problem statement 🔥

We lose 3.5 % a day. It costs *much*!
Look at `code [x](y)`, ![plot](a/b.png "t") and [![badge](b.svg)](https://ci.example/x).

<!-- measured:results -->
| metric | value |
|---|---|
| **auc** | 0.8 |

Measured prose.
<!-- /measured:results -->

- one [ref] <!-- not [seen](hidden.md) -->
- two <https://x.example/a_b> or https://y.example/z.

```mermaid
graph TD; a-->b
```

### Detail

<img src='q.png' alt="z"> <a id="here"></a>

Setext
------
text

[ref]: docs/x.md
## Results
## Results
"""
DOCUMENT = Document("README.md", TEXT)


def said(document: Document) -> list[str]:
    return [
        each for block in document.blocks if block.kind in ("paragraph", "item", "html") for each in sentences(block)
    ]


def test_sections_nest_and_know_their_lines() -> None:
    found = [(section.title, section.level, section.line, section.end) for section in DOCUMENT.sections]
    assert found == [
        ("Churn radar", 1, 4, 37),
        ("1. Problem statement 🔥", 2, 6, 29),
        ("Detail", 3, 26, 29),
        ("Setext", 2, 30, 34),
        ("Results", 2, 35, 35),
        ("Results", 2, 36, 37),
    ]


def test_tables_know_the_line_of_each_row() -> None:
    (table,) = DOCUMENT.tables
    assert (table.header, table.rows) == (("metric", "value"), (("**auc**", "0.8"),))
    assert (table.line, table.row_lines) == (12, (14,))


def test_measured_blocks_are_nobody_s_own_prose() -> None:
    assert [block.line for block in DOCUMENT.blocks if block.measured and block.text.strip()] == [12, 16]
    assert [block.line for block in DOCUMENT.own] == [8, 19, 20, 28, 32]


def test_links_and_images_outside_code_and_comments() -> None:
    assert [(link.target, link.line, link.image) for link in DOCUMENT.links] == [
        ("https://radar.example", 4, False),
        ("a/b.png", 9, True),
        ("b.svg", 9, True),
        ("https://ci.example/x", 9, False),
        ("docs/x.md", 19, False),
        ("https://x.example/a_b", 20, False),
        ("https://y.example/z", 20, False),
        ("q.png", 28, True),
    ]
    assert [image.text for image in DOCUMENT.images] == ["plot", "badge", "z"]


def test_anchors_are_github_s() -> None:
    assert DOCUMENT.anchors == {
        "churn-radar",
        "1-problem-statement-",
        "detail",
        "here",
        "setext",
        "results",
        "results-1",
    }
    assert slugged("⚙\ufe0f Setup") == "\ufe0f-setup"
    assert slugged("`reports/metrics.json` & _more_") == "reportsmetricsjson--more"


def test_sentences_end_at_stops_not_inside_numbers() -> None:
    assert said(DOCUMENT)[:3] == ["We lose 3.5 % a day.", "It costs much!", "Look at code x, and ."]


def test_fences_and_front_matter() -> None:
    assert DOCUMENT.front_matter == "license: mit\n"
    (fence,) = DOCUMENT.fences
    assert (fence.language, fence.text, fence.line) == ("mermaid", "graph TD; a-->b\n", 22)
    assert Document("x", "---\nno end").front_matter == ""


def test_marks_that_do_not_pair_are_comments() -> None:
    document = Document("x", "<!-- measured:a -->\none\n<!-- measured:b -->\n\ntwo\n<!-- /measured:a -->\n\nthree\n")
    assert [block.text.strip() for block in document.own] == ["one", "two", "three"]


def test_plain_text_is_what_a_reader_sees() -> None:
    text = "**A** `b_c` [d](e.md) ![f](g.png) <b>h</b> i_j &amp; \\* 2 < 3"
    assert plain(text).split() == ["A", "b_c", "d", "h", "i_j", "&", "*", "2", "<", "3"]
    assert without_code("a `b` ``c ` d`` e ` f").split() == ["a", "e", "`", "f"]


LONG = 200_000
HOSTILE = {
    "nested quotes": "> " * LONG,
    "nested lists": "- " * LONG,
    "indented lists": "".join("  " * depth + "- a\n" for depth in range(600)),
    "opening brackets": "[" * LONG,
    "nested links": "[" * 20_000 + "](a)" * 20_000,
    "images that do not end": "![a](" * (LONG // 5),
    "parentheses that do not end": "[a](b" + "(" * LONG,
    "runs of ticks": "".join("`" * (run % 600) + " " for run in range(600)),
    "comments that do not end": "<!-- " * (LONG // 5),
    "tags that do not end": "<a id=" * (LONG // 6),
    "emphasis": "*a **a _a " * (LONG // 10),
    "a wide table": "|a" * 10_000 + "\n" + "|-" * 10_000 + "\n" + ("|a" * 1_000 + "\n") * 10,
    "a long table": "|a|b|\n|-|-|\n" + "|a|b|\n" * 15_000,
    "headings": "".join("#" * (1 + i % 6) + " a\n" for i in range(20_000)),
    "references": "".join(f"[a{i}]: b\n" for i in range(15_000)) + "[a1]\n\n" * 5_000,
    "front matter": "---\n" + "a: b\n" * (LONG // 5),
    "sentences": "a. " * (LONG // 3),
    "backslashes": "\\" * LONG,
    "one word": "x" * LONG,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long_or_fails(text: str) -> None:
    with at_most(300):
        document = Document("x.md", text)
        document.section("problem")
        assert None not in (document.links, document.anchors, said(document))
        assert sum(map(len, said(document))) <= 2 * len(text)
