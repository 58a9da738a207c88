"""Names that hold digits, as columns and values of people's own data do: words of a report, and no results."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from rendered import Files, finding
from test_measured_pages import CONTRACT, EVALUATION, FILES, METRICS, README

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items.evaluation_metrics import note_stray_numbers
from scaffolder.results.finding import State

SLICES = {
    "age = 37.0": 0.6391,
    "age = 37.05": 0.7702,
    "hp = 75 to 105.5": 0.6513,
    "income = 1,000 - 2,000": 0.6624,
    "roc_auc = 0.813": 0.6735,  # close to the metric of the same name
    "Average precision = 0.71": 0.6846,
    "Sched. dep (local) = -5.5": 0.6957,
    "room = 5* hotel, 12.5 m2": 0.7068,
    "length = <19.5 km": 0.7179,
    "2020 = 3|4.5": 0.7281,
    "kind = <UNK>": 0.7283,
    "size_in_cm = 2020": 0.7392,
}
VALUES = ["1,000 - 2,000", "5* hotel", "<19.5 km", "3|4.5", "size_2.5_cm", "_17.5", "37.0", "0.813", "<UNK>"]


def escaped(text: str) -> str:
    """A name as a table shows it."""
    return text.replace("|", "\\|").replace("<", "&lt;")


def project() -> Files:
    """The project of `test_measured_pages`, with other slices, a sentence about them and a table of rows."""
    names = [{"name": name, "n": 200, "metric": "roc_auc", "value": value} for name, value in SLICES.items()]
    report: dict[str, Any] = {**METRICS, "slices": names}
    rows = "\n".join(f"| {escaped(name)} | 200 | {value:.3f} |" for name, value in SLICES.items())
    worse = ",\n".join(f"{escaped(name)} ({value:.3f})" for name, value in SLICES.items())
    shown = "\n".join(f"| r{at} | {escaped(value)} |" for at, value in enumerate(VALUES))
    text = io.StringIO()
    csv.writer(text).writerows([["row", "2021"], *([f"r{at}", value] for at, value in enumerate(VALUES))])
    inputs = (
        "\n\n<!-- measured:inputs -->\n| Input | Loss |\n| --- | --- |\n| 2021 | 0.0123 |\n<!-- /measured:inputs -->"
    )
    worst = f"\n\n<!-- measured:worst -->\n| row | 2021 |\n| --- | --- |\n{shown}\n<!-- /measured:worst -->\n"
    page = EVALUATION.replace("| sex = f | 2 | 0.750 |\n| sex = m | 2 | 0.850 |", rows) + inputs + worst
    readme = README.replace("<!-- /measured:headline -->", f"\nWorse than all: {worse}.\n<!-- /measured:headline -->")
    return {
        **FILES,
        "scaffolder.toml": CONTRACT.encode(),
        "reports/metrics.json": json.dumps(report).encode(),
        "reports/training.json": json.dumps({"importance": [{"feature": "2021", "loss": 0.0123}]}).encode(),
        "reports/errors.csv": text.getvalue().encode(),
        "README.md": f"{readme}\n## Error analysis\n\nThose who come early fail.\n".encode(),
        "docs/evaluation.md": page.encode(),
    }


ITEMS = {"evaluation-metrics": State.DONE, "slices": State.DONE, "error-analysis": State.WRITTEN}


def lost(files: Files) -> set[str]:
    return {item for item, state in ITEMS.items() if finding(files, item).state is not state}


def test_a_name_is_no_result() -> None:
    assert [
        str(each) for item in ITEMS for each in finding(project(), item).evidence if " is printed " in str(each)
    ] == []
    assert lost(project()) == set()


@pytest.mark.parametrize(
    ("items", "path", "old", "new"),
    [
        ("evaluation-metrics", "README.md", "age = 37.0 (0.639)", "age = 37.0 (0.638)"),
        ("evaluation-metrics", "README.md", "age = 37.0 (0.639)", "age = 37.0 (37.0)"),
        ("evaluation-metrics", "README.md", "age = 37.0 (0.639)", "age = 38.0 (0.639)"),
        ("evaluation-metrics", "README.md", "age = 37.05 (0.770)", "age = 37.5 (0.770)"),
        ("evaluation-metrics", "README.md", "roc_auc = 0.813 (0.673)", "roc_auc = 0.813 (0.813)"),
        ("evaluation-metrics", "README.md", "roc_auc = 0.813 (0.673)", "roc_auc = 0.814 (0.673)"),
        ("evaluation-metrics", "README.md", "local) = -5.5 (0.696)", "local) = -5.5 (5.5)"),
        ("evaluation-metrics", "README.md", "| ROC AUC | 0.812 |", "| ROC AUC | 0.813 |"),
        ("evaluation-metrics", "README.md", "| ROC AUC | 0.812 |", "| ROC AUC | 37.0 |"),
        ("evaluation-metrics", "README.md", "people wait 2.25", "people wait 19.5"),
        ("evaluation-metrics", "docs/evaluation.md", "| 2021 | 0.0123 |", "| 2021 | 0.0133 |"),
        ("evaluation-metrics", "docs/evaluation.md", "| 2021 | 0.0123 |", "| 2022 | 0.0123 |"),
        ("slices", "docs/evaluation.md", "| age = 37.0 | 200 | 0.639 |", "| age = 37.0 | 200 | 0.739 |"),
        ("slices", "docs/evaluation.md", "| roc_auc = 0.813 | 200 | 0.673 |", "| roc_auc = 0.813 | 200 | 0.813 |"),
        ("slices", "docs/evaluation.md", "| Average precision = 0.71 | 200", "| Average precision = 0.71 | 201"),
        ("slices evaluation-metrics", "docs/evaluation.md", "| hp = 75 to 105.5 |", "| hp = 75 to 115.5 |"),
        ("error-analysis", "docs/evaluation.md", "| r1 | 5* hotel |", "| r1 | 4* hotel |"),
        ("error-analysis", "docs/evaluation.md", "| r6 | 37.0 |", "| r6 | 38.0 |"),
    ],
)
def test_a_number_that_was_changed_is_found_beside_such_names(items: str, path: str, old: str, new: str) -> None:
    files = project()
    assert old in files[path].decode()
    assert lost({**files, path: files[path].decode().replace(old, new, 1).encode()}) == set(items.split())


def test_a_text_of_nothing_but_a_number_is_no_result_either() -> None:
    """A metric that somebody changed into the name of a column stays wrong."""
    files = project()
    table = files["README.md"].decode().replace("| ROC AUC | 0.812 |", "| ROC AUC | 2021 |")
    assert lost({**files, "README.md": table.encode()}) == {"evaluation-metrics"}


def test_a_name_in_a_sentence_of_people_is_no_stray_number() -> None:
    files = project()
    readme = files["README.md"].decode() + "\nROC AUC is low for age = 37.0 and 0.42 for the others.\n"
    repo = Repository(Snapshot.of_files({**files, "README.md": readme.encode()}))
    note_stray_numbers(repo)
    assert len(repo.snapshot.notes) == 1
    assert "37.0" not in repo.snapshot.notes[0]
    assert "“0.42”" in repo.snapshot.notes[0]


@pytest.mark.parametrize(
    ("said", "stray"),
    [
        ("60% of the alarms are right, and ROC AUC is 0.812.", ""),  # 60% is the precision
        ("61% of the alarms are right, and ROC AUC is 0.812.", "61%"),
        ("ROC AUC is 60% here.", "60%"),
        ("Precision is 60%.", ""),
    ],
)
def test_a_share_that_a_report_has_is_no_stray_number_unless_it_is_said_of_another_metric(
    said: str, stray: str
) -> None:
    files = project()
    page = files["README.md"].decode() + f"\n{said}\n"
    repo = Repository(Snapshot.of_files({**files, "README.md": page.encode()}))
    note_stray_numbers(repo)
    assert [note.partition(" “")[2].rstrip("”.") for note in repo.snapshot.notes] == ([stray] if stray else [])
