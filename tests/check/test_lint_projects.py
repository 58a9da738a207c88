"""`scaffolder lint-template` also reads the projects of a template as `scaffolder check` would, before anybody works."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import Outcome, make_template

from scaffolder.check.templates import lint

PROJECT = "{{cookiecutter.project_slug}}"
ROWS = b"a,b\n1,2\n"
CONTRACT = f"""\
contract = 1
[data]
sha256 = "{hashlib.sha256(ROWS).hexdigest()}"
[capabilities]
measures = true
"""
CONFIG: dict[str, Any] = {
    "model": ["linear", "forest"],
    "project_name": "Small Thing",
    "project_slug": "{{ cookiecutter.project_name|slugify }}",
    "_scaffolder": {"questions": {"project_slug": {"pattern": "[a-z-]+"}}},
    "__prompts__": {
        "model": {"__prompt__": "Which model?", "linear": "a line", "forest": "many trees"},
        "project_name": "Name",
        "project_slug": "Folder",
    },
}
FILES = {
    "README.md": b"# Small\n\n[The tour](docs/tour.md#first), [the model](src/small/model.py) of {{ cookiecutter.model }}\n\n"
    b"```sh\nmake demo\nmake test\n```\n",
    "docs/tour.md": b"# Tour\n\n## First\n\n`make demo`\n",
    "Makefile": b"demo:\n\tpython -m small\ntest:\n\tpytest\ndata/made.csv:\n\tpython -m small.make\n",
    "scaffolder.toml": CONTRACT.encode(),
    "settings.toml": b'[data]\nfile = "data/rows.csv"\nlater = "data/made.csv"\nlog = "data/log/events.csv"\n',
    ".gitignore": b"/data/log/\n",
    "data/rows.csv": ROWS,
    "src/small/model.py": b"def fit(): ...\n",
}  # fmt: skip

Run = Callable[..., Outcome]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A template with nothing to say about."""
    return make_template(tmp_path / "small", CONFIG, FILES, PROJECT)


def said(folder: Path) -> list[str]:
    return [f"{one.path} {one.message}".replace(PROJECT, "PROJECT") for one in lint(folder)]


def change(folder: Path, path: str, old: str, new: str) -> None:
    file = folder / PROJECT / path
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def test_projects_in_which_all_is_there(small: Path) -> None:
    assert said(small) == []


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (
            "README.md",
            "docs/tour.md#first",
            "docs/tours.md",
            "PROJECT/README.md The link docs/tours.md: docs/tours.md is not in the repository (line 3 in a project).",
        ),
        (
            "README.md",
            "#first",
            "#second",
            "PROJECT/README.md The link docs/tour.md#second: docs/tour.md has no heading #second (line 3 in a project).",
        ),
        (
            "README.md",
            "make test",
            "make trial",
            "PROJECT/README.md `make trial`: Makefile has no target trial (line 7 in a project).",
        ),
        (
            "docs/tour.md",
            "make demo",
            "make demos",
            "PROJECT/docs/tour.md `make demos`: Makefile has no target demos (line 5 in a project).",
        ),
        (
            "scaffolder.toml",
            "[capabilities]",
            "[capabilitys]",
            "PROJECT/scaffolder.toml There is no setting 'capabilitys'; there are contract, template, "
            "unit, id, corpus, experiments, decisions, data, capabilities, blocks.",
        ),
        (
            "scaffolder.toml",
            "measures = true",
            "measurs = true",
            "PROJECT/scaffolder.toml There is no capability 'measurs'; there are measures, predictions, "
            "slices, columns, model, serves, container, latency, drift.",
        ),
        (
            "scaffolder.toml",
            "contract = 1",
            "contract = 3",
            "PROJECT/scaffolder.toml It does not begin with `contract = 1`, the version that is read, so it "
            "has no effect.",
        ),
        (
            "scaffolder.toml",
            hashlib.sha256(ROWS).hexdigest(),
            "f" * 64,
            "PROJECT/scaffolder.toml The sha256 under [data], ffffffff…, is the hash of no file of the project.",
        ),
        (
            "settings.toml",
            "data/rows.csv",
            "data/rows.csv.gz",
            "PROJECT/settings.toml It names data/rows.csv.gz, which is not in the project.",
        ),
    ],
)
def test_what_is_wrong_in_each_project(small: Path, path: str, old: str, new: str, expected: str) -> None:
    change(small, path, old, new)
    assert said(small) == [expected]


@pytest.mark.usefixtures("no_child")
def test_what_only_one_choice_lacks_is_said_with_the_choice(small: Path) -> None:
    change(small, "settings.toml", "data/rows.csv", "data/{{ cookiecutter.model }}.csv")
    (small / PROJECT / "data/{% if cookiecutter.model == 'linear' %}linear.csv{% endif %}").write_bytes(ROWS)
    assert said(small) == [
        "PROJECT/settings.toml It names data/forest.csv, which is not in the project. "
        "This happens with model = 'forest'."
    ]


@pytest.mark.usefixtures("no_child")
def test_a_file_with_a_condition_in_its_name_is_called_by_that(small: Path) -> None:
    name = "{% if cookiecutter.model == 'forest' %}trees.md{% endif %}"
    (small / PROJECT / name).write_text("[A](b.md)\n")
    assert said(small) == [
        f"PROJECT/{name} The link b.md: b.md is not in the repository (line 1 in a project). "
        "This happens with model = 'forest'."
    ]


def test_a_project_that_attacks_its_reader_is_bounded(small: Path) -> None:
    (small / PROJECT / "src/small/deep.py").write_text(f"x = {'(' * 5_000}\n")
    (small / PROJECT / "many.md").write_text("[A](gone.md)\n" * 5_000)
    problems = lint(small)
    assert len(problems) <= 200
    assert {one.path.rpartition("/")[2] for one in problems} >= {"many.md"}
