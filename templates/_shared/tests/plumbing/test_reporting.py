"""Only the measured blocks of a document change, and numbers are printed as they were measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from any_package.reporting import blocks
from any_package.reporting.metrics import Gate, ReportError, failures, write_json, write_text

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


OPEN, CLOSE = "<!-- measured:one -->\n", "<!-- /measured:one -->\n"
NEEDED = "page.md: block 'one' must have the lines <!-- measured:one --> and <!-- /measured:one -->, once and "


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no marks at all\n", NEEDED),
        (OPEN, NEEDED),
        (CLOSE, NEEDED),
        (CLOSE + OPEN, NEEDED),
        (OPEN + CLOSE + "text\n" + OPEN + CLOSE, NEEDED),
        (OPEN + OPEN + CLOSE, NEEDED),
        (OPEN + CLOSE + CLOSE, NEEDED),
        (OPEN + "# measured:two\n" + CLOSE + "# /measured:two\n", NEEDED),
        (
            OPEN + CLOSE + "<!-- measured:two -->\n<!-- /measured:two -->\n",
            "page.md: there is no measured block called 'two'",
        ),
    ],
)
def test_wrong_marks_are_named(text: str, message: str) -> None:
    with pytest.raises(ReportError) as caught:
        blocks.rewrite(text, {"one": "new"}, "page.md")
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_blocks_of_other_kinds_stay() -> None:
    data = "<!-- data:unit -->\na row\n<!-- /data:unit -->\n"
    assert blocks.rewrite(OPEN + "old\n" + CLOSE + data, {"one": "new"}) == OPEN + "new\n" + CLOSE + data


def listed(*documents: str) -> None:
    """Write a contract by which each of these documents has the block `one`."""
    blocks.CONTRACT.write_text("[blocks]\n" + "".join(f'"{path}" = ["one"]\n' for path in documents))


def test_all_documents_change_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    good, bad = Path("good.md"), Path("bad.md")
    good.write_text(OPEN + "old\n" + CLOSE)
    bad.write_text(OPEN)
    listed("good.md", "bad.md")
    with pytest.raises(ReportError):
        blocks.update({"one": "new"})
    assert good.read_text() == OPEN + "old\n" + CLOSE
    listed("good.md")
    assert blocks.update({"one": "new", "of-no-document": ""}) == [good]
    assert good.read_text() == OPEN + "new\n" + CLOSE
    assert blocks.update({"one": "new"}) == []
    listed("none.md")
    with pytest.raises(FileNotFoundError, match=r"none\.md"):
        blocks.update({"one": "new"})


def test_bytes_that_are_no_text_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    listed("page.md")
    Path("page.md").write_bytes(b"caf\xe9\n" + OPEN.encode() + CLOSE.encode())
    blocks.update({"one": "new"})
    assert Path("page.md").read_bytes() == b"caf\xe9\n" + OPEN.encode() + b"new\n" + CLOSE.encode()


def test_stamps_say_when_nothing_was_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("page.md").write_text(OPEN + "old\n" + CLOSE)
    listed("page.md")
    write_text(blocks.STAMPS, "<<<<<<< what Git leaves after a conflict")
    blocks.update({"one": "Nothing was measured."})
    stamps = json.loads(blocks.STAMPS.read_text("utf-8"))
    assert stamps["page.md"]["one"]["metrics_sha256"] is None


def test_a_file_is_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    write_text(path, "old")
    with pytest.raises(UnicodeEncodeError):
        write_text(path, "half \ud800")
    write_text(path, "new\r\n")
    assert path.read_bytes() == b"new\r\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_report_can_be_read_by_people(tmp_path: Path) -> None:
    write_json(tmp_path / "metrics.json", {"name": "Größe"})
    assert (tmp_path / "metrics.json").read_text(encoding="utf-8") == '{\n  "name": "Größe"\n}\n'


def test_windows_line_ends_stay() -> None:
    text = f"a\n{OPEN}old\n{CLOSE}b\n".replace("\n", "\r\n")
    assert blocks.rewrite(text, {"one": "1\n2"}) == f"a\n{OPEN}1\n2\n{CLOSE}b\n".replace("\n", "\r\n")


def test_a_failed_gate_is_a_sentence() -> None:
    kept = Gate(metric="recall", threshold=0.7, value=0.8, passed=True)
    missed = Gate(metric="cost", threshold=5, value=7.25, bound="max", passed=False)
    assert failures([kept, missed]) == ["cost is 7.25, but the gate asks for at most 5."]
