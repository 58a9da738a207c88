"""A template that the package has never heard of: what it declares is all that the checklist needs."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from rendered import STAMPS, stamp

from scaffolder.check.examine import check
from scaffolder.cli.app import run
from scaffolder.results.finding import State
from scaffolder.results.report import Report

CONTRACT = """\
contract = 1
template = "call-transcriber"
unit = "recording"
id = "clip"

[capabilities]
measures = true
predictions = true
slices = true
columns = "The data are sound files; data/DATASET.md describes them."
model = "The transcriber is somebody else's, with a card of its own."
serves = "It is a command, not a service."
container = "It is installed with pip."
latency = "Nobody waits for it."
drift = "It is run once for each batch."

[blocks]
"README.md" = ["results", "provenance"]
"""
README = """\
# {{ cookiecutter.project_name }}

## Problem

TODO(problem): who listens to the recordings today, and how long does it take?

## Architecture

```mermaid
flowchart LR
  wav[(recordings)] --> cut[transcriber.py] --> text[(transcripts)]
```

TODO(architecture): which part would you replace first?

## Data

TODO(data): where do the recordings come from, and who may hear them?

## Results

<!-- measured:results -->
_Not measured yet: run `make demo`._
<!-- /measured:results -->

<!-- measured:provenance -->
_Not measured yet: run `make demo`._
<!-- /measured:provenance -->

![Errors by accent](reports/figures/accents.svg)

## Error analysis

TODO(errors): which recordings go wrong, and why?

## Limitations

TODO(limits): for whom does it work badly?

## Demo

TODO(demo): show a recording and its transcript.

## Use

```sh
make demo
```
"""
RESULTS = """\
| Metric | This pipeline | Most frequent word |
| --- | --- | --- |
| exact match | 0.75 | 0.25 |

| Slice | Recordings | exact match |
| --- | --- | --- |
| accent = coast | 2 | 1.00 |
| accent = hills | 2 | 0.50 |
"""
FILES = {
    "scaffolder.toml": CONTRACT,
    "README.md": README,
    "Makefile": "demo:\n\tpython -m transcriber\n",
    "requirements.lock": "soundfile==0.13.1 --hash=sha256:" + "0" * 64 + "\n",
    "src/transcriber.py": "def cut(sound: bytes) -> list[bytes]:\n    return [sound]\n",
    "tests/test_transcriber.py": "from transcriber import cut\n\n\ndef test_cut():\n    assert cut(b'a') == [b'a']\n",
    "data/clips.tsv": "clip\taccent\na1\tcoast\n",
    "LICENSE": "MIT\n",
}


@pytest.fixture
def project(tmp_path: Path, no_child: None) -> Path:
    """A project from the template, with answers for all its questions but before its first run."""
    template = tmp_path / "call-transcriber"
    for path, text in FILES.items():
        file = template / "{{cookiecutter.project_slug}}" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    config = {"project_name": "Call transcriber", "project_slug": "call-transcriber"}
    (template / "cookiecutter.json").write_text(json.dumps(config))
    assert run(["new", str(template), "--yes", "--no-git", "-o", str(tmp_path / "made")]) == 0
    return tmp_path / "made" / "call-transcriber"


def states(report: Report) -> dict[str, State]:
    assert report.errors == ()
    return {finding.item: finding.state for finding in report.findings}


def ran(project: Path) -> None:
    """What its `make demo` would write."""
    sha256 = hashlib.sha256((project / "data/clips.tsv").read_bytes()).hexdigest()
    rate = {"name": "exact match", "split": "test", "higher_is_better": True}
    metrics = {
        "task": "speech",
        "run": {"command": "make demo", "commit": "a" * 40, "seed": 7, "data_sha256": sha256, "rows": 4},
        "metrics": [{**rate, "value": 0.75}],
        "baseline": [{**rate, "value": 0.25, "model": "Most frequent word"}],
        "slices": [
            {"name": "accent = coast", "n": 2, "metric": "exact match", "value": 1.0},
            {"name": "accent = hills", "n": 2, "metric": "exact match", "value": 0.5},
        ],
        "gates": [],
    }
    provenance = f"| What | Value |\n| --- | --- |\n| Command | `make demo` |\n| Data (SHA-256) | `{sha256}` |\n"
    reports = project / "reports"
    (reports / "figures").mkdir(parents=True)
    (reports / "metrics.json").write_text(json.dumps(metrics))
    (reports / "predictions.csv").write_text("clip,exact match\na1,1\na2,1\na3,1\na4,0\n")
    bars = "".join(f'<rect x="{at}" y="0" width="8" height="{at}"/>' for at in (10, 20, 30))
    (reports / "figures/accents.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{bars}</svg>')
    page = (project / "README.md").read_text()
    for block, text in {"results": RESULTS, "provenance": provenance}.items():
        inside = rf"(<!-- measured:{block} -->\n).*?(<!-- /measured)"
        page = re.sub(inside, lambda match, text=text: match[1] + text + match[2], page, flags=re.DOTALL)
    (project / "README.md").write_text(page)
    stamp(project)


def test_what_it_lacks_is_not_asked_for_and_its_reason_is_given(project: Path) -> None:
    report = check(project)
    absent = {finding.item: finding.reason for finding in report.findings if finding.state is State.NOT_APPLICABLE}
    assert absent["integration-test"] == "scaffolder.toml says: It is a command, not a service."
    assert {"data-schema", "model-card", "model-index", "intended-use", "dockerfile", "latency", "drift-check"} <= set(
        absent
    )
    assert State.UNVERIFIED not in states(report).values()


def test_a_run_and_answers_make_it_a_builder(project: Path) -> None:
    ran(project)
    page = (project / "README.md").read_text()
    (project / "README.md").write_text(re.sub(r"TODO\(\w+\):.*", "See https://calls.fly.dev for that.", page))
    report = check(project)
    builder = {finding.item: finding for finding in report.findings if finding.level == "builder"}
    assert {item: found.evidence for item, found in builder.items() if not found.state.counts} == {}
    assert (report.level, report.reviewed) == ("builder", False)


def test_without_stamps_nobody_knows_who_wrote_its_numbers(project: Path) -> None:
    ran(project)
    (project / STAMPS).unlink()
    found = next(each for each in check(project).findings if each.item == "evaluation-metrics")
    assert found.state is State.UNVERIFIED
    assert "run `make report`" in found.reason
