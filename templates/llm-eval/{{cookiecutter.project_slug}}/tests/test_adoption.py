"""A benchmark of one's own: what is read, what is refused, and what is written in place of ours."""

import json
import os
import re
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.adoption import adopt, reading
from bench.adoption.duplicates import normalised
from bench.exits import exit_code
from bench.settings import load_settings
from own_benchmark import BROKEN, commit, described, files, project, questions, refused, texts, use, written

SPLITS = ("train", "test", "dev", "test")


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return project(tmp_path / "project", monkeypatch)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_excel_writes_is_read(delimiter: str, encoding: str) -> None:
    rows = texts(text=lambda n: f'=1+{n}; "süß", Äpfel\tNr. {n}\nund mehr')
    found = [(case.text, case.gold) for case in use(written(rows, delimiter, encoding))]
    assert found == [(row["text"], row["label"]) for row in rows]


def test_json_lines_are_read(tmp_path: Path) -> None:
    lines = (json.dumps({"Text": row["text"], "Label": n % 2, "n": None}) for n, row in enumerate(texts()))
    (tmp_path / "own.txt").write_text("\n\n".join(lines), encoding="utf-8")
    assert Counter(case.gold for case in use(tmp_path / "own.txt")) == {"0": 45, "1": 45}


def test_every_label_gets_its_shares_in_any_order() -> None:
    rows = texts(100, label=lambda n: "rare" if n < 4 else "often")
    first = use(written(rows))
    counts = Counter(f"{case.gold} {case.split}" for case in first)
    assert counts >= Counter({"often train": 48, "often dev": 19, "often test": 29, "rare train": 2})
    assert {(case.text, case.split) for case in use(written(rows[::-1]))} == {(case.text, case.split) for case in first}


@pytest.mark.parametrize(("count", "labels"), [(60, 2), (60, 5), (40, 2), (64, 3)])
def test_splits_of_few_cases_have_what_each_needs(count: int, labels: int) -> None:
    counts = Counter(case.split for case in use(written(texts(count, label=lambda n: f"label {n % labels}"))))
    assert (counts["dev"] >= 10, counts["test"] >= 20, counts["train"] >= 2 * labels) == (True, True, True)
    assert counts.total() == count


def test_questions_come_with_their_documents(root: Path, tmp_path: Path) -> None:
    rows = questions(tmp_path / "docs")
    second = rows[1] | {"document": rows[2]["document"], "quote": rows[2]["quote"]}
    cases = use(written([*rows, second]), tmp_path / "docs")
    assert {len(getattr(case, "evidence")) for case in cases} == {0, 1, 2}  # noqa: B009  (of a question)
    assert Counter(f"{case.split} {case.gold != ''}" for case in cases) == {
        "test True": 30,
        "dev True": 20,
        "test False": 6,
        "dev False": 4,
    }
    assert [*files(root / "data/corpus")] == ["more.txt", "sub/fruit.md"]


def test_nothing_of_the_former_benchmark_is_left(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    former = load_settings()
    rows = texts(id=lambda n: f"i{n}", split=lambda n: SPLITS[n % 4], kind=lambda n: n % 2, note=lambda n: n)
    assert [(case.id, case.split) for case in use(written(rows))] == [(row["id"], row["split"]) for row in rows]
    assert set(files(root)) == {
        *("README.md", "settings.toml", "systems.toml", "prompts/plain.md", "prompts/brief.md"),
        *("data/DATASET.md", "data/SHA256SUMS", "data/benchmark.jsonl", "reports/test-access.jsonl"),
    }
    found = load_settings()
    assert (found.title, found.models, found.statistics) == (former.title, former.models, former.statistics)
    assert (found.gates, found.tasks["classify"].slices) == ([], ["label", "kind"])
    assert {"TODO(source)", "TODO(licence)"} <= set(re.findall(r"TODO\(\w+\)", described()))
    assert b"0.9" not in files(root)["README.md"]
    assert "Removes data/LICENSE-PSF.txt, data/corpus/old/page.md, data/notes.jsonl" in capsys.readouterr().out


def test_all_that_is_wrong_is_said_at_once() -> None:
    rows = texts(7, id=lambda n: f"i{n}", split=lambda n: "test")
    rows[1] |= {"text": "", "label": "", "split": "exam\x1b"}
    rows[2]["id"] = "i0"
    rows[3] |= {"text": rows[0]["text"].upper() + "!", "label": "other"}
    rows[4] |= {"text": rows[0]["text"], "label": rows[0]["label"], "split": "train"}
    assert re.findall(r":(\d+: .*)", refused(written(rows))) == [
        "3: label: is empty; fill it in",
        "3: split: Input should be 'train', 'dev' or 'test'",
        "3: text: is empty; fill it in",
        "4: has the id 'i0' of line 2",
        "5: has the text of line 2, but another label, evidence or split",
        "6: has the text of line 2, but another label, evidence or split",
    ]
    assert re.fullmatch("(?:.*\n){20}and 20 more", refused(written(texts(40, label=lambda n: ""))))


@pytest.mark.parametrize(("content", "said"), BROKEN)
def test_what_is_no_benchmark_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "own").write_text(content, encoding="utf-8")
    assert re.search(said, refused(tmp_path / "own"), re.DOTALL)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (texts(24), "20 test cases with an answer are needed, and 14 found; add rows"),
        (texts(split=lambda n: ("test", "train")[n % 2]), "10 dev cases with an answer are needed, and 0 found"),
        (texts(label=lambda n: "x" if n == 5 else "yz"[n % 2]), "2 training cases of 'x' are needed, and 1 found"),
        (texts(label=lambda n: ("Sour", "sour")[n % 2]), "labels 'Sour' and 'sour' differ only in case"),
        (texts(label=lambda n: "sour"), "2 labels are needed, and 1 found"),
    ],
)
def test_too_few_cases_are_refused(rows: list[dict[str, str]], said: str) -> None:
    assert said in refused(written(rows))


def test_each_quotation_must_be_found_once(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, docs = questions(tmp_path / "docs", 8), tmp_path / "docs"
    rows[1]["quote"], rows[2]["quote"], rows[3]["document"], rows[4]["quote"] = "nowhere", "grams", "x", ""
    source = written([*rows, rows[5] | {"document": "", "quote": ""}])
    assert re.search(
        ":3: .* not contain .*\n.*:4: .* more than once.*\n.*:5: .* not among .*\n.*:6: quote: .*\n.*:10: .* line 7,",
        refused(source, docs),
    )
    assert "has questions, so name with DOCUMENTS the folder that they quote" in refused(source)
    assert "has texts with labels, so leave out DOCUMENTS" in refused(written(texts()), docs)
    for name, content, said in (("more.md", "", "two"), ("c.md", "\0", "c.md is a"), ("a\nb.md", "", "printed")):
        (docs / name).write_text(content, encoding="utf-8")
        assert said in refused(source, docs)
    for folder in (tmp_path / "none", root):
        assert "name another one as DOCUMENTS" in refused(source, folder)
    for limit, said in (("MOST_DOCUMENTS", "name another one as DOCUMENTS"), ("MOST_BYTES", "own.csv must be text of")):
        monkeypatch.setattr(reading, limit, 1)
        assert said in refused(source, docs)


def test_copies_are_kept_once_and_near_copies_together() -> None:
    long = "one two three four five six seven eight nine ten eleven twelve " * 3
    rows = [*texts(80), *({"text": f"{long} {n}", "label": "sour"} for n in range(10))]
    cases = use(written([*rows, rows[0] | {"text": rows[0]["text"].upper() + "."}, *rows[:3]]))
    assert (len(cases), len({case.split for case in cases[80:]})) == (90, 1)
    assert "- 4 rows repeat the text of another: they make one case together\n" in described()
    assert len({normalised(one) for one in ("fine :)", "fine :(", "C", "C#", "C++", "fine 😀", "?")}) == 7
    use(written([row | {"split": SPLITS[n % 4]} for n, row in enumerate(rows)]))
    assert len(re.findall(r"the same, but in different splits: lines \d+(?:, \d+){9}\n", described())) == 1


def test_work_that_git_does_not_have_and_what_the_owner_wants_to_keep_stays(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit()
    monkeypatch.setattr("bench.adoption.agreed", lambda preview, yes: "'own.csv': CSV" not in preview)
    assert adopt(written(texts()), documents=None, yes=False) == 1
    (root / "data/corpus/old/page.md").write_text("mine", encoding="utf-8")
    assert "data/corpus/old/page.md would be replaced" in refused(written(texts()))


@pytest.mark.parametrize("stop", range(1, 10))
def test_a_second_run_finishes_and_a_third_changes_nothing(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    source, moves, move = written(questions(tmp_path / "docs")), iter(range(1, stop)), os.replace

    def killed(*paths: str) -> None:
        if next(moves, None) is None:
            raise KeyboardInterrupt
        move(*paths)

    commit()
    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(os, "replace", killed)
        use(source, tmp_path / "docs")
    use(source, tmp_path / "docs")
    once = files(root)
    commit()
    use(source, root / "data/corpus")
    assert files(root) == once


CELL = st.text(max_size=30) | st.sampled_from(["a|b", "<!-- data:x -->", "\x1b]0;x", "']\n[x]", "id", "label", "Text"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(CELL, max_size=4), st.lists(CELL, min_size=1, max_size=12))
def test_any_csv_is_adopted_or_refused(capsys: pytest.CaptureFixture[str], names: list[str], cells: list[str]) -> None:
    more: dict[str, Any] = {name: lambda n, k=k: cells[(n + k) % len(cells)] for k, name in enumerate(names)}
    if exit_code(lambda: adopt(written(texts(**more)), documents=None, yes=True)) == 0:
        use(written(texts(**more)))
        assert {len(re.findall(r"(?<!\\)\|", line)) for line in described().splitlines() if line[:1] == "|"} == {3, 5}
        assert "TODO(fields)" in described().split("<!--")[0]
    shown = capsys.readouterr()
    assert "".join((shown.out + shown.err).splitlines()).isprintable()
