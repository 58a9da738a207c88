"""`scaffolder cohort new`: who gets what."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from new_cohorts import CONFIG, FILES, Run, begun, entries, everything, roster, states, tiny_in
from support import MINI, git, make_template, on_disk

from scaffolder import __version__
from scaffolder.project import store

pytestmark = pytest.mark.usefixtures("no_child")


@pytest.fixture
def tiny(tmp_path: Path) -> Iterator[str]:
    with tiny_in(tmp_path) as found:
        yield found


def test_a_bare_repository_is_what_new_writes(scaffolder: Run, tmp_path: Path) -> None:
    listed = roster(tmp_path, ["id,use_case,author_name", "ada,risk,Zoë O'Hara", "bob,,"])
    code, out, err = scaffolder("cohort", "new", listed, "-t", "classical-ml", "-o", "ml")
    assert (code, err) == (0, "")
    assert out.startswith("Made 2 repositories in ml.\n")
    bare = tmp_path / "ml/repositories/ada/classical-ml.git"
    assert git(bare, "fsck", "--strict", "--no-dangling") == ""
    assert git(bare, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(bare, "branch", "--format=%(refname:short)").split() == ["main", "scaffold"]
    assert git(bare, "rev-list", "--count", "--all") == "1"
    said = git(bare, "log", "-1", "--format=%an|%ae|%cn|%ce|%s", "scaffold")
    assert said == "|".join(store.SCAFFOLDER * 2) + f"|Start from classical-ml (scaffolder {__version__})"
    git(tmp_path, "clone", "-q", str(bare), "clone")
    git(tmp_path / "clone", "checkout", "-q", "main")
    sets = ["--set", "use_case=risk", "--set", "author_name=Zoë O'Hara"]
    assert scaffolder("new", "classical-ml", "--yes", "--no-git", "-o", "alone", *sets).code == 0
    assert on_disk(tmp_path / "clone", without=()) == on_disk(tmp_path / "alone/credit-risk-scorer", without=())


@pytest.mark.slow
def test_other_processes_make_the_same(scaffolder: Run, tmp_path: Path, mini: Path) -> None:
    listed = roster(tmp_path, ["id,project_name", *(f"s{number},Thing {number % 9}" for number in range(45))])
    for name, workers in (("one", 1), ("two", 2)):
        arguments = ("cohort", "new", listed, "-t", mini, "-o", begun(tmp_path / name), "--workers", workers)
        assert scaffolder(*arguments).code == 0
    assert len(entries(tmp_path / "one")) == 45
    assert entries(tmp_path / "one") == entries(tmp_path / "two")
    assert [path.name for path in (tmp_path / "two/.scaffolder").iterdir()] == ["lock"]


def test_names_and_addresses_stay_in_the_roster(scaffolder: Run, tmp_path: Path, tiny: str) -> None:
    listed = roster(tmp_path, ["id,name,email", "s1,Ada Lovelace,ada@example.org"])
    assert scaffolder("cohort", "new", listed, "-t", tiny, "-o", "c").code == 0
    files = {path for path, (data, _) in everything(tmp_path / "c").items() if b"lovelace" in data.lower()}
    assert files == {str(tmp_path / "c/roster.csv")}


def test_a_course_file_has_paths_relative_to_it(scaffolder: Run, tmp_path: Path) -> None:
    make_template(tmp_path / "tiny", CONFIG, FILES)
    (tmp_path / "course").mkdir()
    roster(tmp_path / "course", ["id;kind", "ada;fancy"], "students.csv")
    text = 'roster = "students.csv"\n[[projects]]\ntemplate = "../tiny"\nname = "first"\ndue = 2026-12-01\n'
    (tmp_path / "course/ml.toml").write_text(text + '[projects.answers]\nproject_name = "Mine"\n')
    (tmp_path / "elsewhere").mkdir()
    os.chdir(tmp_path / "elsewhere")
    assert scaffolder("cohort", "new", "../course/ml.toml", "-o", "c").code == 0
    assert git(tmp_path / "elsewhere/c/repositories/ada/first.git", "show", "main:README.md").startswith("# Mine")
    assert (tmp_path / "elsewhere/c/roster.csv").read_text() == "id;kind\nada;fancy\n"
    os.chdir(tmp_path)
    assert scaffolder("cohort", "new", "elsewhere/c/cohort.toml", "-o", "elsewhere/c").out.startswith("Made 0 ")


def test_a_course_may_be_made_where_its_files_are(scaffolder: Run, tmp_path: Path) -> None:
    (tmp_path / "ml").mkdir()
    os.chdir(tmp_path / "ml")
    roster(Path(), ["id", "ada"])
    text = '# my course\nroster = "roster.csv"\n[[projects]]\ntemplate = "classical-ml"\n'
    Path("cohort.toml").write_text(text)
    assert scaffolder("cohort", "new", "cohort.toml").code == 0
    assert Path("cohort.toml").read_text() == text
    assert states(Path()) == {"ada/classical-ml": "done"}


def test_values_are_never_code(scaffolder: Run, tmp_path: Path) -> None:
    template = make_template(tmp_path / "mini", *MINI)
    values = ["{{ 7 * 7 }}", "{% raw %}", "$(id)", "'; rm -rf /", "=1+1", "\u202egnp"]
    listed = roster(tmp_path, ["id,project_name", *(f'''s{n},"{value}"''' for n, value in enumerate(values[:-1]))])
    assert scaffolder("cohort", "new", listed, "-t", template, "-o", "c").code == 0
    for number, value in enumerate(values[:-1]):
        bare = tmp_path / f"c/repositories/s{number}/mini.git"
        assert git(bare, "show", "main:README.md").startswith(f"# {value}\n")
        assert git(bare, "fsck", "--strict", "--no-dangling") == ""
    roster(tmp_path, ["id,project_name", f"s9,{values[-1]}"])
    assert scaffolder("cohort", "new", listed, "-t", template, "-o", "d").code == 2


def test_start_up_imports_nothing_heavy() -> None:
    code = "import sys; from scaffolder import cli; cli.run(['cohort', 'new', '--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[-1].split())
    assert "scaffolder.cohort.work.create" in loaded
    assert not loaded & {"rich", "distributed"}
