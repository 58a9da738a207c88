"""The items of the checklist about the owner's part: what proves own data, own experiments and own tests, and what not."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import kit
import pytest
from kit import append, commit
from support import Outcome, commit_all, git, project_of

from scaffolder.check.examine import opened
from scaffolder.check.items import BY_ID
from scaffolder.results.finding import Finding, State

pytestmark = pytest.mark.usefixtures("no_child")

Run = Callable[..., Outcome]
DATA, TESTS = "own-data-or-experiment", "own-tests"
CODE = "\n\ndef late_share(answers: list[str]) -> float:\n    return answers.count('late') / len(answers)\n"
TEST = "\n\ndef test_a_share() -> None:\n    assert late_share(['late', 'on time']) == 0.5\n"
ROUTE = "\n\n@app.get('/shares')\ndef shares() -> float:\n    return 0.5\n"
ASKS = "\n\ndef test_shares(client) -> None:\n    assert client.get('/shares').json() == 0.5\n"
FORM = '"""Does it help to know the hour?"""\n\n\ndef features(rows):\n    return rows.assign(hour=rows.time.dt.hour)\n'


def with_an_experiment(folder: Path) -> Path:
    template = kit.template(folder)
    inside = template / "{{ cookiecutter.project_slug }}"
    (inside / "experiments").mkdir()
    (inside / "experiments/hour.py").write_text(FORM)
    return template


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return project_of(with_an_experiment, tmp_path)


def finding(folder: Path, item: str) -> Finding:
    return BY_ID[item].finding(opened(folder))


def said(folder: Path, item: str) -> tuple[State, list[str]]:
    found = finding(folder, item)
    return found.state, [str(each) for each in found.evidence]


def test_only_what_is_committed_is_its_owners(project: Path) -> None:
    (project / "data/calls.csv").write_text("call\n1\n")
    nothing = "as of the last commit, all data and experiments are the template's"
    assert said(project, DATA) == (State.MISSING, [nothing])
    assert said(project, TESTS) == (State.MISSING, ["as of the last commit, each Python file is the template's"])
    assert "`scaffolder adopt --data FILE`" in finding(project, DATA).remedy
    assert "make experiment NAME=" in finding(project, DATA).remedy


def test_data_that_nothing_names_prove_nothing(project: Path) -> None:
    (project / "data/calls.csv").write_text("call\n1\n")
    commit(project)
    unused = "data/calls.csv: the template does not have it, but settings.toml does not name it"
    assert said(project, DATA) == (State.MISSING, [unused])
    append(project, "settings.toml", '\n[data]\nfile = "data/calls.csv"\n')
    assert said(commit(project), DATA) == (State.DONE, ["data/calls.csv: data that the template does not have"])


def test_data_that_git_ignores_were_made_by_programs(project: Path) -> None:
    (project / "registry").mkdir()
    (project / "registry/models.db").write_bytes(b"0")
    append(project, "settings.toml", '\n[registry]\nfolder = "registry"\n')
    assert said(commit(project), DATA)[0] is State.DONE
    (project / ".gitignore").write_text("registry/\n")
    assert said(commit(project), DATA)[0] is State.MISSING


def measure(folder: Path, name: str) -> Path:
    """Write what `make experiment` writes of a measured experiment."""
    text = (folder / "experiments" / name).read_text()
    entry = {"file": f"experiments/{name}", "text": text, "gain": 0.01, "ci95": [-0.01, 0.03]}
    (folder / "reports").mkdir(exist_ok=True)
    (folder / "reports/experiments.json").write_text(json.dumps({name.partition(".")[0]: entry}))
    return commit(folder)


def test_an_experiment_of_the_owners_counts_once_it_is_measured(project: Path) -> None:
    assert said(measure(project, "hour.py"), DATA)[0] is State.MISSING  # it is the template's
    (project / "experiments/cheap-calls.toml").write_text("[costs]\ncall = 1\n")
    assert said(commit(project), DATA)[0] is State.MISSING
    done = "experiments/cheap-calls.toml: the experiment cheap-calls, measured by its owner"
    assert said(measure(project, "cheap-calls.toml"), DATA) == (State.DONE, [done])
    append(project, "experiments/cheap-calls.toml", "missed = 30\n")
    changed = "experiments/cheap-calls.toml: changed since it was measured"
    assert said(commit(project), DATA) == (State.MISSING, [changed])


def test_a_comparison_of_two_commits_counts_unless_nothing_differs(project: Path) -> None:
    (project / "experiments/trees.diff").write_text("")
    assert said(measure(project, "trees.diff"), DATA)[0] is State.MISSING
    (project / "experiments/trees.diff").write_text("+FOLDS = 10\n")
    assert said(measure(project, "trees.diff"), DATA)[0] is State.DONE


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        '{"a": {"file": "experiments/gone.diff", "text": "+1"}}',
        '{"a": 3, "b": {"file": ["x"]}, "c": {}}',
        "no JSON",
    ],
)
def test_a_damaged_list_of_experiments_proves_nothing(project: Path, content: str) -> None:
    (project / "reports").mkdir()
    (project / "reports/experiments.json").write_text(content)
    append(project, "src/kit/service.py", CODE)
    assert said(commit(project), DATA)[0] is State.MISSING


def test_a_test_of_the_owners_that_names_code_of_the_owners(project: Path) -> None:
    append(project, "src/kit/service.py", CODE)
    untested = "src/kit/service.py: it differs from the template, and no file of tests does"
    assert said(commit(project), TESTS) == (State.MISSING, [untested])
    append(project, "tests/test_service.py", TEST)
    called = "test_a_share calls late_share, and both have lines of the owner's"
    assert said(project, TESTS)[0] is State.MISSING  # it is not committed
    assert said(commit(project), TESTS) == (State.DONE, [f"tests/test_service.py:8: {called}"])


def test_code_that_was_only_moved_is_not_the_owners(project: Path) -> None:
    head, _, score = kit.MODEL.partition("def score")
    (project / "src/kit/model.py").write_text(head)
    (project / "src/kit/scoring.py").write_text(f"def score{score}")
    append(
        project, "tests/test_service.py", "\n\ndef test_score() -> None:\n    assert score({'bias': 1.0}, {}) == 1\n"
    )
    none = "as of the last commit, no function or class in Python has a line of the owner's"
    assert said(commit(project), TESTS) == (State.MISSING, [none])


@pytest.mark.parametrize(
    "test",
    [
        "\n\ndef test_a_share() -> None:\n    late_share(['late'])\n",  # cannot fail
        "\n\ndef test_another() -> None:\n    assert answer({'bias': 1.0}, {}) == 'late'\n",  # of the template's code
        "\n\n@pytest.mark.skip\ndef test_a_share() -> None:\n    assert late_share(['late']) == 1\n",
        "\n\ndef helper() -> None:\n    assert late_share(['late']) == 1\n",
    ],
)
def test_what_is_no_test_of_own_code(project: Path, test: str) -> None:
    append(project, "src/kit/service.py", CODE)
    append(project, "tests/test_service.py", test)
    unnamed = "late_share has lines of the owner's, and no test of theirs that names it was found"
    assert said(commit(project), TESTS) == (State.MISSING, [f"src/kit/service.py:14: {unnamed}"])


def test_a_route_is_tested_by_a_request(project: Path) -> None:
    append(project, "src/kit/service.py", ROUTE)
    append(project, "tests/test_service.py", "\n\ndef test_other(client) -> None:\n    assert client.get('/other')\n")
    assert said(commit(project), TESTS)[0] is State.MISSING
    append(project, "tests/test_service.py", ASKS)
    called = "test_shares calls GET /shares, and both have lines of the owner's"
    assert said(commit(project), TESTS) == (State.DONE, [f"tests/test_service.py:12: {called}"])


def unknown(folder: Path) -> str:
    """The reason why both items do not apply."""
    found = [finding(folder, item) for item in (DATA, TESTS)]
    assert {each.state for each in found} == {State.NOT_APPLICABLE}  # so that no level asks for more than before
    assert found[0].reason == found[1].reason
    return found[0].reason


def test_where_nobody_can_look_neither_applies(project: Path, tmp_path: Path) -> None:
    elsewhere = shutil.copytree(project, tmp_path / "elsewhere")
    shutil.rmtree(elsewhere / ".git")
    assert unknown(elsewhere).startswith("only commits are compared")
    (elsewhere / ".git").write_text(f"gitdir: {project / '.git'}\n")
    assert unknown(elsewhere).startswith("only commits are compared")
    (elsewhere / ".git").unlink()
    git(elsewhere, "init", "--quiet")
    assert unknown(elsewhere).endswith("nothing is committed yet")
    (elsewhere / ".git/HEAD").write_text("damaged")
    assert unknown(elsewhere).startswith("it cannot be compared with its template: ")
    (elsewhere / ".scaffolder.json").unlink()
    assert unknown(elsewhere) == "there is no .scaffolder.json, so no template is known that it was made from"


@pytest.mark.parametrize("part", [0, 30, 60])
def test_an_object_that_is_cut_off_is_not_read_for_ever(project: Path, part: int) -> None:
    """Of any object, whether it is a commit, a list of files or a file: libgit2 1.9 does not come back from some."""
    append(project, "src/kit/service.py", CODE)
    append(commit(project), "tests/test_service.py", TEST)
    commit(project)
    objects = [path for path in (project / ".git/objects").glob("??/*") if path.stat().st_size > 120]
    assert len(objects) > 10
    for path in objects:
        whole = path.read_bytes()
        path.chmod(0o644)
        path.write_bytes(whole[:part])
        found = finding(project, TESTS)
        assert found.state in (State.DONE, State.NOT_APPLICABLE)
        assert found.state is State.DONE or found.reason.startswith("it cannot be compared with its template: ")
        path.write_bytes(whole)
    assert said(project, TESTS)[0] is State.DONE


def test_a_strangers_template_is_never_rendered(project: Path) -> None:
    shutil.rmtree(project / ".git")
    commit_all(project)
    append(project, "README.md", "\nMore.\n")
    commit(project)
    git(project, "checkout", "--quiet", "--orphan", "anew")
    git(project, "commit", "--quiet", "--message", "All of it")
    git(project, "branch", "--quiet", "-D", "main")
    assert "`git fetch origin scaffold:scaffold`" in unknown(project)


def test_a_bundled_template_is_rendered_once_more_and_nothing_is_written(scaffolder: Run, tmp_path: Path) -> None:
    assert scaffolder("new", "classical-ml", "real", "--yes", "--git").code == 0
    real = tmp_path / "real"
    assert [said(real, item)[0] for item in (DATA, TESTS)] == [State.MISSING, State.MISSING]
    shutil.rmtree(real / ".git")
    append(real, "src/predictor/data.py", CODE)
    commit_all(real)
    before = sorted((real / ".git").rglob("*"))
    state, evidence = said(real, TESTS)
    assert (state, len(evidence)) == (State.MISSING, 1)
    assert evidence[0].startswith("src/predictor/data.py: ")
    assert said(real, DATA)[0] is State.MISSING
    assert sorted((real / ".git").rglob("*")) == before
