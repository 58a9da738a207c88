"""A short README whose details stand in docs/: measurements, labels, bounds, exchanged data, marks of blocks."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest
from any_package.reporting import blocks
from rendered import BLOCK, STAMPS, Files, finding, findings, screenshot, stamped

from scaffolder.check.documents import documents, measured_pages
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID
from scaffolder.results.finding import State

DATA = b"row,visits,came\n1,3,1\n2,1,0\n3,2,1\n4,0,0\n"
SHA256 = hashlib.sha256(DATA).hexdigest()
SHIPPED = "0" * 64
CONTRACT = f"""\
contract = 1
unit = "visit"
id = "row"
[data]
sha256 = "{SHA256}"
words = ["harbour", "visits"]
[capabilities]
measures = true
slices = true
[blocks]
"README.md" = ["headline", "results"]
"docs/evaluation.md" = ["scores", "bounds", "slices", "provenance"]
"""
SETTINGS = f'[data]\nfile = "data/visits.csv"\nsha256 = "{SHA256}"\n\n[gates]\nroc_auc = 0.7\nwait = 3\n'
METRICS = {
    "task": "tabular-classification",
    "model": "Linear",
    "run": {
        "command": "make demo",
        "commit": "a" * 40,
        "seed": 7,
        "data_sha256": SHA256,
        "rows": 4,
        "python": "3.11.7",
        "started_at": "2026-11-25T17:12:48+00:00",
        "seconds": 2.5,
    },
    "metrics": [
        {"name": "roc_auc", "label": "ROC AUC", "value": 0.8123, "higher_is_better": True},
        {"name": "average_precision", "label": "average precision", "value": 0.7, "higher_is_better": True},
        {"name": "precision", "label": "precision", "value": 0.6, "higher_is_better": True},
        {"name": "wait", "label": "Days of waiting", "value": 2.25, "higher_is_better": False},
    ],
    "baseline": [{"name": "roc_auc", "label": "ROC AUC", "value": 0.5, "model": "Always no", "higher_is_better": True}],
    "slices": [
        {"name": "sex = f", "n": 2, "metric": "roc_auc", "value": 0.75},
        {"name": "sex = m", "n": 2, "metric": "roc_auc", "value": 0.85},
    ],
    "gates": [
        {"metric": "roc_auc", "threshold": 0.7, "value": 0.8123, "passed": True, "bound": "min"},
        {"metric": "wait", "threshold": 3, "value": 2.25, "passed": True, "bound": "max"},
    ],
}
README = """\
# Visits

## Problem

<!-- data:problem -->
Twelve chairs stand empty each day, because nobody rings up those who forget.
<!-- /data:problem -->

## Results

<!-- measured:headline -->
Of 100 visits it gets 81 of 100 right; people wait 2.25 days.
<!-- /measured:headline -->

<!-- measured:results -->
| | Linear (served) | Always no |
| --- | --- | --- |
| ROC AUC | 0.812 | 0.500 |

![Scores](reports/figures/scores.svg)
<!-- /measured:results -->

More in [the evaluation](docs/evaluation.md).
"""
EVALUATION = f"""\
# Evaluation

<!-- measured:scores -->
| Metric | Linear (served) |
| --- | --- |
| ROC AUC | 0.812 |
| average precision | 0.700 |
| precision | 0.600 |
| average precision (test) | 0.700 |
| Days of waiting | 2.25 |

![Waiting](../reports/figures/waiting.svg)
<!-- /measured:scores -->

<!-- measured:bounds -->
| Metric | Bound | Measured |
| --- | --- | --- |
| Days of waiting | at most 3.0 | 2.25 |
<!-- /measured:bounds -->

<!-- measured:slices -->
| Slice | Rows | ROC AUC |
| --- | --- | --- |
| sex = f | 2 | 0.750 |
| sex = m | 2 | 0.850 |
<!-- /measured:slices -->

<!-- measured:provenance -->
| What | Value |
| --- | --- |
| Commit | `aaaaaaaa` |
| Data (SHA-256) | `{SHA256}` |
<!-- /measured:provenance -->
"""
FIGURE = (
    b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="4"/><path d="M0 1h3"/><path d="M1 2h3"/></svg>'
)
FILES: Files = {
    "scaffolder.toml": CONTRACT.encode(),
    "settings.toml": SETTINGS.encode(),
    "README.md": README.encode(),
    "docs/evaluation.md": EVALUATION.encode(),
    "data/visits.csv": DATA,
    "reports/metrics.json": json.dumps(METRICS).encode(),
    "reports/figures/scores.svg": FIGURE,
    "reports/figures/waiting.svg": FIGURE,
}
MEASURED = ("evaluation-metrics", "baseline", "figures", "slices", "provenance", "links")


FILES = stamped(FILES)


def changed(path: str, old: str, new: str) -> Files:
    assert old in FILES[path].decode(), f"{old!r} is not in {path}"
    return {**FILES, path: FILES[path].decode().replace(old, new, 1).encode()}


def lost(files: Files) -> set[str]:
    found = findings(files)
    return {item for item in MEASURED if found[item].state is not State.DONE}


def test_what_stands_in_a_listed_page_counts() -> None:
    assert lost(FILES) == set()
    repo = Repository(Snapshot.of_files(FILES))
    assert [page.path for page in measured_pages(repo)] == ["README.md", "docs/evaluation.md"]


@pytest.mark.parametrize(
    ("items", "path", "old", "new"),
    [
        ("evaluation-metrics", "README.md", "81 of 100", "86 of 100"),
        ("evaluation-metrics", "README.md", "wait 2.25", "wait 2.35"),
        ("evaluation-metrics", "README.md", "| 0.812 |", "| 0.813 |"),
        ("evaluation-metrics", "docs/evaluation.md", "| ROC AUC | 0.812 |", "| ROC AUC | 0.813 |"),
        ("evaluation-metrics", "docs/evaluation.md", "| Days of waiting | 2.25 |", "| Days of waiting | 0.75 |"),
        ("evaluation-metrics", "docs/evaluation.md", "| average precision | 0.700 |", "| average precision | 0.600 |"),
        ("evaluation-metrics", "docs/evaluation.md", "at most 3.0", "at most 3.5"),
        ("evaluation-metrics", "docs/evaluation.md", "<!-- measured:bounds -->", ""),
        ("evaluation-metrics", "docs/evaluation.md", "| 2 | 0.750 |", "| 2 | 0.850 |"),
        ("evaluation-metrics slices", "docs/evaluation.md", "| sex = f |", "| sex = x |"),
        ("evaluation-metrics", "docs/evaluation.md", "`aaaaaaaa`", "`bbbbbbbb`"),
        ("evaluation-metrics", "docs/evaluation.md", "| 0.600 |", "| 0.600  |"),
        (
            "evaluation-metrics",
            "README.md",
            "## Results\n",
            "<!-- measured:headline -->\n9 of 10\n<!-- /measured:headline -->\n",
        ),
        (
            "evaluation-metrics",
            "README.md",
            "## Results\n",
            "<!-- measured:mine -->\n9 of 10\n<!-- /measured:mine -->\n",
        ),
        ("evaluation-metrics figures", "docs/evaluation.md", "waiting.svg", "absent.svg"),
        ("links", "docs/evaluation.md", "# Evaluation\n", "# Evaluation\n\n![Plan](plan.png)\n"),
        ("evaluation-metrics", "README.md", "| 0.500 |", "| 0.400 |"),
        ("evaluation-metrics baseline", "README.md", "| Always no |", "| Nobody |"),
        ("evaluation-metrics", "reports/metrics.json", '"value": 0.7,', '"value": 0.8,'),
    ],
)
def test_a_mutant_loses_its_own_items(items: str, path: str, old: str, new: str) -> None:
    assert lost(changed(path, old, new)) == set(items.split())


def test_a_metric_with_a_gate_is_to_be_shown() -> None:
    stamps = re.sub(rb'"metrics": \[[^]]*\]', b'"metrics": []', FILES[STAMPS])
    found = finding({**FILES, STAMPS: stamps}, "evaluation-metrics")
    assert found.state is State.FLAWED
    assert found.evidence[0].fact == "0.8123 of roc auc is in no measured block"


@pytest.mark.parametrize(
    "stamps",
    [b"", b"{", b"[]", b'{"README.md": []}', b'{"README.md": {"results": 3}}', b"[" * 90_000, b'{"README.md": {"results": {"metrics": {"a": 1}}}}'],
)  # fmt: skip
def test_stamps_that_nobody_can_read_say_nothing(stamps: bytes) -> None:
    found = finding({**FILES, STAMPS: stamps}, "evaluation-metrics")
    assert found.state is State.FLAWED
    assert "reports/blocks.json has nothing about the measured block headline" in found.evidence[0].fact


def test_what_the_templates_write_is_what_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With other line ends, as Git may check the documents out, too."""
    monkeypatch.chdir(tmp_path)
    for path, data in FILES.items():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).write_bytes(data)
    pages = ("README.md", "docs/evaluation.md")
    texts = {name: text for path in pages for name, text in BLOCK.findall(FILES[path].decode())}
    blocks.update({name: text.replace("2.25", "2.250") for name, text in texts.items()})  # as they print it
    written = {path: Path(path).read_bytes() for path in (*pages, "reports/metrics.json", STAMPS)}
    windows = {path: data.replace(b"\n", b"\r\n") for path, data in written.items()}
    assert [lost(FILES | files) for files in (written, windows)] == [set(), set()]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"model": "Always no", ', "", "baseline[0] lacks model"),
        ('"value": 0.7,', '"value": "0.7",', "metrics[1].value must be number"),
        ('"value": 0.7,', '"value": 0.7, "ci95": ["low", 1],', 'metrics[1].ci95 cannot be ["low", 1]'),
        ('"bound": "max"', '"bound": "least"', "gates[1].bound must be one of ['min', 'max']"),
        ('"slices": [', '"slices": [3, ', "slices[0] must be object"),
    ],
)
def test_results_that_do_not_fit_the_schema_are_the_report_s_fault(old: str, new: str, said: str) -> None:
    found = findings(changed("reports/metrics.json", old, new))
    expected = f"reports/metrics.json does not fit its schema: {said}"
    assert [each.fact for each in found["evaluation-metrics"].evidence] == [expected]
    assert {found[item].state for item in ("evaluation-metrics", "baseline", "slices", "provenance")} == {State.FLAWED}


def test_what_else_does_not_fit_the_schema_is_a_note() -> None:
    files = stamped(changed("reports/metrics.json", '"python": "3.11.7", ', ""))
    repo = Repository(Snapshot.of_files(files))
    assert BY_ID["evaluation-metrics"].finding(repo).state is State.DONE
    assert repo.snapshot.notes == ("reports/metrics.json does not fit its schema: run lacks python.",)


def test_a_page_that_the_contract_does_not_list_is_not_measured() -> None:
    files = changed("scaffolder.toml", '"docs/evaluation.md" = ["scores", "bounds", "slices", "provenance"]\n', "")
    assert lost(files) == {"provenance"}  # the hash of the data is shown there alone


@pytest.mark.parametrize(
    ("old", "new", "state"),
    [
        ("roc_auc = 0.7", "roc_auc = 0.8", State.DONE),
        ("roc_auc = 0.7", "roc_auc = 0.6", State.FLAWED),
        ("roc_auc = 0.7", "roc_auc = 0.9", State.FLAWED),
        ("roc_auc = 0.7\n", "", State.FLAWED),
        ("wait = 3", "wait = 4", State.FLAWED),
        ("wait = 3", "wait = 2", State.FLAWED),
        ("wait = 3", "wait = 2.5", State.DONE),
    ],
)
def test_a_bound_in_a_table_may_be_tightened_and_not_loosened(old: str, new: str, state: State) -> None:
    flow = "on: push\njobs:\n  it:\n    runs-on: u\n    steps:\n      - run: python -m visits evaluate\n"
    files = changed("settings.toml", old, new) | {".github/workflows/ci.yml": flow.encode()}
    assert finding(files, "quality-gate").state is state


def exchanged(shipped: str, words: str = '["harbour", "visits"]') -> Files:
    """The project after its data were exchanged, before or after a run."""
    told = CONTRACT.replace(SHA256, shipped).replace('["harbour", "visits"]', words)
    return {**FILES, "scaffolder.toml": told.encode()}


MADE = CONTRACT.replace(f'sha256 = "{SHA256}"\n', "").encode()
UNRUN = {  # no such files
    path: b"" for path in FILES if path.startswith("reports/")
}


@pytest.mark.parametrize(
    ("line", "more", "state"),
    [
        ("The rows are short.", {}, State.DONE),
        ("People at the harbour come early; visits are short.", {}, State.FLAWED),
        ("People at the harbour come early; visits are short.", UNRUN, State.FLAWED),
        ("People at the harbour come early.", {"scaffolder.toml": FILES["scaffolder.toml"]}, State.NOT_APPLICABLE),
        ("The rows are short.", {"scaffolder.toml": MADE}, State.DONE),
        ("The rows are short.", {"scaffolder.toml": MADE, "settings.toml": b"[data]\nfile = 'a'\n"}, State.NOT_APPLICABLE),
        *(
            (line, {"pyproject.toml": f'[project]\nname = "{named}"\n'.encode()}, state)
            for named, line, state in [
                ("harbour-visits", "Open https://ines.example/harbour-visits/ on a phone.", State.DONE),
                ("Harbour-visits", "harbour-VISITS is its name.", State.DONE),
                ("harbour-visits", "Harbour-visits of the harbour are short.", State.FLAWED),
                ("harbour", "People at the Harbour come early.", State.FLAWED),
                ("h", "People at the harbour come early.", State.FLAWED),
                ("", "People at the harbour come early.", State.FLAWED),
            ]
        ),
    ],
)  # fmt: skip
def test_words_of_the_former_data_are_leftovers_once_others_have_taken_their_place(
    line: str, more: Files, state: State
) -> None:
    files = {**exchanged(SHIPPED), "docs/notes.md": f"# Notes\n\n{line}\n".encode(), **more}
    found = finding({path: data for path, data in files.items() if data}, "leftovers")
    assert found.state is state
    assert state is not State.FLAWED or str(found.evidence[0]).startswith("docs/notes.md:3: “")


STORE = b"\n<!-- data:problem -->\nThe harbour master asks. See [it](nowhere.md).\n<!-- /data:problem -->\n"


@pytest.mark.parametrize("path", ["data/shipped.md", "src/visits/adoption/own.md"])
def test_a_store_of_texts_is_no_document(path: str) -> None:
    files = exchanged(SHIPPED) | {path: STORE}
    assert path not in {page.path for page in documents(Repository(Snapshot.of_files(files)))}
    assert {finding(files, item).state for item in ("leftovers", "links")} == {State.DONE}


@pytest.mark.parametrize(
    ("inside", "state"),
    [
        ("Twelve chairs stand empty each day, because nobody rings up those who forget.", State.WRITTEN),
        ("TODO(problem): who loses what?", State.PLACEHOLDER),
        (
            'TODO(problem): is this still true? Before the data changed, it said: "Chairs stand empty."',
            State.PLACEHOLDER,
        ),
        ("- one\n- TODO(problem): and two?", State.PLACEHOLDER),
        ("| a | b |\n| --- | --- |\n| 1 | TODO(owner): who? |", State.PLACEHOLDER),
        ("", State.MISSING),
    ],
)
@pytest.mark.parametrize(
    "marks",
    ["<!-- data:problem -->\n{}\n<!-- /data:problem -->", "<!-- data:problem -->\n\n{}\n\n<!-- /data:problem -->"],
)
def test_marks_of_data_blocks_are_invisible(inside: str, state: State, marks: str) -> None:
    section = marks.format("Twelve chairs stand empty each day, because nobody rings up those who forget.")
    page = README.replace(README[README.index("<!-- data") : README.index("\n\n## Results")], section)
    files = {**FILES, "README.md": page.replace(section, marks.format(inside)).encode()}
    assert finding(files, "problem").state is state


@pytest.mark.parametrize("page", ["docs/evaluation.md", "data/DATASET.md"])
def test_open_questions_of_a_page_that_holds_the_details_count(page: str) -> None:
    readme = FILES["README.md"] + f"\n## Data\n\nThe desk wrote them down. More is in [it]({page}).\n".encode()
    files = {**FILES, "README.md": readme, "data/DATASET.md": b"# Data set\n", page: FILES.get(page, b"# Data set\n")}
    assert finding(files, "data-source").state is State.WRITTEN
    files[page] += b"\nTODO(split): is this still true?\n"
    found = finding(files, "data-source")
    assert (found.state, found.evidence[0].path) == (State.PLACEHOLDER, page)
    assert finding(files, "problem").state is State.WRITTEN


def test_what_another_item_asks_for_on_such_a_page_counts_for_that_item_alone() -> None:
    readme = FILES["README.md"] + b"\n## Data\n\nThe desk wrote them down. More is in [it](data/DATASET.md).\n"
    page = b"# Data set\n\n## Privacy\n\nTODO(privacy): who may read them?\n\n## Rows\n"
    files = {**FILES, "README.md": readme, "data/DATASET.md": page}
    assert finding(files, "data-source").state is State.WRITTEN
    assert finding(files, "privacy").state is State.PLACEHOLDER
    files["data/DATASET.md"] += b"\nTODO(rows): how many?\n"
    assert finding(files, "data-source").evidence[0].fact == "unfinished: “TODO(rows): how many?”"


SHOWN = "<!-- measured:picture -->\n![The page](docs/screenshot.png)\n<!-- /measured:picture -->\n"
TO_COME = "<!-- measured:picture -->\nTODO(screenshot): run `make screenshot`.\n<!-- /measured:picture -->\n"


@pytest.mark.parametrize(
    ("opening", "demo", "state"),
    [
        (SHOWN, "Start it and open the page.", State.WRITTEN),
        (SHOWN + "\nTODO(live): where can people try it?\n", "Start it and open the page.", State.PLACEHOLDER),
        (SHOWN, "TODO(demo): which two should a visitor compare?", State.PLACEHOLDER),
        (TO_COME, "Start it and open the page.", State.FLAWED),
        ("![Logo](docs/screenshot.png)\n", "Start it and open the page.", State.FLAWED),
        (
            SHOWN.replace(
                "![The page](docs/screenshot.png)", '<img src="docs/screenshot.png" alt="The page" width="640">'
            ),
            "Start it and open the page.",
            State.WRITTEN,
        ),
        ("It runs at https://visits.fly.dev.\n", "Start it and open the page.", State.WRITTEN),
        ("More in [the notes](docs/evaluation.md).\n", "Start it and open the page.", State.FLAWED),
    ],
)
def test_the_picture_above_the_first_section_shows_the_product(opening: str, demo: str, state: State) -> None:
    page = README.replace("# Visits\n", f"# Visits\n\n{opening}") + f"\n## Demo\n\n{demo}\n"
    files = {**FILES, "README.md": page.encode(), "docs/screenshot.png": screenshot()}
    assert finding(files, "demo").state is state
