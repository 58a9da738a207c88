"""An experiment is found by its name, and its record keeps every word of its owner."""

from pathlib import Path
from typing import Any

import pytest

from any_package.reporting import experiments, revisions
from any_package.reporting.blocks import STAMPS, digest
from any_package.reporting.experiments import PAGE, RESULTS, ExperimentError, blamed
from any_package.reporting.metrics import METRICS, ReportError, read_json, write_json

FOUND: dict[str, Any] = {
    "measures": {"accuracy, mean of the folds": (0.8, 0.82), "seconds": (2.0, 3.0)},
    "gain": 0.0125,
    "ci95": (-0.01, 0.035),
    "interval": "a t interval",
    "measured_on": "5 folds of 200 rows",
    "data_sha256": "0123456789abcdef",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    PAGE.parent.mkdir()
    PAGE.write_text("Mine.\n<!-- measured:experiments -->\n<!-- /measured:experiments -->\n", encoding="utf-8")
    return tmp_path


def put(name: str, text: str = "[training]\nwords = 7\n") -> Path:
    path = Path("experiments", name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_name_finds_its_file() -> None:
    for name in ("fewer.toml", "more.toml", "notes.md", "ratio.diff"):
        put(name)
    assert [experiments.find(name).name for name in ("fewer", "more")] == ["fewer.toml", "more.toml"]
    for unknown in ("", "notes", "../fewer", "ratio"):
        with pytest.raises(ExperimentError, match=r"NAME=… .* in experiments/; there is fewer\.toml, more\.toml$"):
            experiments.find(unknown)


def test_what_is_compared_was_measured_in_the_same_folds() -> None:
    before = {"headline": [0.5, 0.25], "measures": {"a": 1, "old": 2}, "folds": [[1, 2], [3]]}
    after = {"headline": [0.75, 0.25], "measures": {"a": 3, "new": 4}, "folds": [[1, 2], [3]]}
    assert revisions.paired(before, after) == ([0.25, 0], {"a": (1, 3)})
    with pytest.raises(ExperimentError, match="other folds"):
        revisions.paired(before, {**after, "folds": [[1], [2, 3]]})


def test_without_any_file_it_says_so() -> None:
    with pytest.raises(ExperimentError, match="there is no file yet"):
        experiments.find("any")


def test_settings_change_one_by_one() -> None:
    path = put("more.toml", 'seed = 2\n[training]\nwords = 7\n[new]\na = "b"\n')
    changed = experiments.changed({"seed": 1, "training": {"words": 300, "folds": 5}, "cost": {}}, path)
    assert changed == {"seed": 2, "training": {"words": 7, "folds": 5}, "cost": {}, "new": {"a": "b"}}


def test_a_table_where_the_settings_have_a_list_takes_its_place() -> None:
    changed = experiments.changed(
        {"features": [{"name": "a"}], "training": {"seed": 1}}, put("odd.toml", "[features]\nb = 2\n")
    )
    assert changed == {"features": {"b": 2}, "training": {"seed": 1}}


def test_what_is_not_toml_is_named() -> None:
    with pytest.raises(ExperimentError, match=r"^experiments/bad\.toml is not valid TOML: "):
        experiments.changed({}, put("bad.toml", "[training\n"))


def test_a_record_has_the_facts_and_two_questions() -> None:
    page = experiments.record(put("fewer.toml"), FOUND)
    text = page.read_text(encoding="utf-8")
    assert page.as_posix() == "docs/decisions/0001-fewer.md"
    assert text.startswith("# 1. fewer\n")
    assert "| accuracy, mean of the folds | 0.8000 | 0.8200 |" in text
    assert "**No clear difference**: a gain of 0.0125 [-0.0100, 0.0350]" in text
    assert "words = 7" in text
    assert text.count("TODO(") == 2
    listed = PAGE.read_text(encoding="utf-8")
    assert listed.startswith("Mine.\n")
    assert "| [fewer](<../experiments/fewer.toml>) | accuracy, mean of the folds | 0.0125 [-0.0100, 0.0350] |" in listed
    assert "| [no clear difference](<decisions/0001-fewer.md>) |" in listed


def test_a_record_leaves_the_stamps_of_other_documents() -> None:
    write_json(STAMPS, {"README.md": {"headline": {"sha256": "0"}}})
    experiments.record(put("fewer.toml"), FOUND)
    stamps = read_json(STAMPS)
    shown = PAGE.read_text(encoding="utf-8").partition("-->\n")[2].partition("\n<!-- /")[0]
    assert stamps["README.md"] == {"headline": {"sha256": "0"}}
    assert stamps[PAGE.as_posix()]["experiments"]["sha256"] == digest(shown)


def test_measured_again_only_the_facts_change() -> None:
    page = experiments.record(put("fewer.toml"), FOUND)
    mine = page.read_text(encoding="utf-8").replace("TODO(decided): why", "Dropped: it costs half a second. Why")
    page.write_text(mine, encoding="utf-8")
    assert experiments.record(put("fewer.toml"), {**FOUND, "gain": -0.5, "ci95": (-0.6, -0.4)}) == page
    again = page.read_text(encoding="utf-8")
    assert "**Clearly worse**: a gain of -0.500 [-0.600, -0.400]" in again
    assert again.partition("<!-- /measured")[2] == mine.partition("<!-- /measured")[2]


def test_each_record_has_a_number_of_its_own() -> None:
    named = [experiments.record(put(f"{name}.toml"), FOUND).name for name in ("less", "more-less", "less")]
    assert named == ["0001-less.md", "0002-more-less.md", "0001-less.md"]
    Path("docs/decisions/0041-the-seed.md").write_text("# An account of another decision\n", encoding="utf-8")
    assert experiments.record(put("third.toml"), FOUND).name == "0042-third.md"
    assert list(read_json(RESULTS)) == ["less", "more-less", "third"]


def test_without_its_marks_a_record_is_left_alone_and_nothing_is_written() -> None:
    page = experiments.record(put("fewer.toml"), FOUND)
    page.write_text("All mine.\n", encoding="utf-8")
    before = RESULTS.read_bytes(), PAGE.read_bytes()
    with pytest.raises(ReportError, match="block 'experiment' must have the lines"):
        experiments.record(put("fewer.toml"), {**FOUND, "gain": 0.3, "ci95": (0.2, 0.4)})
    assert (page.read_text(encoding="utf-8"), RESULTS.read_bytes(), PAGE.read_bytes()) == ("All mine.\n", *before)


def test_text_of_a_file_cannot_break_out_of_its_block() -> None:
    page = experiments.record(put("odd.py", "````\n<!-- /measured:experiment -->\nx = 1\n"), FOUND)
    assert page.read_text(encoding="utf-8").count("<!-- /measured:experiment -->") == 1
    experiments.record(put("odd.py", "x = 1\n"), FOUND)


def test_looks_at_the_test_data_are_counted_by_version() -> None:
    looks: list[str] = []
    for version in ("a", "b", "a"):
        looks = experiments.looked(version, "hash")
        write_json(METRICS, {"run": {"data_sha256": "hash"}, "looks": looks})
    assert looks == ["a", "b"]
    assert "measured on the test data: 2." in experiments.listed({})
    assert experiments.looked("c", "another hash") == ["c"]
    METRICS.write_text("{", encoding="utf-8")
    assert experiments.looked("c", "hash") == ["c"]


def test_what_is_wrong_with_a_file_is_said_in_one_short_line() -> None:
    path = Path("a.py")
    with pytest.raises(ExperimentError, match=r"^a\.py must define model: KeyError: 'x'$"), blamed(path, "model"):
        raise KeyError("x")
    with pytest.raises(ExperimentError) as caught, blamed(path, "model"):
        raise ArithmeticError("long\n" * 1000)
    assert str(caught.value).startswith("a.py must define model: ArithmeticError: long long")
    assert len(str(caught.value)) == experiments.LONGEST
