"""A folder of documents is taken as it is, what cannot be used is named, and the texts learn what is in it."""

from __future__ import annotations

import hashlib
import json
import os
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import ANY_NAMES

from scaffolder.adopt.kind import Adoption, AdoptionError, Options
from scaffolder.adopt.texts import documents_kind as documents
from scaffolder.adopt.texts import folder
from scaffolder.tree import make_tree

CORPUS = "data/corpus/"


def written(root: Path, files: dict[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return root


def adopt(root: Path, files: dict[str, str | bytes], **options: Any) -> Adoption:
    return documents.adopt(written(root, files), Options(**options), {})


def preview(found: Adoption) -> str:
    return "\n".join(found.preview)


KITCHEN: dict[str, str | bytes] = {
    "deep/tea.md": '---\nauthor: <b>A|nn\n---\n# Tea "time"\n\nAt four, on weekdays.\n',
    "milk.html": "<p>Milk is dear.</p>",
    "scan.pdf": b"%PDF-1.7 not looked at",
    "tool\x1b.exe": b"MZ",
}


def test_the_files_are_copied_as_they_are(tmp_path: Path) -> None:
    found = adopt(tmp_path, KITCHEN)
    files = {path: file.data for path, file in found.data.files.items()}
    assert {path for path in files if path.startswith(CORPUS)} == {
        f"{CORPUS}deep/tea.md",
        f"{CORPUS}milk.html",
        f"{CORPUS}scan.pdf",
    }
    assert files[f"{CORPUS}scan.pdf"] == KITCHEN["scan.pdf"]
    assert files["data/benchmark.jsonl"] == b""
    sums = dict(reversed(line.split("  ")) for line in files.pop("data/SHA256SUMS").decode().splitlines())
    assert sums == {path.removeprefix("data/"): hashlib.sha256(data).hexdigest() for path, data in files.items()}
    assert list(sums) == sorted(sums)
    told = preview(found)
    assert "Documents: 3 (1 .md, 1 .html, 1 .pdf), " in told
    assert "Files that are left out: 1\n  'tool\\x1b.exe' is no Markdown, text, HTML, PDF or Word file" in told
    assert "Questions: none, so nothing is measured yet; --questions names a list of them." in told
    make_tree(found.data.files.items())  # every path is safe


def test_the_texts_learn_what_is_in_the_folder(tmp_path: Path) -> None:
    facts = adopt(tmp_path, KITCHEN, about={"title": "Our kitchen", "readers": "cooks"}).data.facts
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["documents"], facts["formats"]) == ("3", "1 .md, 1 .html, 1 .pdf")
    assert (facts["title"], facts["readers"], facts["harm"]) == ("Our kitchen", "cooks", "")
    assert tomllib.loads(f"x = {facts['example_toml']}")["x"] == 'Tea "time"'
    assert set(documents.ABOUT) <= set(facts)


def test_the_same_folder_gives_the_same(tmp_path: Path) -> None:
    first, second = adopt(tmp_path / "a", KITCHEN), adopt(tmp_path / "b", dict(reversed(KITCHEN.items())))
    assert first == second


@pytest.mark.parametrize(
    ("files", "example"),
    [
        ({"a.md": "# Our house\n\nTea is at four.\n\n## `Tea` and\t*milk*\n\n## Bread\n"}, "Tea and milk"),
        ({"a.md": f"# {'word ' * 40}\n"}, "word " * 15 + "word"),
        ({"a.md": f"# {'x' * 99}\n"}, "x" * 80),
        ({"a.txt": "One.\n\nNow three words: yes!\n"}, "a"),
        ({"a.md": "# Only a heading\n", "b.md": "#\n"}, "Only a heading"),
        ({"Safety on the water.pdf": b"%PDF"}, "Safety on the water"),
    ],
)
def test_without_questions_the_example_is_a_heading_or_the_name_of_a_file(
    tmp_path: Path, files: dict[str, str | bytes], example: str
) -> None:
    facts = adopt(tmp_path, files).data.facts
    assert tomllib.loads(f"x = {facts['example_toml']}")["x"] == example


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        (".hidden.md", "x", "is hidden"),
        (".git/x.md", "x", "is hidden"),
        ("con.md", "x", "is a reserved name on Windows"),
        ("a:b.md", "x", "a character that not every system allows"),
        ("a\u200bb.md", "x", "a character that not every system allows"),
        ("---.md", "x", "a name without letters"),
        (f"{'x' * 201}.md", "x", "an unusually long one"),
        ("uploads/a.md", "x", "is in uploads/"),
        ("empty.md", " \n", "is empty"),
        ("latin.txt", "für".encode("latin-1"), "is not UTF-8 text"),
        ("binary.md", b"a\0b", "is a binary file"),
        ("photo.png", b"\x89PNG", "is no Markdown"),
        ("noext", "x", "is no Markdown"),
    ],
)
def test_a_file_that_cannot_be_used_is_left_out_with_the_reason(
    tmp_path: Path, name: str, content: str | bytes, why: str
) -> None:
    found = adopt(tmp_path, {"good.md": "A good text.", name: content})
    assert [path for path in found.data.files if path.startswith(CORPUS)] == [f"{CORPUS}good.md"]
    assert "Files that are left out: 1\n" in preview(found)
    assert why in preview(found)


def test_links_and_devices_are_left_out(tmp_path: Path) -> None:
    written(tmp_path / "aside", {"secret.md": "Not to be read."})
    root = written(tmp_path / "docs", {"good.md": "A good text."})
    (root / "link.md").symlink_to(tmp_path / "aside/secret.md")
    (root / "folder").symlink_to(tmp_path / "aside")
    os.mkfifo(root / "pipe.md")
    found = documents.adopt(root, Options(), {})
    assert [path for path in found.data.files if path.startswith(CORPUS)] == [f"{CORPUS}good.md"]
    assert preview(found).count("is a link or a device") == 3


@ANY_NAMES
def test_names_that_are_one_place_or_one_document_are_told_apart(tmp_path: Path) -> None:
    found = folder.read(
        written(
            tmp_path,
            {
                **dict.fromkeys(["A/x.md", "a/y.md", "b/X.md", "b/x.md"], "words"),
                **dict.fromkeys(["c d.md", "c-d.md", "c-d.txt"], "words"),
                **{unicodedata.normalize(form, "e/é.md"): "words" for form in ("NFC", "NFD")},
            },
        ),
        folder.SEARCHED,
    )
    assert found.ids == {
        "A/x.md": "A/x",
        "b/X.md": "b/X",
        "c d.md": "c-d",
        "c-d.md": "c-d-md",
        "c-d.txt": "c-d-txt",
        unicodedata.normalize("NFD", "e/é.md"): "e/é",
    }
    assert set(found.left_out) == {"a/y.md", "b/x.md", "e/é.md"}
    assert "cannot be told from 'A' on every system" in found.left_out["a/y.md"]


@pytest.mark.parametrize(
    ("limit", "value", "files"),
    [
        ("MOST_FILES", 2, {"a.md": "x", "b.md": "x", "c.md": "x"}),
        ("MOST_BYTES", 5, {"a.md": "xxx", "b.md": "xxx"}),
        ("MOST_ENTRIES", 2, {"a.md": "x", "b.png": "x", "c.png": "x"}),
    ],
)
def test_what_is_too_much_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int, files: dict[str, str | bytes]
) -> None:
    monkeypatch.setattr(folder, limit, value)
    with pytest.raises(AdoptionError, match=r"has more than .* name a smaller folder"):
        adopt(tmp_path, files)


def test_a_large_file_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "LARGEST", 4)
    assert "is larger than 4 bytes" in preview(adopt(tmp_path, {"a.md": "abcd", "b.md": "abcde"}))


@pytest.mark.parametrize(
    ("files", "said"),
    [({}, "it is empty"), ({"a.png": "x"}, "'a.png' is no Markdown"), ({"a.md": b"\xff"}, "is not UTF-8 text")],
)
def test_a_folder_without_a_document_is_refused(tmp_path: Path, files: dict[str, str | bytes], said: str) -> None:
    with pytest.raises(AdoptionError, match="has no document that can be used: ") as error:
        adopt(tmp_path, files)
    assert said in str(error.value)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    written(tmp_path, {"a.md": "x"})
    for path in (tmp_path / "absent", tmp_path / "a.md"):
        with pytest.raises(AdoptionError, match=r"There is no folder .*: --data must name"):
            documents.adopt(path, Options(), {})


def test_a_folder_that_cannot_be_listed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def walk(top: Path, onerror: Any) -> list[Any]:
        onerror(PermissionError(13, "Permission denied", str(top / "closed")))
        return []

    monkeypatch.setattr(os, "walk", walk)
    with pytest.raises(AdoptionError, match=r"closed' cannot be listed \(Permission denied\)"):
        documents.adopt(written(tmp_path, {"a.md": "x"}), Options(), {})


@given(st.binary(max_size=200), st.sampled_from(sorted(folder.SEARCHED.suffixes)))
def test_any_bytes_are_taken_or_left_out(tmp_path_factory: pytest.TempPathFactory, content: bytes, suffix: str) -> None:
    root = tmp_path_factory.mktemp("any")
    found = adopt(root, {"good.md": "A good text.", f"any{suffix}": content})
    assert json.dumps(found.data.facts)
    assert len(found.data.files) == 4 - preview(found).count("left out")


def test_the_example_can_be_adopted(tmp_path: Path) -> None:
    found = documents.adopt(*documents.example(tmp_path, {}), {})
    assert (found.data.facts["questions"], found.data.facts["unanswerable"]) == (2, 1)


def test_what_the_owner_should_know_of_the_questions_is_said_at_the_end(tmp_path: Path) -> None:
    rows = "question,answer,quote\nWhen is tea?,at 4,"
    (tmp_path / "q.csv").write_text(f'{rows}"At four, on weekdays"\nWho pays?,the cook,\nWho?,,\n', encoding="utf-8")
    source = written(tmp_path / "docs", {"tea.md": KITCHEN["deep/tea.md"]})
    found = documents.adopt(source, Options(questions=tmp_path / "q.csv"), {"to_fit": [20, 10]})
    assert "  row 3, 'Who pays?': 'the cook' does not stand in the documents" in found.to_know
    assert "not fitted to your documents: that takes 20 answerable and 10 unanswerable" in found.to_know[-1]
    assert found.to_know[-1].endswith("(dev), and there are 0 and 0.")
