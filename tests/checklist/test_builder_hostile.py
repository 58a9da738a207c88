"""The Builder's items on repositories that mean harm: they end soon, and none of them breaks."""

from __future__ import annotations

import io
import json
import time

import pytest
from small_project import ITEMS, project

from scaffolder.check.report import examine
from scaffolder.check.engine.snapshot import Snapshot

README = project()["README.md"].decode()


def section(title: str, text: str) -> bytes:
    return README.replace(f"## {title}\n", f"## {title}\n\n{text}\n", 1).encode()


def large_pictures() -> dict[str, bytes]:
    from PIL import Image

    out = io.BytesIO()
    Image.new("1", (4000, 4000)).save(out, "PNG")
    shown = "\n".join(f"![x](docs/{number}.png)" for number in range(200))
    return {**{f"docs/{number}.png": out.getvalue() for number in range(200)}, "README.md": section("Demo", shown)}


HOSTILE: dict[str, dict[str, bytes]] = {
    "numbers": {"README.md": section("Results", "roc_auc 0.5 " * 30_000)},
    "digits": {"README.md": section("Results", "roc_auc " + "1" * 300_000 + "x" + "1,111" * 20_000)},
    "names": {"README.md": section("Results", "roc_auc " * 40_000 + " is 0.5")},
    "brackets": {"README.md": section("Results", "roc_auc " + "(" * 100_000 + "0.5" + "[" * 100_000)},
    "labels": {"README.md": section("Error analysis", "plan = plus " * 20_000 + "0.7")},
    "goals": {"README.md": section("Problem", "goal reach cut from " * 15_000)},
    "rows": {"README.md": section("Error analysis", "rows 7, and 23, " * 20_000)},
    "table": {"README.md": section("Results", "| a | roc_auc |\n|---|---|\n" + "| x | 0.5 |\n" * 20_000)},
    "wide": {"README.md": section("Results", "|" + "roc_auc|" * 5_000 + "\n|" + "-|" * 5_000 + "\n|" + "0.5|" * 5_000)},
    "diagram": {"README.md": README.replace("flowchart LR\n", "flowchart LR\n" + "A & " * 10_000).encode()},
    "links": {"README.md": section("Demo", "[x](y#z) ![x](y.png) " * 15_000)},
    "deep JSON": {"reports/metrics.json": b'{"metrics": ' + b"[" * 100_000},
    "wide JSON": {
        "reports/metrics.json": json.dumps(
            {
                "metrics": [{"name": f"m{i}", "value": i / 7} for i in range(15_000)],
                "slices": [{"name": f"s = {i}", "metric": f"m{i}", "value": i / 9} for i in range(5_000)],
            }
        ).encode()
    },
    "strange JSON": {
        "reports/metrics.json": json.dumps(
            {
                "metrics": [{"name": "roc_auc", "value": 0.5, "ci95": "x", "split": 3}, {"name": 4}, None],
                "run": [],
                "gates": {},
                "slices": "x",
            }
        ).encode()
    },
    "huge numbers": {
        "reports/metrics.json": b'{"metrics": [{"name": "roc_auc", "value": 1e308}, {"name": "mae", "value": 9'
        + b"9" * 4_000
        + b"}]}"
    },
    "CSV": {
        "reports/predictions.csv": b"row,actual,predicted\n" + b"1,1,0.5\n" * 200_000,
        "reports/errors.csv": b'"' * 1_000_000,
    },
    "wide CSV": {"reports/errors.csv": b"row" + b",a" * 200_000 + b"\n7" + b",b" * 200_000 + b"\n"},
    "settings": {"settings.toml": b"cost = 3\nproblem = []\nslices = 1\n"},
    "tests": {"tests/test_rank.py": b"def test_a():\n    x = " + b"-" * 90_000 + b"1\n"},
    "pictures": large_pictures(),
    "gzip bomb": {"data/members.csv.gz": __import__("gzip").compress(b"a,b\n" * 20_000_000)},
    "wishes": {"README.md": section("Results", "should would be target recall 0.5 " * 12_000)},
    "other words": {"README.md": section("Results", "catches of the all 9% of alerts are 1 in 2 alarms is " * 8_000)},
    "row values": {
        "README.md": section("Error analysis", "Row 7 amount is 3 " + "x0 3 x1: 4 months 5 " * 10_000),
        "reports/errors.csv": b"row," + b",".join(b"x%d" % n for n in range(400)) + b"\n7" + b",b" * 400 + b"\n",
    },
    "row names": {
        "README.md": section("Error analysis", "Row 7 is 3, row 23 is 4; " * 12_000),
        "reports/errors.csv": b"row,plan\n" + b"".join(b"%d,gold %d\n" % (n, n) for n in range(60_000)),
    },
    "missing values": {
        "README.md": section("Data", "Missing values: " + "a -- " * 60_000),
        "reports/data.json": json.dumps({"missing": {f"c{n}": n for n in range(20_000)}, "splits": {"a": 3}}).encode(),
    },
    "test rows": {
        "README.md": section("Data", "7 test rows, 9,043 rows " * 12_000),
        "reports/data.json": b'{"splits": {"test": {"rows": 3, "outcome": 0.5}}}',
    },
    "huge counts": {"reports/data.json": b'{"rows": 1e999999, "splits": {"train": {"rows": 1e-999999}}}'},
    "licences": {"README.md": section("Data", "licence : " * 30_000 + "(?" * 30_000)},
    "NUL": {path: data + b"\0\xff" for path, data in project().items()},
}


@pytest.mark.parametrize("name", HOSTILE)
def test_it_ends_soon_and_says_what_it_found(name: str) -> None:
    start = time.process_time()
    found = examine(Snapshot.of_files({**project(), **HOSTILE[name]}), "hostile", only=ITEMS).findings
    assert time.process_time() - start < 6
    broken = [
        f"{finding.item}: {each}"
        for finding in found
        for each in finding.evidence
        if "could not be checked" in str(each)
    ]
    assert [said for said in broken if "MetricsError" not in said] == []
    assert all(len(str(each)) < 1_000 for finding in found for each in finding.evidence)
