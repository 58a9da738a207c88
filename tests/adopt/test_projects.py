"""A project is about its owner's data: from its first commit, or from a later one that loses no word of theirs."""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support import ROOT, Outcome, git, make_template, on_disk, refused

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
CONFIG = {
    "project_name": "Night Shift",
    "project_slug": "{{ cookiecutter.project_name|slugify }}",
    "case": ["parcels", "own"],
    "_data": {},
    "_jinja2_env_vars": {"trim_blocks": True, "lstrip_blocks": True},
    "_scaffolder": {
        "data": {
            "kind": "table",
            "answers": {"case": "own"},
            "targets": ["two", "number"],
            "fewest_rows": 50,
            "made": ["reports/*.json", "artifacts/*"],
        }
    },
}
README = b"""# {{ cookiecutter.project_name }}

<!-- data:problem -->
{% if cookiecutter._data %}
TODO(problem): who needs to know it of a {{ cookiecutter._data.row }}?
{% else %}
TODO(problem): who waits for a parcel?
{% endif %}
<!-- /data:problem -->

## Results

<!-- measured:results -->
_Not measured yet._
<!-- /measured:results -->

## Licence

TODO(licence): which one?
"""
FILES = {
    "README.md": README,
    "settings.toml": b"""{% if cookiecutter._data %}
target = {{ cookiecutter._data.target_toml }}
{% else %}
target = "late parcels"
{% endif %}
""",
    "data/DATASET.md": b"""# Dataset

{% if cookiecutter._data %}{{ cookiecutter._data.file }}{% else %}Parcels of one year.{% endif %}


TODO(source): who collected them?
""",
    "{% if not cookiecutter._data %}parcels.csv{% endif %}": b"parcel,late\n1,yes\n",
    ".gitignore": b"artifacts/\n",
    "scaffolder.toml": b"contract = 1\n",
}
WORDS = "parcel"


def visits(folder: Path, name: str = "visits.csv", rows: int = 200, seed: int = 1) -> Path:
    chance = random.Random(seed)
    lines = ["age,district,missed"]
    for _ in range(rows):
        lines.append(f"{chance.randint(18, 90)},{chance.choice('NESW')},{chance.choice(('yes', 'no', 'no'))}")
    (folder / name).write_text("\n".join(lines) + "\n")
    return folder / name


@pytest.fixture
def template(tmp_path: Path) -> Path:
    return make_template(tmp_path / "kit", CONFIG, FILES)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return visits(tmp_path)


@pytest.fixture
def project(template: Path, scaffolder: Run, tmp_path: Path) -> Path:
    """A project about parcels, in which its owner has worked."""
    assert scaffolder("new", template, "--yes", "--git").code == 0
    folder = tmp_path / "night-shift"
    edit(folder, "README.md", "TODO(problem): who waits for a parcel?", "The shop loses 40 parcels a day.")
    edit(folder, "README.md", "_Not measured yet._", "0.93 of all parcels")
    edit(folder, "README.md", "TODO(licence): which one?", "MIT.")
    edit(folder, "data/DATASET.md", "TODO(source): who collected them?", "The depot counted them.")
    (folder / "reports").mkdir()
    (folder / "reports/metrics.json").write_text("{}")
    (folder / "notes.txt").write_text("mine\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Work")
    (folder / "artifacts").mkdir()
    (folder / "artifacts/model.bin").write_text("a model of parcels")
    return folder


def edit(folder: Path, path: str, old: str, new: str) -> None:
    text = (folder / path).read_text()
    assert old in text
    (folder / path).write_text(text.replace(old, new))


def data_of(folder: Path) -> dict[str, object]:
    found = json.loads((folder / ".scaffolder.json").read_text()).get("data", {})
    assert isinstance(found, dict)
    return found


def test_new_begins_with_the_owners_data(template: Path, table: Path, scaffolder: Run, tmp_path: Path) -> None:
    code, out, _ = scaffolder(
        "new", template, "--data", table, "--target", "missed", "--about", "row=visit", "--yes", "--git"
    )
    assert code == 0
    assert "200 rows" in out
    folder = tmp_path / "night-shift"
    assert [path for path in on_disk(folder) if WORDS in (folder / path).read_text("latin-1")] == []
    assert (folder / "settings.toml").read_text() == 'target = "missed"\n'
    assert "who needs to know it of a visit?" in (folder / "README.md").read_text()
    assert (folder / "data/visits.csv.gz").is_file()
    assert data_of(folder)["files"] == ["data/visits.csv.gz"]
    assert git(folder, "rev-list", "--count", "--all") == "1"
    assert git(folder, "status", "--porcelain") == ""


def test_without_a_terminal_a_dry_run_takes_the_defaults_and_else_nothing_is_read(
    template: Path, table: Path, scaffolder: Run, tmp_path: Path
) -> None:
    given = ("new", template, "--data", table, "--target", "missed")
    shown = scaffolder(*given, "--dry-run")
    assert (shown.code, shown.err) == (0, "")
    assert shown.out == scaffolder(*given, "--dry-run", "--yes").out
    refused = scaffolder(*given)
    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "scaffolder: There is no terminal to ask on: use --yes to accept the defaults.\n"
    assert not (tmp_path / "night-shift").exists()


def test_the_same_data_give_the_same_project(template: Path, table: Path, scaffolder: Run, tmp_path: Path) -> None:
    for output in ("one", "two"):
        done = scaffolder("new", template, "--data", table, "--target", "missed", "--yes", "--no-git", "-o", output)
        assert done.code == 0
    assert on_disk(tmp_path / "one", ()) == on_disk(tmp_path / "two", ())


def test_adopt_replaces_what_is_about_the_former_data_and_quotes_what_the_owner_wrote(
    project: Path, table: Path, scaffolder: Run
) -> None:
    code, out, err = scaffolder("adopt", project, "--data", table, "--target", "missed", "--yes")
    assert (code, err) == (0, "")
    assert "Committed as" in out
    readme = (project / "README.md").read_text()
    assert "TODO(problem): who needs to know it of a row?\n" in readme
    assert (
        'TODO(problem): is this still true? Before the data changed, it said: "The shop loses 40 parcels a day."'
        in readme
    )
    assert "0.93" not in readme
    assert "_Not measured yet._" in readme
    assert "MIT." in readme, "a text that is not about the data stays"
    described = (project / "data/DATASET.md").read_text()
    assert "data/visits.csv.gz" in described
    assert 'Before the data changed, it said: "The depot counted them."' in described
    assert (project / "settings.toml").read_text() == 'target = "missed"\n'
    gone = ("parcels.csv", "reports/metrics.json", "artifacts/model.bin")
    assert [name for name in gone if (project / name).exists()] == []
    assert (project / "notes.txt").read_text() == "mine\n"
    assert git(project, "status", "--porcelain") == ""
    assert git(project, "log", "-1", "--format=%s") == git(project, "log", "-1", "--format=%s", "main")


def test_an_update_keeps_the_owners_data(template: Path, project: Path, table: Path, scaffolder: Run) -> None:
    assert scaffolder("adopt", project, "--data", table, "--target", "missed", "--yes").code == 0
    assert "Nothing to do" in scaffolder("update", project, "--yes").out
    edit(template / "{{ cookiecutter.project_slug }}", "README.md", "## Results", "## All results")
    before = on_disk(project)
    assert scaffolder("update", project, "--yes").code == 0
    after = on_disk(project)
    assert {path for path in after if after[path] != before[path]} == {"README.md"}
    assert after.keys() == before.keys()
    assert "## All results" in (project / "README.md").read_text()


def test_an_update_finds_its_base_without_the_branch_of_renders(
    template: Path, table: Path, scaffolder: Run, tmp_path: Path
) -> None:
    assert scaffolder("new", template, "--data", table, "--target", "missed", "--yes", "--git").code == 0
    folder = tmp_path / "night-shift"
    git(folder, "branch", "-D", "scaffold")
    git(folder, "checkout", "--quiet", "--orphan", "anew")
    (folder / "notes.txt").write_text("mine\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", "Anew")
    assert "Nothing to do" in scaffolder("update", folder, "--yes").out


def test_other_data_can_follow(project: Path, table: Path, scaffolder: Run, tmp_path: Path) -> None:
    assert scaffolder("adopt", project, "--data", table, "--target", "missed", "--yes").code == 0
    again = scaffolder("adopt", project, "--data", table, "--target", "missed", "--yes")
    assert "Nothing to do" in again.out
    other = visits(tmp_path, "stays.csv", seed=2)
    assert scaffolder("adopt", project, "--data", other, "--target", "age", "--yes").code == 0
    assert sorted(path.name for path in (project / "data").iterdir()) == ["DATASET.md", "stays.csv.gz"]
    assert (project / "README.md").read_text().count("is this still true?") == 1
    assert (project / "settings.toml").read_text() == 'target = "age"\n'


def test_what_the_owner_has_said_is_remembered(project: Path, table: Path, scaffolder: Run, tmp_path: Path) -> None:
    first = scaffolder("adopt", project, "--data", table, "--target", "missed", "--about", "row=visit", "--yes")
    assert "Questions that quote what you wrote: 2; search for 'is this still true?'." in first.out
    assert git(project, "log", "-1", "--format=%s") == "Put in the data of visits.csv"
    other = visits(tmp_path, "stays.csv", seed=2)
    assert scaffolder("adopt", project, "--data", other, "--target", "missed", "--yes").code == 0
    assert "who needs to know it of a visit?" in (project / "README.md").read_text()
    assert scaffolder("adopt", project, "--data", table, "--target", "missed", "--about", "row=stay", "--yes").code == 0
    assert "who needs to know it of a stay?" in (project / "README.md").read_text()


def test_a_column_is_left_out_as_the_owner_says(template: Path, table: Path, scaffolder: Run, tmp_path: Path) -> None:
    done = scaffolder("new", template, "--data", table, "--target", "missed", "--without", "district", "--yes")
    assert "'district' is left out, as you say" in done.out
    packed = gzip.decompress((tmp_path / "night-shift/data/visits.csv.gz").read_bytes())
    assert packed.startswith(b"age,missed\r\n")


def test_a_dry_run_and_a_refusal_change_nothing(project: Path, table: Path, scaffolder: Run) -> None:
    before = on_disk(project, ())
    arguments = ("adopt", project, "--data", table, "--target", "missed")
    tried = scaffolder(*arguments, "--dry-run", "--yes")
    assert tried.code == 0
    assert "changed   README.md" in tried.out
    unasked = scaffolder(*arguments)
    assert (unasked.code, "say --yes" in unasked.err) == (2, True)
    (project / "README.md").write_text("changed\n")
    unclean = scaffolder(*arguments, "--yes")
    assert (unclean.code, "not committed" in unclean.err) == (2, True)
    git(project, "checkout", "--quiet", "README.md")
    assert on_disk(project, ()) == before


def test_the_result_as_json(project: Path, table: Path, scaffolder: Run) -> None:
    code, out, _ = scaffolder("adopt", project, "--data", table, "--target", "missed", "--yes", "--json")
    told = json.loads(out)
    assert (code, told["state"]) == (0, "updated")
    assert {"kind": "added", "path": "data/visits.csv.gz"} in told["changes"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--target", "missed"), "--target says something of your own data, so --data must name them."),
        (("--data", "nowhere.csv", "--target", "missed"), "nowhere.csv"),
        (("--data", "visits.csv", "--target", "mised"), "did you mean 'missed'?"),
        (("--data", "visits.csv", "--target", "missed", "--about", "rows=visit"), "did you mean 'row'?"),
        (("--data", "visits.csv", "--target", "missed", "--set", "case=parcels"), "leave one of them out"),
        (("--data", "visits.csv", "--target", "missed", "--about", "row=a {{ b }}"), "must be one line"),
        (("--data", "visits.csv", "--target", "missed", "--about", "row"), "is not an answer"),
        *(
            (("--data", "visits.csv", "--target", "missed", "--about", f"miss={text}"), "it must be a number")
            for text in ("much", "-1", "nan", "inf")
        ),
        (("--data", "visits.csv", "--target", "missed", "--without", "distict"), "did you mean 'district'?"),
        (("--data", "visits.csv", "--target", "missed", "--questions", "q.csv"), "--questions says nothing of these"),
        (("--data", "https://example.org/a.csv", "--target", "missed"), "is an address: download the file first"),
    ],
)
def test_what_cannot_be_used_is_named(
    template: Path, table: Path, scaffolder: Run, tmp_path: Path, more: tuple[str, ...], message: str
) -> None:
    outcome = scaffolder("new", template, "--yes", *more)
    assert (outcome.code, message in outcome.err, outcome.err.count("\n")) == (2, True, 1)
    assert not (tmp_path / "night-shift").exists()


def test_a_template_that_takes_no_data_says_so(scaffolder: Run, tmp_path: Path, table: Path) -> None:
    config = {name: value for name, value in CONFIG.items() if name != "_scaffolder"}
    template = make_template(tmp_path / "plain", config, FILES)
    refused(scaffolder("new", template, "--data", table, "--yes"), "takes no data of your own")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"kind": "songs"}, "takes a kind of data called 'songs'"),
        ({"kind": "table", "made": "reports/*"}, "_scaffolder.data.made must be a list of texts"),
        ({"kind": "table", "answers": ["own"]}, "_scaffolder.data.answers must be an object"),
        ({"kind": "table", "people": "all"}, "_scaffolder.data.people must be an object"),
        ({"kind": "table", "people": {"log": "a.jsonl"}}, "not both `log` and `who`"),
        *(({"kind": "table", "made": [out]}, "which is outside") for out in ("/etc/*", "../*", "reports/../../*")),
    ],
)
def test_a_contract_that_is_wrong_is_named(
    scaffolder: Run, tmp_path: Path, table: Path, data: dict[str, object], message: str
) -> None:
    template = make_template(tmp_path / "odd", {**CONFIG, "_scaffolder": {"data": data}}, FILES)
    refused(scaffolder("new", template, "--data", table, "--target", "missed", "--yes"), message)


@pytest.mark.slow
@pytest.mark.parametrize(
    "step", [pytest.param(step, marks=[pytest.mark.slow] if step % 4 else []) for step in range(20)]
)
def test_a_kill_leaves_the_old_project_or_the_new_one(
    project: Path, table: Path, scaffolder: Run, tmp_path: Path, step: int
) -> None:
    """The process is killed at a step of its work; what the next command finds is one of the two."""
    before = git(project, "rev-parse", "HEAD")
    program = (
        "import os, signal, sys\n"
        f"left = [{step}]\n"
        "def hook(event, arguments):\n"
        f"    if event in ('os.rename', 'os.remove', 'os.mkdir') or event == 'open' and arguments[1] not in (None, 'r', 'rb')"
        f" and {str(project)!r} in str(arguments[0]):\n"
        "        left[0] -= 1\n"
        "        if left[0] < 0: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from scaffolder.cli.app import main\n"
        "from scaffolder.project import worktree\n"
        "sys.addaudithook(hook)\n"
        "main()\n"
    )
    command = [
        sys.executable,
        "-c",
        program,
        "adopt",
        str(project),
        "--data",
        str(table),
        "--target",
        "missed",
        "--yes",
    ]
    killed = subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    assert killed.returncode in (-signal.SIGKILL, 0)
    finished = scaffolder("update", project, "--yes")
    assert finished.code == 0, finished.err
    assert git(project, "status", "--porcelain") == ""
    adopted = git(project, "rev-parse", "HEAD") != before
    assert (project / "data/visits.csv.gz").exists() is adopted
    assert (project / "parcels.csv").exists() is not adopted
    assert bool(data_of(project)) is adopted
