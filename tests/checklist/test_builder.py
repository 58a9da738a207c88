"""The Builder's items: each is done in a finished repository, and one change undoes exactly its own."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable

import pytest
from small_project import ITEMS, picture, project

from scaffolder.check.engine.finding import Finding, State
from scaffolder.check.report import examine
from scaffolder.check.engine.snapshot import Snapshot

Files = dict[str, bytes]


def findings(files: Files, online: bool = False) -> dict[str, Finding]:
    found = examine(Snapshot.of_files(files), "small", only=ITEMS, online=online).findings
    return {finding.item: finding for finding in found}


def undone(files: Files) -> dict[str, str]:
    """The items that are not done, with what stands in their way."""
    return {
        item: "; ".join([*map(str, finding.evidence), finding.reason])
        for item, finding in findings(files).items()
        if not finding.state.counts
    }


def changed(path: str, old: str, new: str) -> Files:
    files = project()
    text = files[path].decode()
    assert old in text
    return {**files, path: text.replace(old, new).encode()}


def without(*paths: str) -> Files:
    return {path: data for path, data in project().items() if path not in paths}


def reported(change: Callable[[dict], object]) -> Files:  # type: ignore[type-arg]
    files = project()
    report = json.loads(files["reports/metrics.json"])
    change(report)
    return {**files, "reports/metrics.json": json.dumps(report).encode()}


def test_a_finished_repository_is_done() -> None:
    assert undone(project()) == {}


def listed(text: str) -> Files:
    """The project with its data behind a list of hashes, and with `text` in the place of a listed file."""
    files = {**project(), "data/notes/a.md": b"one\n"}
    sums = "".join(
        f"{hashlib.sha256(files[f'data/{name}']).hexdigest()}  {name}\n" for name in ("members.csv", "notes/a.md")
    )
    digest = hashlib.sha256(sums.encode()).hexdigest()
    files["data/SHA256SUMS"] = sums.encode()
    old = json.loads(files["reports/metrics.json"])["run"]["data_sha256"]
    for path in (README, "reports/metrics.json"):
        files[path] = files[path].replace(old.encode(), digest.encode())
    return {**files, "data/notes/a.md": text.encode()}


def test_a_list_of_hashes_stands_for_the_files_in_it() -> None:
    assert undone(listed("one\n")) == {}
    lost = undone(listed("two\n"))
    assert set(lost) == {"provenance"}
    assert "data/notes/a.md is not as data/SHA256SUMS lists it" in lost["provenance"]


def test_the_fields_of_json_lines_are_the_columns() -> None:
    files = project()
    records = b'{"age": 20, "plan": "basic", "left": 0, "phone_number": "1"}\n' * 120
    del files["data/members.csv"]
    assert "phone_number" in undone({**files, "data/members.jsonl": records})["data-schema"]


def test_an_empty_repository_has_nothing_done() -> None:
    assert set(undone({})) == set(ITEMS)
    assert not any("could not be checked" in said for said in undone({}).values())


README = "README.md"
MUTANTS = {
    "problem: no number": (changed(README, "at least 60% of those who", "most who"), "problem", "no number"),
    "problem: nobody": (
        changed(
            README,
            "A gym loses 40 members each month, and every one of them costs the owner about 300 EUR. The desk can phone ten people\na day. It",
            "Churn is high and every single case of it costs about 300 EUR, month after month, as far as can be told from the books of last year and of the year before. It",
        ),
        "problem",
        "nobody who has",
    ),
    "problem: no stakes": (
        changed(
            README,
            "loses 40 members each month, and every one of them costs the owner about 300 EUR.",
            "sees 40 members go, and the owner would like to know beforehand who of them it is.",
        ),
        "problem",
        "costs them",
    ),
    "problem: lorem": (changed(README, "A gym loses", "TODO(problem): A gym loses"), "problem", "unfinished"),
    "architecture: broken edge": (changed(README, "api --> model", "api -> model"), "architecture", "does not parse"),
    "architecture: two parts": (
        changed(README, "  api --> model[(model)]\n  loader -->|rows| model\n", ""),
        "architecture",
        "only 2 parts",
    ),
    "architecture: none": (changed(README, "```mermaid", "```text"), "architecture", "no diagram"),
    "data: another count": (changed(README, "4.0: 120 rows", "4.0: 130 rows"), "data-source", "130 rows"),
    "data: no count": (changed(README, "4.0: 120 rows", "4.0"), "data-source", "number of rows"),
    "data: no licence": (changed(README, ", under CC BY 4.0:", ":"), "data-source", "no licence"),
    "metrics: a digit in the table": (
        changed(README, "| `brier` | 0.", "| `brier` | 0.9"),
        "evaluation-metrics",
        "brier",
    ),
    "metrics: a digit in prose": (
        changed(README, "has a ROC AUC of 0.", "has a ROC AUC of 0.0"),
        "evaluation-metrics",
        "roc auc",
    ),
    "metrics: made up": (
        changed(README, ", far from chance", " and an accuracy of 97%"),
        "evaluation-metrics",
        "nobody measured",
    ),
    "metrics: README and report": (
        {
            **reported(lambda report: report["metrics"][1].update(value=0.1)),
            README: re.sub(rb"`brier` \| [\d.]+", b"`brier` | 0.100", project()[README]),
        },
        "recomputed-metrics",
        "brier is",
    ),
    "predictions gone": (without("reports/predictions.csv"), "recomputed-metrics", "no such file"),
    "provenance: another file": (changed("data/members.csv", "20,plus,1", "20,plus,0"), "provenance", "SHA-256"),
    "provenance: no commit": (reported(lambda report: report["run"].update(commit=None)), "provenance", "commit"),
    "provenance: no seed": (reported(lambda report: report["run"].pop("seed")), "provenance", "seed"),
    "provenance: seed cited": (changed(README, "| Seed | 7 |", "| Seed | 8 |"), "provenance", "seed is 8"),
    "provenance: hash cited": (changed(README, "| Data (SHA-256) | `", "| Data (SHA-256) | `0"), "provenance", "data"),
    "baseline: not shown": (
        {**project(), README: re.sub(rb"\| (Base rate|---|0\.500|0\.210) \|\n", b"|\n", project()[README])},
        "baseline",
        "no baseline's roc auc",
    ),
    "figures: gone": (without("reports/figures/roc.svg"), "figures", "not there"),
    "figures: not XML": ({**project(), "reports/figures/roc.svg": b"<svg><path></svg>"}, "figures", "not XML"),
    "figures: empty": ({**project(), "reports/figures/roc.svg": b"<svg><g/></svg>"}, "figures", "blank"),
    "figures: none": (changed(README, "![ROC curve](reports/figures/roc.svg)", ""), "figures", "no figure"),
    "errors: no rows": (changed(README, "Rows 7 and 23", "Two of them"), "error-analysis", "0 rows"),
    "errors: a row that is not": (changed(README, "Rows 7 and 23", "Rows 7, 23 and 999"), "error-analysis", "row 999"),
    "errors: no slice": (
        changed(
            README,
            "Members on the plus plan are hit most, because there are few of them in training.",
            "It happens rarely, and both were seen by the desk on a Tuesday.",
        ),
        "error-analysis",
        "no slice",
    ),
    "limits: general": (
        changed(
            README,
            "- The column `plan` follows the price list of 2025 and breaks as soon as it changes.",
            "- It may be wrong now and then, as every model may be for somebody.",
        ),
        "limitations",
        "2 statements",
    ),
    "demo: blank": ({**project(), "docs/screenshot.png": picture(blank=True)}, "demo", "blank"),
    "demo: an icon": ({**project(), "docs/screenshot.png": picture(size=(8, 8))}, "demo", "only 8"),
    "demo: cut off": ({**project(), "docs/screenshot.png": picture()[:200]}, "demo", "does not decode"),
    "demo: gone": (without("docs/screenshot.png"), "demo", "not there"),
    "demo: none": (changed(README, "![The list for the desk](docs/screenshot.png)", ""), "demo", "neither"),
    "demo: local": (
        changed(README, "![The list for the desk](docs/screenshot.png)", "<http://127.0.0.1:8000>"),
        "demo",
        "neither",
    ),
    "schema: a column": (
        changed("data/README.md", "| plan | basic or plus |\n", ""),
        "data-schema",
        "plan not described",
    ),
    "reproduce: a target": (changed(README, "make setup", "make install"), "reproduce", "no target install"),
    "reproduce: a module": (
        changed(README, "python -m leavers train", "python -m leaver train"),
        "reproduce",
        "no module leaver",
    ),
    "reproduce: no lock": (without("requirements.lock"), "reproduce", "no lock"),
    "reproduce: loose": ({**without("requirements.lock"), "requirements.txt": b"numpy>=2\n"}, "reproduce", "no lock"),
    "tests: constants": (
        changed("tests/test_rank.py", "assert rank([3, 1]) == [1, 3]", "assert True"),
        "tests",
        "test_rank asserts",
    ),
    "tests: elsewhere": (
        changed("tests/test_rank.py", "from leavers import rank", "from builtins import sorted as rank"),
        "tests",
        "no test imports leavers",
    ),
    "tests: none": (without("tests/test_rank.py"), "tests", "no test function"),
    "tests: broken": (
        changed("tests/test_rank.py", "def test_empty():", "def test_empty(:"),
        "tests",
        "does not parse",
    ),
    "links: path": (
        changed(README, "(src/leavers/__init__.py)", "(src/leavers/rank.py)"),
        "links",
        "rank.py is not there",
    ),
    "links: anchor": (changed(README, "(#problem)", "(#problems)"), "links", "no heading"),
}


@pytest.mark.parametrize("name", MUTANTS)
def test_one_change_undoes_its_own_item(name: str) -> None:
    files, item, said = MUTANTS[name]
    found = undone(files)
    assert list(found) == [item], found
    assert said in found[item]


def test_a_number_in_the_report_alone_undoes_both_comparisons() -> None:
    found = undone(reported(lambda report: report["metrics"][1].update(value=0.1)))
    assert set(found) == {"evaluation-metrics", "recomputed-metrics"}


def test_a_report_that_is_no_json_is_said_so() -> None:
    found = undone({**project(), "reports/metrics.json": b"{"})
    assert "is not JSON" in found["evaluation-metrics"]
    assert "problem" not in found


def test_an_unmeasured_repository_waits() -> None:
    files = changed(README, "![ROC curve](reports/figures/roc.svg)", "_Not measured yet: run `make demo`._")
    del files["reports/metrics.json"]
    text = re.sub(r"\| `(?:roc_auc|brier)`.*\n|The model has a ROC.*\n", "", files[README].decode())
    states = {item: finding.state for item, finding in findings({**files, README: text.encode()}).items()}
    waiting = ("evaluation-metrics", "recomputed-metrics", "provenance", "baseline", "figures")
    assert {states[item] for item in waiting} == {State.PLACEHOLDER}


def test_an_address_is_asked_only_online() -> None:
    files = changed(README, "![The list for the desk](docs/screenshot.png)", "<https://leavers.example.net/>")
    assert findings(files)["demo"].state is State.UNVERIFIED


def test_an_image_may_stand_for_the_diagram() -> None:
    files = changed(README, "```mermaid", "![All parts](docs/screenshot.png)\n\n```text")
    assert "architecture" not in undone(files)


def test_other_kinds_of_diagrams_are_unverified() -> None:
    files = changed(README, "flowchart LR", "C4Context")
    assert findings(files)["architecture"].state is State.UNVERIFIED


def test_metrics_that_no_table_of_predictions_gives_are_not_recomputed() -> None:
    def to_retrieval(report: dict) -> None:  # type: ignore[type-arg]
        report.update(task="text-retrieval", metrics=[{"name": "ndcg@10", "value": 0.5}])

    assert findings(reported(to_retrieval))["recomputed-metrics"].state is State.NOT_APPLICABLE
