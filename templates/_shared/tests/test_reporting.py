"""Only the measured blocks of a document change, and numbers are printed as they were measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from any_package.reporting import blocks, markdown, sections
from any_package.reporting.blocks import BlockError
from any_package.reporting.metrics import (
    Gate,
    Metric,
    Report,
    ReportError,
    Run,
    Slice,
    failures,
    read_report,
    write_json,
    write_text,
)

# Any text of an owner, marks aside.
prose = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=80).filter(
    lambda text: "measured:" not in text
)
contents = st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=30), max_size=4).map(
    "\n".join
)


def document(before: str, between: str, after: str, one: str = "old", two: str = "older") -> str:
    first, second = (content and f"{content}\n" for content in (one, two))  # an empty block has no line
    return (
        f"{before}\n<!-- measured:one -->\n{first}<!-- /measured:one -->\n{between}\n"
        f"  # measured:two\n{second}# /measured:two \n{after}"
    )


@given(prose, prose, prose, contents, contents)
def test_only_the_blocks_change(before: str, between: str, after: str, one: str, two: str) -> None:
    if "measured:" in one + two:
        return
    written = blocks.rewrite(document(before, between, after), {"one": one, "two": two})
    assert written == document(before, between, after, one.strip("\n"), two.strip("\n"))
    assert blocks.rewrite(written, {"one": one, "two": two}) == written


def test_windows_line_ends_stay() -> None:
    text = document("a", "b", "c").replace("\n", "\r\n")
    written = blocks.rewrite(text, {"one": "1\n2", "two": "3"})
    assert written == document("a", "b", "c", "1\n2", "3").replace("\n", "\r\n")


OPEN, CLOSE = "<!-- measured:one -->\n", "<!-- /measured:one -->\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no marks at all\n", "page.md has no block 'one'"),
        (OPEN, "page.md:1: block 'one' is never closed"),
        (CLOSE, "page.md:1: this mark of block 'one' is one too many"),
        (OPEN + CLOSE + "text\n" + OPEN + CLOSE, "page.md:4: this mark of block 'one' is one too many"),
        (OPEN + OPEN + CLOSE, "page.md:2: this mark of block 'one' is one too many"),
        (OPEN + CLOSE + CLOSE, "page.md:3: this mark of block 'one' is one too many"),
        (
            OPEN + CLOSE + "<!-- measured:two -->\n<!-- /measured:two -->\n",
            "page.md: there is no measured block called 'two'",
        ),
    ],
)
def test_wrong_marks_are_named(text: str, message: str) -> None:
    with pytest.raises(BlockError) as caught:
        blocks.rewrite(text, {"one": "new"}, "page.md")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_blocks_of_another_word_are_read_and_written_alone() -> None:
    text = OPEN + "old\n" + CLOSE + "<!-- data:unit -->\r\na row\r\n\r\nis a day\r\n<!-- /data:unit -->\n"
    assert blocks.read(text, word="data") == {"unit": "a row\n\nis a day"}
    assert blocks.read(text) == {"one": "old"}
    assert OPEN + "old\n" + CLOSE in blocks.rewrite(text, {"unit": "new"}, word="data")
    with pytest.raises(BlockError, match="put back the lines <!-- data:other -->"):
        blocks.rewrite(text, {"unit": "new", "other": ""}, word="data")


def test_all_documents_change_or_none(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(OPEN + "old\n" + CLOSE)
    bad.write_text(OPEN)
    with pytest.raises(BlockError):
        blocks.update({good: {"one": "new"}, bad: {"one": "new"}})
    assert good.read_text() == OPEN + "old\n" + CLOSE
    assert blocks.update({good: {"one": "new"}}) == [good]
    assert blocks.update({good: {"one": "new"}}) == []
    with pytest.raises(BlockError, match="does not exist"):
        blocks.update({tmp_path / "none.md": {}})


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    write_text(path, "old")
    path.chmod(0o640)
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half \ud800")
    write_text(path, "new\r\n")
    assert path.read_bytes() == b"new\r\n"
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_without_a_number_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "metrics.json", {"value": float("nan")})
    with pytest.raises(ReportError, match="make evaluate"):
        read_report(tmp_path / "metrics.json")
    (tmp_path / "metrics.json").write_text(json.dumps({"task": "x"}))
    with pytest.raises(ReportError, match="make evaluate") as caught:
        read_report(tmp_path / "metrics.json")
    assert "\n" not in str(caught.value)


def test_a_metric_is_shown_as_people_write_it() -> None:
    run = Run(command="x", commit=None, seed=1, data_sha256="0" * 64, rows=1, python="3", started_at="2026", seconds=1)
    report = Report(
        task="x",
        run=run,
        metrics=[
            Metric(name="roc_auc", label="ROC AUC", value=0.85, higher_is_better=True),
            Metric(name="mae", value=2.5, higher_is_better=False),
        ],
        slices=[Slice(name="plan = _x_", n=3, metric="roc_auc", value=0.8)],
        gates=[Gate(metric="roc_auc", threshold=0.8, passed=True, value=0.85)],
    )
    assert "| Slice | Rows | ROC AUC |" in sections.slices(report, "rows")
    assert r"| plan = \_x\_ | 3 |" in sections.slices(report, "rows")
    assert "| ROC AUC | at least 0.8 |" in sections.gates(report)
    assert '- name: "Prévision 😀"' in sections.model_index(report, "Prévision 😀", "x.csv", "tabular")


def test_a_failed_gate_becomes_a_sentence() -> None:
    gate = Gate(metric="mae", threshold=1.15, passed=False, value=1.3, bound="max")
    assert failures([gate]) == ["mae is 1.3, but the gate asks for at most 1.15."]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (364.0, "364.0"),
        (10.024, "10.02"),
        (1.643, "1.643"),
        (0.8513, "0.851"),
        (0.01139, "0.0114"),
        (0.0, "0.000"),
    ],
)
def test_numbers_keep_three_digits(value: float, shown: str) -> None:
    assert markdown.number(value) == shown


def test_an_estimate_has_the_decimals_of_its_line() -> None:
    assert markdown.estimate(0.00066, (-0.0068, 0.0091), like=0.85) == "0.001 [-0.007, 0.009]"


def test_a_cell_cannot_break_the_table() -> None:
    assert markdown.table(["a|b"], [["c\n<d>"]]) == "| a\\|b |\n| :--- |\n| c &lt;d> |"
    assert markdown.table(["a"], [[r"x\\| ![y](z)"]]).splitlines()[-1] == r"| x\\\| ![y]\(z) |"
    assert "| **bold** and `code` |" in markdown.table(["a"], [["**bold** and `code`"]])
    assert r"| \<b> \\&lt;i> |" in markdown.table(["a"], [[r"\<b> \\<i>"]])


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("monthly_charges [EUR]", "monthly_charges [EUR]"),
        ("[click](http://evil)", r"[click]\(http://evil)"),
        ("![x][y]", r"![x]\[y]"),
        ("_id __proto__", r"\_id \_\_proto\_\_"),
        ("2*3*4 ~~x~~", r"2\*3\*4 \~\~x\~\~"),
        ("```\npython", r"\`\`\` python"),
        (r"a\|b|c", r"a\\\|b\|c"),
        ("<!-- measured:one -->", "&lt;!-- measured:one -->"),
    ],
)
def test_foreign_text_is_shown_as_it_is(text: str, written: str) -> None:
    assert markdown.cell(text) == written
    assert markdown.table([markdown.cell(text)], []).splitlines()[0] == f"| {written} |"
