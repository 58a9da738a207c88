"""What somebody was given is not their work, whatever template it comes from: deleting its questions does not pay."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rendered import screenshot
from support import Outcome, commit, git, make_template, peak_memory

from scaffolder.check.commit_snapshot import repository_at
from scaffolder.check.examine import check, examine, opened
from scaffolder.check.initial_render import initial_render
from scaffolder.check.items import BY_ID
from scaffolder.project import record
from scaffolder.results.finding import State

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
CONFIG = {"project_name": "Tide Tables", "project_slug": "{{ cookiecutter.project_name|slugify }}"}
README = """\
# {{ cookiecutter.project_name }}

## Problem

Ships wait at the bar until the water is high enough, and each hour costs the harbour money.

TODO(problem): how many ships wait in a week?

## Architecture

```mermaid
flowchart LR
  gauge[(gauge)] --> fit[fit the tides] --> table[print a table]
```

![Plan](docs/plan.png)

Every part runs once a night, and nothing is kept that could be computed again.

TODO(architecture): which part would you replace first?

## Data

The gauge writes a line every ten minutes, and the harbour office publishes them each morning.

TODO(data): what is missing in them?

## Limitations

Storms push the water higher than any table says, so nobody may sail by the table alone.

TODO(limitations): where would you not use it?

## Demo

![The table](docs/screenshot.png)

TODO(demo): what should a visitor look at?

It runs at <https://tides.school.edu>.
"""
MONITORING = """\
# Monitoring plan

| signal | threshold | action | owner |
| --- | --- | --- | --- |
| gauge is silent | one hour | call the office | TODO(owner): who? |
| error of the table | 20 cm | fit again | the harbour master |
"""
FILES = {
    "README.md": README.encode(),
    "docs/monitoring.md": MONITORING.encode(),
    "docs/plan.png": screenshot(),
    "docs/screenshot.png": screenshot() + b"1",
    "scaffolder.toml": b"contract = 1\n[capabilities]\n",
}
ITEMS = ("problem", "architecture", "data-source", "limitations", "demo", "monitoring-plan")


@pytest.fixture
def project(tmp_path: Path, scaffolder: Run) -> Path:
    template = make_template(tmp_path / "kit", CONFIG, FILES)
    assert scaffolder("new", template, "--yes", "--git").code == 0
    return tmp_path / "tide-tables"


def without_questions(folder: Path) -> None:
    """Delete each line with a question, and only the question in a table."""
    for page in (folder / "README.md", folder / "docs/monitoring.md"):
        text = re.sub(r"TODO\(owner\): who\?", "the harbour master", page.read_text())
        page.write_text(re.sub(r"TODO\([^\n]*\n", "", text))


def states(folder: Path) -> dict[str, State]:
    return {item: BY_ID[item].finding(opened(folder)).state for item in ITEMS}


def test_questions_that_are_only_deleted_leave_what_was_handed_out(project: Path) -> None:
    assert set(states(project).values()) == {State.PLACEHOLDER}
    before = check(project)
    without_questions(project)
    commit(project)
    found = states(project)
    assert {item for item, state in found.items() if state.counts} == {"monitoring-plan"}, "a cell was answered"
    assert found["demo"] is found["architecture"] is State.PLACEHOLDER
    table = (project / "docs/monitoring.md").read_text().replace("| the harbour master |\n| error", "|  |\n| error")
    (project / "docs/monitoring.md").write_text(table)
    commit(project)
    after = check(project)
    assert (after.counts.written, after.score) == (before.counts.written, before.score) == (0, before.score)


def test_a_table_just_as_it_was_handed_out_is_not_written(tmp_path: Path, scaffolder: Run) -> None:
    files = {**FILES, "docs/monitoring.md": MONITORING.replace("TODO(owner): who?", "the harbour office").encode()}
    template = make_template(tmp_path / "whole", CONFIG, files)
    assert scaffolder("new", template, "--yes", "--git").code == 0
    page = tmp_path / "tide-tables/docs/monitoring.md"
    assert states(page.parents[1])["monitoring-plan"] is State.PLACEHOLDER
    page.write_text(page.read_text().replace("one hour", "30 minutes"))
    assert states(page.parents[1])["monitoring-plan"] is State.WRITTEN


@pytest.mark.parametrize(
    ("item", "old", "new"),
    [
        ("problem", "TODO(problem): how many ships wait in a week?", "Eleven coasters waited last week, three for a whole night."),
        ("architecture", "--> table[print a table]", "--> filter[drop spikes] --> check[compare with last year] --> page[show curve]"),
        ("architecture", "TODO(architecture): which part would you replace first?", "I would first put a queue between both halves."),
        ("demo", "It runs at <https://tides.school.edu>.", "It runs at <https://tides.ada.dev>."),
    ],
)  # fmt: skip
def test_what_the_owner_changes_counts(project: Path, item: str, old: str, new: str) -> None:
    page = (project / "README.md").read_text()
    assert old in page
    (project / "README.md").write_text(page.replace(old, new))
    without_questions(project)
    commit(project)
    assert states(project)[item] is State.WRITTEN


def test_another_picture_counts(project: Path) -> None:
    without_questions(project)
    (project / "docs/screenshot.png").write_bytes(screenshot() + b"2")
    assert states(project)["demo"] is State.WRITTEN


def test_a_commit_that_was_collected_is_compared_with_the_render_of_the_teacher(project: Path, tmp_path: Path) -> None:
    without_questions(project)
    (project / record.NAME).unlink()  # which says what it was made from
    commit(project)
    bare = tmp_path / "collected.git"
    git(tmp_path, "clone", "--quiet", "--bare", str(project), str(bare))
    report = examine(repository_at(bare, git(project, "rev-parse", "HEAD")), "it")
    written = {each.item for each in report.findings if each.state is State.WRITTEN}
    assert written == {"monitoring-plan"}


def test_a_clone_without_our_branch_finds_the_render_in_its_history(project: Path, tmp_path: Path) -> None:
    without_questions(project)
    commit(project)
    git(tmp_path, "clone", "--quiet", "--single-branch", "--branch", "main", project.as_uri(), "clone")
    git(tmp_path / "clone", "remote", "remove", "origin")
    assert len(initial_render(opened(tmp_path / "clone")).texts) == 2
    assert states(tmp_path / "clone")["problem"] is State.PLACEHOLDER


@pytest.mark.parametrize("broken", ["no history", "an empty one", "a link", "no record", "not JSON"])
def test_where_it_is_not_known_nothing_is_held_against_anybody(project: Path, tmp_path: Path, broken: str) -> None:
    without_questions(project)
    if broken == "no record":
        (project / record.NAME).unlink()
    elif broken == "not JSON":
        (project / record.NAME).write_text("{")
    else:
        (project / ".git").rename(tmp_path / "git")
    if broken == "an empty one":
        (project / ".git").mkdir()
    elif broken == "a link":
        (project / ".git").symlink_to(tmp_path / "git")
    assert initial_render(opened(project)).texts == ()
    assert states(project)["problem"] is State.WRITTEN


def test_a_project_of_a_bundled_template_opens_no_history(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content = json.loads((project / record.NAME).read_text())
    (project / record.NAME).write_text(json.dumps({**content, "source": {"kind": "bundled"}}))
    monkeypatch.setattr("scaffolder.check.initial_render._read", lambda *_: pytest.fail("it was opened"))
    assert initial_render(opened(project)).texts == ()


def object_of(folder: Path, kind: str, data: bytes) -> str:
    """The id of an object that Git itself would not write so."""
    command = ["git", "hash-object", "--literally", "-w", "-t", kind, "--stdin"]
    made = subprocess.run(command, cwd=folder, input=data, capture_output=True, check=True)
    return made.stdout.decode().strip()


HUGE = 60_000_000  # bytes


@pytest.mark.parametrize(
    "kind", ["commit", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("tree", "record"))]
)
def test_a_history_that_attacks_its_reader_is_bounded(project: Path, kind: str) -> None:
    tip = git(project, "rev-parse", "HEAD")
    tree = git(project, "rev-parse", "HEAD^{tree}")
    who = "A <a@x> 1 +0000"
    if kind == "tree":
        entry = b"100644 " + b"a" * 50 + b"%08d\0" + bytes.fromhex(git(project, "rev-parse", "HEAD:README.md"))
        tree = object_of(project, "tree", b"".join(entry % at for at in range(HUGE // 80)))
    elif kind == "record":
        blob = object_of(project, "blob", (project / record.NAME).read_bytes() + b" " * HUGE)
        tree = object_of(project, "tree", f"100644 {record.NAME}\0".encode() + bytes.fromhex(blob))
    said = "x" * (HUGE if kind == "commit" else 1)
    header = f"tree {tree}\nparent {tip}\nauthor {who}\ncommitter {who}\n\n{said}\n"
    commit = object_of(project, "commit", header.encode())
    (project / ".git/refs/heads/main").write_text(f"{commit}\n")
    git(project, "update-ref", "-d", "refs/heads/scaffold")
    before = peak_memory()
    start = time.process_time()
    assert initial_render(opened(project)).texts == ()
    assert time.process_time() - start < 5
    assert peak_memory() - before < 200_000
