"""Files that are read within limits, written in one step, and locked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scaffolder import errors, safe


def test_a_given_file_is_read_within_its_limit(tmp_path: Path) -> None:
    (tmp_path / "roster.csv").write_bytes(b"name\nAda\n")
    assert safe.read_given(tmp_path / "roster.csv", 9) == b"name\nAda\n"
    with pytest.raises(errors.TargetError, match=r"roster\.csv' is larger than 8 bytes"):
        safe.read_given(tmp_path / "roster.csv", 8)


@pytest.mark.parametrize(
    ("name", "sentence"), [("absent", "There is no file"), ("folder", "cannot be read"), ("pipe", "no regular file")]
)
def test_what_is_no_file_is_refused_in_a_sentence(name: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")  # opening it must not wait for a writer
    with pytest.raises(errors.TargetError, match=sentence):
        safe.read_given(tmp_path / name, 100)


def test_a_file_is_replaced_whole_and_through_no_link(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text("old")
    (tmp_path / ".page.html.tmp").symlink_to(tmp_path / "elsewhere")
    safe.replace_file(tmp_path / "page.html", b"new", mode=0o600)
    assert (tmp_path / "page.html").read_text() == "new"
    assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def test_a_file_that_cannot_be_replaced_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "page.html").mkdir()
    with pytest.raises(OSError, match="directory"):
        safe.replace_file(tmp_path / "page.html", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["page.html"]


def with_lock(place: Path, busy: errors.ScaffolderError) -> None:
    with safe.locked(place, busy):
        pass


@pytest.mark.parametrize("name", ["lock", "."])
def test_a_lock_is_held_by_one_at_a_time(name: str, tmp_path: Path) -> None:
    busy = errors.TargetError("Another command is at work.")
    with safe.locked(tmp_path / name, busy), pytest.raises(errors.TargetError, match="Another"):
        with_lock(tmp_path / name, busy)
    with_lock(tmp_path / name, busy)  # it has been released


@pytest.mark.parametrize(
    ("most", "expected"), [(1, "a and 2 more"), (2, "a, b and 1 more"), (3, "a, b, c"), (9, "a, b, c")]
)
def test_a_long_list_ends_in_a_number(most: int, expected: str) -> None:
    assert errors.listed(["a", "b", "c"], most) == expected


def test_many_lines_end_in_a_number() -> None:
    assert errors.first_lines(["a"] * 1003, 2) == ["a", "a", "and 1,001 more"]
    assert errors.first_lines(["a", "b"], 2) == ["a", "b"]
