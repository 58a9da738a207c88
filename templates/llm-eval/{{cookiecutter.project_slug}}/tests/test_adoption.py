"""A benchmark of one's own: what is read, what is refused, and what is written in place of ours."""

import csv
import io
import json
import os
import re
from collections import Counter
from contextlib import suppress
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.adoption import adopt
from bench.adoption.duplicates import groups, near, normalised
from bench.adoption.replacing import AdoptionError
from bench.benchmark import Labelled, Question
from bench.settings import load_settings
from own_benchmark import commit, files, project, questions, split, texts, use, written


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return project(tmp_path / "project", monkeypatch)


def refused(source: Path, documents: Path | None = None) -> str:
    before = files(Path.cwd())
    with pytest.raises(AdoptionError) as error:
        adopt(source, documents=documents, yes=True)
    assert files(Path.cwd()) == before
    return str(error.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_excel_writes_is_read(root: Path, tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = texts(text=lambda n: f'=1+{n}; "süß", Äpfel\tNr. {n}\nund mehr')
    cases = use(written(tmp_path / "own.csv", rows, delimiter, encoding))
    assert [case.text for case in cases] == [row["text"] for row in rows]
    assert [case.gold for case in cases] == [row["label"] for row in rows]


def test_json_lines_are_read_under_other_names(root: Path, tmp_path: Path) -> None:
    lines = [{"Sentence": row["text"], "Category": n % 2, "n": None} for n, row in enumerate(texts())]
    (tmp_path / "own.txt").write_text("\n\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert Counter(case.gold for case in use(tmp_path / "own.txt")) == {"0": 45, "1": 45}


def test_every_label_gets_its_shares_in_any_order(root: Path, tmp_path: Path) -> None:
    rows = texts(100, label=lambda n: "rare" if n < 4 else "often")
    first = use(written(tmp_path / "own.csv", rows))
    counts = Counter((case.gold, case.split) for case in first)
    assert counts["rare", "train"] == 2
    assert [counts["often", one] for one in ("train", "dev", "test")] == [48, 19, 29]
    again = use(written(tmp_path / "own.csv", rows[::-1]))
    assert {case.text: case.split for case in again} == {case.text: case.split for case in first}


def test_questions_come_with_their_documents(root: Path, tmp_path: Path) -> None:
    rows = questions(tmp_path / "docs")
    (tmp_path / "docs/.hidden.md").write_text("", encoding="utf-8")
    cases = use(written(tmp_path / "own.csv", [*rows, rows[1] | {"quote": rows[3]["quote"]}]), tmp_path / "docs")
    assert set(files(root / "data")) == {
        *("DATASET.md", "SHA256SUMS", "benchmark.jsonl", "corpus/more.txt", "corpus/sub/fruit.md")
    }
    found = [case for case in cases if isinstance(case, Question)]
    assert Counter(len(case.evidence) for case in found) == {0: 10, 1: 49, 2: 1}
    assert Counter((case.split, bool(case.evidence)) for case in found)["test", True] == 30
    assert not (root / "prompts/plain.md").exists()
    assert not (root / "data/corpus/old").exists()


def test_nothing_of_the_former_benchmark_is_left(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    former = load_settings()
    use(written(tmp_path / "own.csv", texts(kind=lambda n: n % 2, note=lambda n: n)))
    data = {f"data/{name}" for name in ("DATASET.md", "SHA256SUMS", "benchmark.jsonl")}
    kept = {"README.md", "settings.toml", "systems.toml", "reports/test-access.jsonl"}
    assert set(files(root)) == data | kept | {"prompts/plain.md", "prompts/brief.md"}
    assert "0.9" not in (root / "README.md").read_text(encoding="utf-8")
    found = load_settings()
    assert (found.title, found.models, found.statistics) == (former.title, former.models, former.statistics)
    assert (found.gates, found.lead) == ([], ["prompts", "classifiers"])
    assert found.tasks["classify"].slices == ["label", "kind"]
    said = (root / "data/DATASET.md").read_text(encoding="utf-8")
    assert "- note: 90 values, 0 of them in at least 10 cases" in said
    assert {"TODO(source)", "TODO(licence)"} <= set(re.findall(r"TODO\(\w+\)", said))
    assert "Removes data/LICENSE-PSF.txt, data/corpus/old/page.md, data/notes.jsonl" in capsys.readouterr().out


def test_all_that_is_wrong_is_said_at_once(root: Path, tmp_path: Path) -> None:
    rows = texts(8, id=lambda n: f"i{n}", split=split)
    rows[1]["text"] = rows[2]["label"] = ""
    rows[3]["id"] = "i0"
    rows[4]["split"] = "exam\x1b"
    rows[5]["label"] = "a\x1fb\u202e"
    rows[6] |= {"text": rows[0]["text"].upper() + "!", "label": "other"}
    said = refused(written(tmp_path / "own.csv", rows)).splitlines()
    assert [line.rpartition("own.csv:")[2] for line in said] == [
        "3: has no text",
        "4: has no label",
        "5: has the id 'i0' of line 2",
        "6: has the split 'exam', which is not train, dev or test",
        "7: has a label of more than 100 characters, or one that cannot be printed",
        "8: has the same text as line 2, but the label 'other', not 'sweet'",
        "8: has the same text as line 2, but the split 'test', not 'train'",
    ]
    said = refused(written(tmp_path / "own.csv", texts(40, label=""))).splitlines()
    assert (len(said), said[-1]) == (21, "and 20 more")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b'{"text": "a", "label": "b"}\n{"text": \n[]\n{"text": ["a"]}',
            r"2: is no JSON.*\n.*3: is no obj.*\n.*4: is no",
        ),
        (b"[" * 9999, "1: is no JSON"),
        (b'text,label\na,"b\nc', "2: is no CSV: unexpected end of data"),
        (b"text,label\na,b,c\n", "2: has 3 cells, more than the 2 columns"),
        (b"text,label,label\na,b,c\n", "1: two columns are called 'label'"),
        (b"words,kind\na,b\n", "text, input, sentence, message.*label, class.*question, document.*'words', 'kind'"),
        (b"", "there are none"),
        (b"\x81\x8d", "is no text in UTF-8"),
        (b"text,label\n" + b"a,b\n" * 50_001, "more than 50,000 rows"),
        (b"text,label\n" + b"a" * 140_000 + b",b\n", "2: is no CSV: field larger"),
    ],
)
def test_what_is_no_benchmark_is_refused(root: Path, tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "own.jsonl" if content[:1] in b"{[" and content else tmp_path / "own.csv").write_bytes(content)
    (source,) = tmp_path.glob("own.*")
    assert re.search(said, refused(source), re.DOTALL)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (texts(50), "20 test cases are needed, so about 67 in all; there are 15"),
        (texts(label=lambda n: "x" if n == 5 else "y" if n % 2 else "z"), "the label 'x' has 1 training cases; 2 are"),
        (texts(label=lambda n: "Sour" if n % 2 else "sour"), "labels differ only in case: 'sour'"),
        (texts(label="x"), "there are 1 labels; there must be 2 to 100"),
        (texts(split=lambda n: "test" if n % 2 else "train"), "10 dev cases are needed; there are 0"),
    ],
)
def test_too_few_cases_are_refused(root: Path, tmp_path: Path, rows: list[dict[str, str]], said: str) -> None:
    assert said in refused(written(tmp_path / "own.csv", rows))


def test_each_quotation_must_be_found_once(root: Path, tmp_path: Path) -> None:
    rows = questions(tmp_path / "docs", 8)
    rows[1]["quote"] = "nowhere"
    rows[2]["quote"] = "grams"
    rows[3]["document"] = "other"
    rows[4]["quote"] = ""
    source = written(tmp_path / "own.csv", [*rows, rows[0] | {"document": "more", "quote": rows[5]["quote"]}])
    assert "give DOCUMENTS=folder" in refused(source)
    (tmp_path / "docs/bad.md").write_bytes(b"\xff")
    (tmp_path / "docs/More.md").write_text("", encoding="utf-8")
    said = refused(source, tmp_path / "docs")
    for one in (
        *(
            "3: more does not contain the quotation 'nowhere'",
            "4: sub/fruit contains the quotation 'grams' more than once",
        ),
        *("5: other is not among the documents", "6: has a document but no quote", "bad.md is not UTF-8 text"),
        *(
            "More.md has the name of another",
            "10: has the same text as line 2, but the kind 'with evidence', not 'without evidence'",
        ),
    ):
        assert one in said
    for wrong in (tmp_path / "none", root, root / "data/corpus/old"):
        assert "name another one as DOCUMENTS" in refused(source, wrong)


def test_copies_are_kept_once_and_near_copies_together(root: Path, tmp_path: Path) -> None:
    long = "one two three four five six seven eight nine ten eleven twelve " * 3
    rows = [*texts(80), *({"text": f"{long} {n}", "label": "sour"} for n in range(10))]
    cases = use(written(tmp_path / "own.csv", [*rows, rows[0] | {"text": rows[0]["text"].upper() + " ."}, *rows[:3]]))
    assert len(cases) == 91
    assert len({case.split for case in cases[80:90]}) == 1
    said = (root / "data/DATASET.md").read_text(encoding="utf-8")
    assert "- line 93 has the same text and label as line 2: left out" in said
    for n, row in enumerate(rows):
        row["split"] = split(n)
    use(written(tmp_path / "own.csv", rows))
    assert "pairs of nearly the same texts are in different splits, as in lines 82 and 83" in (
        (root / "data/DATASET.md").read_text(encoding="utf-8")
    )


def test_kappa_is_that_of_a_table_worked_by_hand(root: Path, tmp_path: Path) -> None:
    """Of 50 cases 20 are a to both, 15 b to both, 5 a then b, 10 b then a: (0.7 - 0.5) / (1 - 0.5) = 0.4."""
    both = [("a", "a")] * 20 + [("b", "b")] * 15 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("a", "")] * 40
    use(written(tmp_path / "own.csv", texts(label=lambda n: both[n][0], label2=lambda n: both[n][1])))
    lines = ", ".join(map(str, range(37, 52)))
    said = f"Cohen's kappa is 0.400, and 15 labels differ; the first label counts, in lines {lines}\n"
    assert said in (root / "data/DATASET.md").read_text(encoding="utf-8")


@given(st.lists(st.lists(st.sampled_from("abcdefg"), min_size=1, max_size=14).map(" ".join), max_size=12))
def test_near_copies_are_those_that_all_pairs_show(found: list[str]) -> None:
    def sequences(text: str) -> set[str]:
        return {text[n : n + 9] for n in range(0, max(1, len(text) - 8), 2)}

    both = [(one, other) for other in range(len(found)) for one in range(other)]
    pairs = [(sequences(found[one]), sequences(found[other])) for one, other in both]
    expected = [place for place, (a, b) in zip(both, pairs, strict=True) if len(a & b) >= 0.8 * len(a | b)]
    assert sorted(near(found)) == sorted(expected)
    assert sorted(chain.from_iterable(groups(len(found), near(found)))) == list(range(len(found)))


def test_signs_that_mean_something_are_kept() -> None:
    assert normalised(" „Great“,\nGREAT!") == "great great"
    assert len({normalised(one) for one in ("fine :)", "fine :(", "C", "C#", "C++", "fine 😀", "?")}) == 7


def test_work_that_git_does_not_have_is_not_replaced(root: Path, tmp_path: Path) -> None:
    commit()
    (root / "data/corpus/old/page.md").write_text("mine", encoding="utf-8")
    (root / "reports/metrics.json").write_text("{ }", encoding="utf-8")  # it is made again
    assert "data/corpus/old/page.md would be replaced" in refused(written(tmp_path / "own.csv", texts()))
    commit()
    use(written(tmp_path / "own.csv", texts()))


@pytest.mark.parametrize("stop", range(1, 12))
def test_a_second_run_finishes_what_was_interrupted(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: int
) -> None:
    source, moved, move = written(tmp_path / "own.csv", questions(tmp_path / "docs")), 0, os.replace

    def killed(*paths: Any) -> None:
        nonlocal moved
        moved += 1
        if moved == stop:
            raise KeyboardInterrupt
        move(*paths)

    commit()
    before = (root / "settings.toml").read_bytes()
    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(os, "replace", killed)
        use(source, tmp_path / "docs")
    if stop <= moved:
        assert (root / "settings.toml").read_bytes() == before
        use(source, tmp_path / "docs")
    once = files(root)
    assert "data/corpus/old/page.md" not in once
    commit()
    use(source, tmp_path / "docs")
    assert files(root) == once
    commit()
    use(written(tmp_path / "other.csv", texts()))
    assert not (root / "data/corpus").exists()
    commit()
    use(source, tmp_path / "docs")
    assert files(root) == once


CELL = st.text(max_size=30) | st.sampled_from(["=1+1", "a|b", "<!--", "<!-- data:x -->", "\x1b]0;x", "']\n[x]", "TEXT"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    names=st.lists(CELL | st.sampled_from(["text", "label", "id", "split", "label_2", "copy"]), max_size=4),
    cells=st.lists(CELL, min_size=1, max_size=12),
    plain=st.booleans(),
)
def test_any_csv_is_adopted_or_refused(
    root: Path, tmp_path: Path, names: list[str], cells: list[str], plain: bool
) -> None:
    rows = [[*row.values(), *(cells[n % len(cells)] for _ in names)] for n, row in enumerate(texts())]
    text = io.StringIO(newline="")
    csv.writer(text).writerows([["text", "label", *names], *(rows if plain else [*rows, cells])])
    (tmp_path / "own.csv").write_bytes(text.getvalue().encode(errors="replace"))
    try:
        cases = use(tmp_path / "own.csv")
    except AdoptionError as error:
        said = "".join(str(error).splitlines())
        assert said.isprintable()
    else:
        assert all(isinstance(case, Labelled) for case in cases)
        for field in load_settings().tasks["classify"].slices:
            assert all(isinstance(getattr(case, field), str) for case in cases)
        said = Path("data/DATASET.md").read_text(encoding="utf-8")
        assert "TODO(fields)" in said.split("<!--")[0]
        assert {len(re.findall(r"(?<!\\)\|", line)) for line in said.splitlines() if line[:1] == "|"} == {4, 5}
