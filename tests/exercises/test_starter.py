"""Exercises as declared, and the starter that the tool makes of a finished project."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mini import FILES, SHARE, SHARES, template

from scaffolder.errors import AnswerError, TemplateError
from scaffolder.exercises import lint_exercises as lint
from scaffolder.exercises.declared import chosen, declared
from scaffolder.exercises.starter import _SKIPPED, _WAITS, starter
from scaffolder.exercises.stubs import SourceError, Stub, open_stubs, source_of, stubbed
from scaffolder.project import checkout, plan, solving
from scaffolder.project.update import UpdateError
from scaffolder.template.answers import complete
from scaffolder.template.catalog import Template
from scaffolder.template.render import render
from scaffolder.tree import File, Tree

BESIDE = "exercises:share/exercise.toml"
IDS = ("share", "every")


def finished(kind: Template) -> Tree:
    return render(kind, complete(kind, lambda question: question.default))


def started(kind: Template, ids: tuple[str, ...] = IDS) -> Tree:
    return starter(finished(kind), [declared(kind)[name] for name in ids])


def test_the_body_goes_and_all_that_only_the_body_needs() -> None:
    text = stubbed(SHARES, "share", ("share",), ("_rounded", "NEAR"))
    body = SHARES[SHARES.index("    # Nothing is") : SHARES.index("class Shares")]
    stub = '    raise NotImplementedError("exercise share: docs/exercises.md has the task")\n\n\n'
    near = "# How far a sum may be off.\nNEAR = 1e-9\n\n"
    assert text == SHARES.replace(body, stub).replace(near, "").replace("import math\n", "")


def test_of_an_import_only_the_unneeded_names_go() -> None:
    source = "from a import b, c  # both\nfrom d import (\n    e,\n    f,\n)\n\n\ndef g() -> b:\n    return c(e, f)\n"
    assert stubbed(source, "x", ("g",)).startswith("from a import b  # both\n\n\ndef g() -> b:\n")
    assert stubbed(source + "\n\ne()\n", "x", ("g",)).startswith(
        "from a import b  # both\nfrom d import (\n    e,\n)\n"
    )


def test_an_import_that_nothing_used_before_stays() -> None:
    source = "import a\nimport b\n\n__all__ = ['a']\n\n\ndef f() -> None:\n    b()\n"
    assert stubbed(source, "x", ("f",)).startswith("import a\n\n__all__")


def test_line_endings_stay() -> None:
    text = stubbed("def f():\r\n    return 1\r\n", "x", ("f",))
    assert text == 'def f():\r\n    raise NotImplementedError("exercise x: docs/exercises.md has the task")\r\n'


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("x = 1\n", "no function 'f'"),
        ("def f(:\n", "line 1"),
        ("def f(): return 1\n", "line of its name"),
        ("\0", "no Python"),
    ],
)
def test_a_module_that_does_not_fit_is_named(source: str, said: str) -> None:
    with pytest.raises(SourceError, match=said):
        stubbed(source, "x", ("f",))


def test_what_is_left_is_found_in_any_text() -> None:
    text = stubbed(SHARES, "every", ("Shares.all",))
    assert list(open_stubs(text)) == [Stub("every", "all", 36)]
    assert [one.function for one in open_stubs("def broken(:\n" + text)] == ["all"], "also if it is no Python"
    assert list(open_stubs(SHARES)) == []


def test_a_method_is_shown_in_its_class() -> None:
    assert source_of(SHARES, "Shares.all").startswith("class Shares:\n    ...\n\n    def all(self)")


def test_what_comes_before_comes_first(tmp_path: Path) -> None:
    every = declared(template(tmp_path))
    assert tuple(every) == IDS
    assert (chosen(every, "core"), chosen(every, "all"), chosen(every, "every, share")) == (("share",), IDS, IDS)
    with pytest.raises(AnswerError, match="no exercise 'shore': did you mean 'share'"):
        chosen(every, "shore")
    with pytest.raises(AnswerError, match="has no exercises"):
        chosen({}, "core")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("after = []", 'after = ["every"]'), "every, share come after each other"),
        (("after = []", 'after = ["none"]'), "comes after 'none'"),
        (('level = "core"', 'level = "hard"'), "core or more"),
        (('"Think.", ', ""), "3 hints"),
        (("minutes = 30", "minutes = 0"), "minutes"),
        (('task = "Divide."\n', ""), "it has no task"),
        (('functions = ["share"]', "functions = []"), "functions must name"),
        (("src/pkg/shares.py", "../shares.py"), "path of a Python file"),
        (('why = "Everybody divides."', 'why = 3\nwhat = "x"'), "nothing reads what"),
        (("title", "= title"), "not TOML"),
    ],
)
def test_an_exercise_that_cannot_be_used_is_named(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    kind = template(tmp_path, **{BESIDE: SHARE.replace(*change)})
    with pytest.raises(TemplateError, match=said):
        declared(kind)
    assert [said in one.message for one in lint.problems(tmp_path)] == [True]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('"share"]\nwithout', '"shore"]\nwithout'), "no function 'shore'"),
        (('"NEAR"', '"FAR"'), "does not define FAR"),
        (("pkg/shares", "pkg/others"), "No project has src/pkg/others.py"),
    ],
)
def test_lint_names_what_an_exercise_does_not_find(tmp_path: Path, change: tuple[str, str], said: str) -> None:
    template(tmp_path, **{BESIDE: SHARE.replace(*change)})
    assert any(said in one.message for one in lint.problems(tmp_path))


def test_lint_has_nothing_against_sound_exercises(tmp_path: Path) -> None:
    template(tmp_path)
    assert lint.problems(tmp_path) == ()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pytest begin without the plugins of this environment."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


RIGHT = "def share(part: float, total: float) -> float:\n    if not total:\n        raise ValueError\n    return part / total\n"
WRONG = "def share(part: float, total: float) -> float:\n    return part * total\n"


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_lint_runs_the_tests_with_each_solution(tmp_path: Path) -> None:
    solutions = {
        "right/other.py": RIGHT,
        "right/product.py": WRONG,
        "wrong/other.py": RIGHT,
        "wrong/product.py": WRONG,
        "wrong/half.py": WRONG.replace("part *", "parts *"),
    }
    template(tmp_path, **{f"exercises:share/{path}": text for path, text in solutions.items()})
    found = {one.path: one.message for one in lint.problems(tmp_path, python=Path(sys.executable))}
    refused = found.pop("exercises/share/right/product.py")
    assert refused.startswith(
        "Its tests refuse right/product.py: 'test_share - AssertionError: one of four is a quarter"
    )
    assert found == {
        "exercises/share/wrong/other.py": "Its tests accept wrong/other.py.",
        "exercises/share/wrong/half.py": "With wrong/half.py, the program is not complete, so that its tests judge nothing.",
    }


@pytest.mark.slow
@pytest.mark.usefixtures("quick")
def test_lint_names_tests_that_misjudge(tmp_path: Path) -> None:
    tests = {"share": "def test_it() -> None:\n    assert 0\n", "every": "def test_it() -> None:\n    pass\n"}
    template(tmp_path, **{f"exercises:{name}/test_{name}.py": text for name, text in tests.items()})
    assert [one.message for one in lint.problems(tmp_path, python=Path(sys.executable))] == [
        "Its tests accept what is not written.",
        "Its tests refuse the template's solution: 'test_it - assert 0'.",
    ]


def test_lint_says_if_there_is_no_pytest(tmp_path: Path) -> None:
    template(tmp_path / "template")
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho No module named pytest\nexit 1\n")
    python.chmod(0o755)
    said = {one.message for one in lint.problems(tmp_path / "template", python=python)}
    assert said == {"Its tests cannot be run: pytest ended with code 1, 'No module named pytest'."}


def test_a_starter_takes_no_place_of_the_template(tmp_path: Path) -> None:
    kind = template(tmp_path, **{"conftest.py": ""})
    with pytest.raises(TemplateError, match="place of conftest"):
        started(kind)


def test_an_exercise_without_its_file_is_left_out(tmp_path: Path) -> None:
    kind = template(tmp_path)
    tree = {path: file for path, file in finished(kind).items() if path != "src/pkg/shares.py"}
    assert starter(tree, list(declared(kind).values())) == tree


def test_an_exercise_of_which_the_project_lacks_a_function_is_left_out(tmp_path: Path) -> None:
    kind = template(tmp_path)
    text = SHARES.replace("    def all(", "    def each(")
    tree = {**finished(kind), "src/pkg/shares.py": File(text.encode())}
    made = starter(tree, list(declared(kind).values()))
    assert [stub.exercise for stub in open_stubs(made["src/pkg/shares.py"].data.decode())] == ["share"]
    assert "tests/exercises/test_every.py" not in made
    assert "every" not in made["docs/exercises.md"].data.decode()
    alone = starter(tree | {"src/pkg/shares.py": File(SHARES.encode())}, [declared(kind)["every"]])
    assert "It comes after" not in alone["docs/exercises.md"].data.decode(), "what comes before is there already"


def run(folder: Path, *command: str, **more: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": "src", **more}
    return subprocess.run([sys.executable, *command], cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def begun(tmp_path: Path) -> tuple[Path, Template]:
    """A starter with both exercises on disk."""
    kind = template(tmp_path / "template")
    plan.write(started(kind), tmp_path / "project")
    return tmp_path / "project", kind


Begun = tuple[Path, Template]


def apply(begun: Begun, *ids: str) -> None:
    folder, kind = begun
    every = declared(kind)
    for name in ids:
        checkout.write(folder, solving.applied(folder, finished(kind), every[name], list(every.values())))


def test_tests_that_wait_are_skipped_and_the_last_line_says_what_comes_next(begun: Begun) -> None:
    folder, _ = begun
    done = run(folder, "-m", "pytest", "-rs")
    assert done.returncode == 1
    assert done.stdout.endswith("0 of 2 exercises solved; next: share, src/pkg/shares.py\n")
    assert "1 passed, 3 skipped, 2 not written" in done.stdout
    assert done.stdout.count("waits for exercise") == 3, "also the one that starts a process"
    assert "Error" not in done.stdout.replace("NotImplementedError", "")


def test_a_solved_exercise_counts_and_the_next_is_named(begun: Begun) -> None:
    apply(begun, "share")
    done = run(begun[0], "-m", "pytest")
    assert done.stdout.endswith("1 of 2 exercises solved; next: every, src/pkg/shares.py\n")
    assert "4 passed, 1 skipped, 1 not written" in done.stdout
    apply(begun, "every")
    done = run(begun[0], "-m", "pytest")
    assert done.returncode == 0
    assert done.stdout.endswith("2 of 2 exercises solved\n")


def test_in_ci_what_is_not_written_is_skipped_and_what_is_wrong_fails(begun: Begun) -> None:
    done = run(begun[0], "-m", "pytest", "--junitxml=tests.xml", EXERCISES_LEFT="skip")
    assert done.returncode == 0
    assert "1 passed, 3 skipped, 2 not written" in done.stdout
    assert done.stdout.endswith("0 of 2 exercises solved; next: share, src/pkg/shares.py\n")
    assert 'failures="0" skipped="5"' in (begun[0] / "tests.xml").read_text()
    file = begun[0] / "src/pkg/shares.py"
    stub = 'raise NotImplementedError("exercise share: docs/exercises.md has the task")'
    assert stub in file.read_text()
    file.write_text(file.read_text().replace(stub, "return part * total"))
    for environment in ({"EXERCISES_LEFT": "skip"}, {}):
        done = run(begun[0], "-m", "pytest", "tests/exercises/test_share.py", **environment)
        assert done.returncode == 1
        assert "one of four is a quarter" in done.stdout
        assert done.stdout.endswith("share: not solved yet\n")


@pytest.mark.parametrize(
    ("workflow", "expected"),
    [
        (
            "on: push\njobs:\n  all:\n    steps:\n      - run: make test\n  later:\n    steps: []\n",
            "on: push\nenv:\n{env}\njobs:\n  all:\n    steps:\n      - run: make test\n  later:\n{waits}    steps: []\n",
        ),
        (
            "on: push\nenv:\n  A: b\njobs:\n  x:\n    if: true\n  t:\n    run: pytest",
            "on: push\nenv:\n{env}  A: b\njobs:\n  x:\n    if: true\n  t:\n    run: pytest",
        ),
        ("on: push\njobs:\n  a:\n    steps: []\n", "on: push\njobs:\n  a:\n    steps: []\n"),
    ],
)
def test_a_workflow_that_runs_tests_is_changed_and_no_other(tmp_path: Path, workflow: str, expected: str) -> None:
    tree = started(template(tmp_path, **{".github/workflows/any.yml": workflow}))
    said = expected.format(env=_SKIPPED, waits=_WAITS)
    assert tree[".github/workflows/any.yml"].data.decode() == said


def test_a_command_names_the_function_and_its_test_in_place_of_a_traceback(begun: Begun) -> None:
    done = run(begun[0], "-m", "pkg")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Not written yet: share in src/pkg/shares.py, line ")
    assert done.stderr.endswith("-m pytest tests/exercises/test_share.py judges it.\n")
    assert len(done.stderr.splitlines()) == 1, "who started it may show its last line alone"
    broken = run(begun[0], "-c", "import pkg; 1 / 0")
    assert "Traceback" in broken.stderr, "any other error keeps its traceback"


def test_all_solutions_give_the_finished_file(begun: Begun) -> None:
    apply(begun, "every", "share")
    assert (begun[0] / "src/pkg/shares.py").read_text() == SHARES


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace('"""Shares of a total."""', '"""My shares."""'),
        lambda text: text + "\n\ndef mine() -> int:\n    return 1\n",
        lambda text: (
            text.replace("import os\n", "import os\nimport sys\n") + "\n\ndef mine() -> str:\n    return sys.path[0]\n"
        ),
    ],
)
def test_a_solution_keeps_what_its_owner_wrote_elsewhere(begun: Begun, change: Callable[[str], str]) -> None:
    file = begun[0] / "src/pkg/shares.py"
    file.write_text(change(file.read_text()))
    apply(begun, "share", "every")
    assert file.read_text() == change(SHARES)


def test_a_solution_takes_the_place_of_an_attempt_and_of_its_imports(begun: Begun) -> None:
    file = begun[0] / "src/pkg/shares.py"
    text = file.read_text().replace("import os\n", "import decimal\nimport os\n", 1)
    stub = '    raise NotImplementedError("exercise share: docs/exercises.md has the task")\n'
    assert stub in text
    file.write_text(text.replace(stub, "    return float(decimal.Decimal(part) / decimal.Decimal(total))\n"))
    apply(begun, "share", "every")
    assert file.read_text() == SHARES


def test_a_solution_without_a_place_is_refused_and_changes_nothing(begun: Begun) -> None:
    file = begun[0] / "src/pkg/shares.py"
    for text, said in (("def other():\n    pass\n", "no function 'share'"), ("def share(:\n", "line 1")):
        file.write_text(text)
        with pytest.raises(UpdateError, match=said):
            apply(begun, "share")
        assert file.read_text() == text
    file.unlink()
    with pytest.raises(UpdateError, match="is not there"):
        apply(begun, "share")


def test_the_finished_project_of_the_small_template_has_no_exercises(tmp_path: Path) -> None:
    assert set(finished(template(tmp_path))) == {path for path in FILES if ":" not in path}
