"""Archives that somebody gives to the site's page: hostile ones are refused in one sentence, and nothing gets out."""

from __future__ import annotations

import io
import json
import stat
import struct
import zipfile
from pathlib import Path
from typing import Any

import check_archive
import pytest
from check_archive import answer
from cost import at_most

README = {"README.md": b"# A\n\n## Data\n\nFrom the weather service.\n"}


def packed(files: dict[str, bytes], links: dict[str, str] | None = None, how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for path, data in files.items():
            archive.writestr(path, data)
        for path, target in (links or {}).items():
            info = zipfile.ZipInfo(path)
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, target)
    return out.getvalue()


def report(given: Any, name: str = "given.zip") -> dict[str, Any]:
    pages = answer(given, name)
    assert pages.keys() == {"html", "json", "badge"}
    found: dict[str, Any] = json.loads(pages["json"])["reports"][0]
    return found


def state(found: dict[str, Any], item: str) -> str:
    return next(each["state"] for each in found["findings"] if each["item"] == item)


@pytest.mark.parametrize("top", ["", "churn-main/"])
def test_an_archive_is_named_by_its_folder_or_its_file(top: str) -> None:
    found = report(packed({f"{top}{path}": data for path, data in README.items()}))
    assert found["name"] == ("churn-main" if top else "given")
    assert state(found, "data-source") == "written"
    assert report(packed({f"{top}a": b"", "__MACOSX/a/._README.md": b"\0"}))["name"] == found["name"]
    assert state(report(packed({})), "data-source") == "missing"


def test_files_of_a_folder_give_the_same() -> None:
    files = {**README, "src/a.py": b"print(1)\n"}
    given = [(f"given/{path}", memoryview(data), False) for path, data in files.items()]
    assert report(given) == report(packed(files))


def test_no_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_bytes(README["README.md"])
    links = [packed({"a.txt": README["README.md"]}, {"README.md": to}) for to in ("a.txt", str(tmp_path / "README.md"))]
    assert [state(report(each), "data-source") for each in links] == ["unverified", "unverified"]


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    through = packed({"out/a.txt": b"x"}, {"out": str(tmp_path)})
    twice = packed({}, {"out": str(tmp_path), "out/a.txt": "nowhere"})
    for data in (through, twice):
        assert "something else of that name is there" in answer(data, "a.zip")["problem"]
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "path", ["../a", "a/../../b", "/etc/a", "a\\b", "a\nb", "\x1b[2J", "a/" * 60 + "b", "a" * 300, "b/" + "c/a" * 400]
)
def test_a_path_that_is_none_inside_a_repository_is_refused(path: str) -> None:
    assert "is no path inside a repository" in answer(packed({path: b"x"}), "a.zip")["problem"]


def test_a_file_and_a_folder_of_one_name_are_refused() -> None:
    assert "something else of that name is there" in answer(packed({"a": b"", "a/b": b""}), "a.zip")["problem"]


@pytest.mark.parametrize(
    ("bound", "most", "said"),
    [
        ("MOST_PACKED", 100, "The archive has more than 100 bytes"),
        ("MOST_FILES", 1, "The archive holds more than 1 files"),
        ("MOST_UNPACKED", 20, "The files in the archive have more than 20 bytes"),
        ("MOST_OF_A_FILE", 20, "'README.md' has more than 20 bytes"),
        ("MOST_LISTED", 60, "its list of names is too long"),
    ],
)
def test_each_bound_is_said(monkeypatch: pytest.MonkeyPatch, bound: str, most: int, said: str) -> None:
    data = packed({**README, "a.txt": b""})
    assert "problem" not in answer(data, "a.zip")
    monkeypatch.setattr(check_archive, bound, most)
    assert said in answer(data, "a.zip")["problem"]


def test_a_bomb_is_not_unpacked() -> None:
    bomb = packed({"README.md": bytes(150_000_000)})
    with at_most(30):
        assert "more than 200 times as large as the archive" in answer(bomb, "a.zip")["problem"]


def test_sizes_that_lie_do_not_unpack_more() -> None:
    data = packed({"README.md": bytes(50_000_000)})
    lie = data.replace(struct.pack("<I", 50_000_000), struct.pack("<I", 10))
    with at_most(30):
        assert "cannot be read" in answer(lie, "a.zip")["problem"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        packed(README)[:-30],
        packed(README).replace(b"README.md", b"readme.md", 1),
        packed({"README.md": b"From the weather service." * 20})[40:],
    ],
    ids=[
        "empty",
        "two letters",
        "cut off",
        "two names",
        "no beginning",
    ],  # the same in each worker: an archive has a time
)
def test_what_is_no_archive_is_said(data: bytes) -> None:
    assert answer(data, "a.zip")["problem"].startswith("The archive cannot be read: ")


def test_another_packing_is_refused() -> None:
    assert "packed in a way that few programs read" in answer(packed(README, how=zipfile.ZIP_LZMA), "a.zip")["problem"]


def test_a_large_file_is_no_long_list_of_names() -> None:
    large = {"data.bin": bytes(range(256)) * 35_000}  # nearly nine million bytes, which do not pack
    assert report(packed(README | large, how=zipfile.ZIP_STORED))["name"] == "given"
