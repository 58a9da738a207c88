"""A benchmark of one's own: what is read, what is refused, and how the cases are divided."""

from __future__ import annotations

import json
import re
from collections import Counter
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from own_cases import BROKEN, adopted, lines, questions, refused, texts, written

from scaffolder.adopt.kind import AdoptionError, Options
from scaffolder.adopt.texts import cases_kind as cases
from scaffolder.adopt.texts.case import normalised

SPLITS = ("train", "test", "dev", "test")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own.csv"


def test_json_lines_are_read(tmp_path: Path) -> None:
    records = (json.dumps({"Text": row["text"], "Label": n % 2, "n": None}) for n, row in enumerate(texts()))
    (tmp_path / "own.txt").write_text("\n\n".join(records), encoding="utf-8")
    found = adopted(tmp_path / "own.txt")
    assert Counter(case["label"] for case in lines(found)) == {"0": 45, "1": 45}
    assert lines(found)[1]["id"] == "row-00003"
    assert found.preview[0] == "'own.txt': JSON lines"


def test_every_label_gets_its_shares_in_any_order(own: Path) -> None:
    rows = texts(100, label=lambda n: "rare" if n < 4 else "often")
    first = lines(adopted(written(own, rows)))
    counts = Counter(f"{case['label']} {case['split']}" for case in first)
    assert counts >= Counter({"often train": 48, "often dev": 19, "often test": 29, "rare train": 2})
    again = lines(adopted(written(own, rows[::-1])))
    assert {(case["text"], case["split"]) for case in again} == {(case["text"], case["split"]) for case in first}


@pytest.mark.parametrize(("count", "labels"), [(60, 2), (60, 5), (40, 2), (64, 3)])
def test_splits_of_few_cases_have_what_each_needs(own: Path, count: int, labels: int) -> None:
    rows = texts(count, label=lambda n: f"label {n % labels}")
    counts = Counter(case["split"] for case in lines(adopted(written(own, rows))))
    assert (counts["dev"] >= 10, counts["test"] >= 20, counts["train"] >= 2 * labels) == (True, True, True)
    assert counts.total() == count


def test_questions_come_with_their_documents(own: Path, tmp_path: Path) -> None:
    rows = questions(tmp_path / "docs")
    second = rows[1] | {"document": rows[2]["document"], "quote": rows[2]["quote"]}
    found = adopted(written(own, [*rows, second]), tmp_path / "docs")
    assert {len(case["evidence"]) for case in lines(found)} == {0, 1, 2}
    assert lines(found)[1]["evidence"][0] == {"document": "more", "section": "", "quote": rows[1]["quote"]}
    assert Counter(f"{case['split']} {bool(case['evidence'])}" for case in lines(found)) == {
        "test True": 30,
        "dev True": 20,
        "test False": 6,
        "dev False": 4,
    }
    assert sorted(found.data.files) == [
        "data/SHA256SUMS",
        "data/benchmark.jsonl",
        "data/corpus/more.txt",
        "data/corpus/sub/fruit.md",
    ]


def test_a_template_may_name_other_places(own: Path, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    contract = {"benchmark": "bench/cases.jsonl", "folder": "bench/texts", "sums": "bench/hashes/SUMS"}
    found = cases.adopt(written(own, questions(docs)), Options(documents=docs), contract).data
    assert sorted(found.files) == [
        "bench/cases.jsonl",
        "bench/hashes/SUMS",
        "bench/texts/more.txt",
        "bench/texts/sub/fruit.md",
    ]
    sums = found.files["bench/hashes/SUMS"].data
    assert found.facts["sha256"] == sha256(sums).hexdigest()
    assert sums.decode() == "".join(
        f"{sha256(found.files[f'bench/{path}'].data).hexdigest()}  ../{path}\n"
        for path in ("cases.jsonl", "texts/more.txt", "texts/sub/fruit.md")
    )


def test_more_cases_than_a_repository_should_hold_are_refused(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "MOST_BYTES", 5_000)
    assert "has more than 5,000 bytes with all documents" in refused(written(own, texts()))


def test_ids_splits_and_groups_of_the_file_are_kept(own: Path) -> None:
    rows = texts(id=lambda n: f"i{n}", split=lambda n: SPLITS[n % 4].title(), kind=lambda n: n % 2, note=lambda n: n)
    found = adopted(written(own, rows))
    assert [(case["id"], case["split"], case["kind"]) for case in lines(found)] == [
        (row["id"], row["split"].lower(), row["kind"]) for row in rows
    ]
    assert found.data.facts["slices_toml"] == '["label", "kind"]'
    assert "note" not in lines(found)[0]
    assert found.preview[-3:] == ("Columns: text, label, id, split", "Groups to compare: kind", "Left out: note")


def test_names_that_a_case_has_itself_are_no_groups_and_there_are_at_most_20(own: Path) -> None:
    names = ("question", "evidence", "n" * 61)
    found = adopted(written(own, texts(**{name: lambda n: n % 2 for name in names})))
    assert found.data.facts["slices_md"] == []
    many = {f"group_{number}": lambda n: n % 2 for number in range(22)}
    found = adopted(written(own, texts(**many)))
    assert len(found.data.facts["slices_md"]) == 20
    assert found.preview[-1] == "Left out: group_20, group_21"


def test_all_that_is_wrong_is_said_at_once(own: Path) -> None:
    rows = texts(7, id=lambda n: f"i{n}", split=lambda n: "test")
    rows[1] |= {"text": "", "label": "", "split": "exam\x1b"}
    rows[2]["id"] = "i0"
    rows[3] |= {"text": rows[0]["text"].upper() + "!", "label": "other"}
    rows[4] |= {"text": rows[0]["text"], "label": rows[0]["label"], "split": "train"}
    assert refused(written(own, rows)).splitlines()[1:] == [
        "row 3: label is empty: fill it in",
        "row 3: split is 'exam': write train, dev or test",
        "row 3: text is empty: fill it in",
        "row 4: it has the id 'i0' of row 2",
        "row 5: it has the text of row 2, but another label, evidence or split",
        "row 6: it has the text of row 2, but another label, evidence or split",
    ]
    many = refused(written(own, texts(40, label=lambda n: ""))).splitlines()
    assert (len(many), many[-1]) == (22, "and 20 more")


@pytest.mark.parametrize(("content", "said"), BROKEN)
def test_a_file_that_is_no_benchmark_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "own").write_text(content, encoding="utf-8")
    assert re.search(said, refused(tmp_path / "own"), re.DOTALL)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (texts(24), "20 test cases with an answer are needed, and 14 found: add rows"),
        (texts(split=lambda n: ("test", "train")[n % 2]), "10 dev cases with an answer are needed, and 0 found"),
        (texts(label=lambda n: "x" if n == 5 else "yz"[n % 2]), "2 training cases of 'x' are needed, and 1 found"),
        (texts(label=lambda n: ("Sour", "sour")[n % 2]), "labels 'Sour' and 'sour' differ only in case"),
        (texts(label=lambda n: "sour"), "2 labels are needed, and 1 found"),
    ],
)
def test_too_few_cases_are_refused(own: Path, rows: list[dict[str, str]], said: str) -> None:
    assert said in refused(written(own, rows))


def test_copies_are_kept_once_and_near_copies_together(own: Path) -> None:
    long = "one two three four five six seven eight nine ten eleven twelve " * 3
    rows = [*texts(80), *({"text": f"{long} {n}", "label": "sour"} for n in range(10))]
    again = adopted(written(own, [*rows, rows[0] | {"text": rows[0]["text"].upper() + "."}, *rows[:3]]))
    found = lines(again)
    assert (len(found), len({case["split"] for case in found[80:]})) == (90, 1)
    assert "  4 rows repeat the text of another: they make one case together" in again.preview
    parted = adopted(written(own, [row | {"split": SPLITS[n % 4]} for n, row in enumerate(rows)]))
    assert re.search(r"the same, but in different splits: rows \d+(?:, \d+){9}$", parted.preview[-1])


def test_punctuation_that_tells_texts_apart_counts() -> None:
    assert len({normalised(one) for one in ("fine :)", "fine :(", "C", "C#", "C++", "fine 😀", "?")}) == 7
    assert normalised("Hello, World!") == normalised("hello world")


def test_kappa_is_that_of_a_table_worked_by_hand(own: Path) -> None:
    # of 50 cases 20 are a to both, 15 b to both, 5 a then b, 10 b then a: (0.7 - 0.5) / (1 - 0.5) = 0.4
    both = [("a", "a")] * 20 + [("b", "b")] * 15 + [("a", "b")] * 5 + [("b", "a")] * 10 + [("a", "")] * 40
    found = adopted(written(own, texts(label=lambda n: both[n][0], label_2=lambda n: both[n][1])))
    rows = ", ".join(map(str, range(37, 52)))
    said = f"Cohen's kappa is 0.400; cases with a second label: 50; rows in which it differs (15): {rows}"
    assert found.data.facts["agreement_md"] == said
    assert lines(found)[36]["label_2"] == "b"
    assert adopted(written(own, texts())).data.facts["agreement_md"] == ""


def test_the_owners_words_become_facts(own: Path) -> None:
    about = {"unit": "ticket", "source": "Our help desk in 2025", "cost": "An hour."}
    facts = adopted(written(own, texts()), about=about).data.facts
    assert facts["unit"] == "ticket"
    assert facts["about"] == {
        "source": "Our help desk in 2025.",
        "licence": "",
        "judges": "",
        "decision": "",
        "cost": "An hour.",
    }
    assert adopted(written(own, texts())).data.facts["unit"] == "text"


def test_the_same_file_gives_the_same_facts_and_bytes_and_hostile_facts_stay_small(own: Path) -> None:
    rows = texts(6_000, label=lambda n: f"{n % 1000} " + "long|" * 300, group=lambda n: n % 2)
    first, second = adopted(written(own, rows)), adopted(own)
    assert first == second
    assert len(json.dumps(first.data.facts)) < 100_000
    assert first.data.facts["more_kinds"] == "900"


CELL = st.text(max_size=30) | st.sampled_from(["a|b", "<!-- data:x -->", "\x1b]0;x", "']\n[x]", "id", "label", "Text"])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(CELL, max_size=4), st.lists(CELL, min_size=1, max_size=12))
def test_any_csv_is_adopted_or_refused(own: Path, names: list[str], cells: list[str]) -> None:
    more: dict[str, Any] = {name: lambda n, k=k: cells[(n + k) % len(cells)] for k, name in enumerate(names)}
    try:
        found = adopted(written(own, texts(**more)))
    except AdoptionError as error:
        assert all(line.isprintable() for line in str(error).split("\n"))
        return
    assert all(line.isprintable() for line in found.preview)
    assert json.loads(json.dumps(found.data.facts)) == found.data.facts
    assert {case["split"] for case in lines(found)} <= {"train", "dev", "test"}
