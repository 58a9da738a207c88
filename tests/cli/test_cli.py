"""The commands, as people and programs use them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import cast

import pytest
import typer.main
from support import ROOT, Outcome, on_disk, rendered
from typer.core import TyperGroup

from scaffolder import __version__
from scaffolder.cli import output
from scaffolder.cli.app import app
from scaffolder.cli.lazy import LazyCommand
from scaffolder.template import catalog

Run = Callable[..., Outcome]


@pytest.mark.parametrize("arguments", [[], ["-h"], ["new", "--help"], ["portfolio", "-h"]])
def test_help_everywhere(scaffolder: Run, arguments: list[str]) -> None:
    code, out, err = scaffolder(*arguments)
    assert "\nUsage: scaffolder" in f"\n{out}{err}"
    assert "\\n" not in out + err
    assert code == (0 if arguments else 2)


@pytest.mark.parametrize("option", ["--version", "-V"])
def test_version(scaffolder: Run, option: str) -> None:
    assert scaffolder(option) == (0, f"scaffolder {__version__}\n", "")


def modules_after(*arguments: str) -> set[str]:
    """The modules that a command has imported when it ends."""
    code = f"import sys; from scaffolder import cli; cli.run({arguments}); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["cohort", "--help"]])
def test_help_imports_no_command_and_nothing_heavy(arguments: list[str]) -> None:
    loaded = modules_after(*arguments)
    ours = {module for module in loaded if module.startswith("scaffolder.")}
    assert ours == {"scaffolder.errors", "scaffolder.cli"} | {
        f"scaffolder.cli.{name}" for name in ("app", "cohort", "lazy", "streams")
    }
    assert not loaded & {"cookiecutter", "jinja2", "requests", "rich", "yaml", "arrow", "pydantic"}


def test_new_imports_neither_cookiecutter_nor_requests() -> None:
    loaded = modules_after("new", "classical-ml", "--yes", "--no-git")
    assert "jinja2" in loaded
    assert not loaded & {"cookiecutter", "requests", "rich", "yaml", "arrow", "scaffolder.template.sandbox"}


def listed(group: TyperGroup) -> Iterator[LazyCommand]:
    for command in group.commands.values():
        yield from [command] if isinstance(command, LazyCommand) else listed(cast(TyperGroup, command))


LISTED = list(listed(cast(TyperGroup, typer.main.get_command(app))))


@pytest.mark.parametrize("each", LISTED, ids=lambda each: each.place)
def test_a_listed_command_is_there_and_its_help_begins_as_the_list_says(each: LazyCommand) -> None:
    assert each.name == each.command.name
    assert each.help == each.command.help.partition("\n\n")[0]
    assert each.get_short_help_str(64) == each.help, "the list of commands would cut it on 80 columns"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "No such command 'chek'. Did you mean 'check'?"),
        (["cohort", "reprot"], "No such command 'reprot'. Did you mean 'report'?"),
        (["nonsense"], "No such command 'nonsense'."),
    ],
)
def test_a_misspelt_command_is_named(scaffolder: Run, arguments: list[str], said: str) -> None:
    assert scaffolder(*arguments) == (2, "", f"scaffolder: {said}\n")


def test_new_as_json(scaffolder: Run, tmp_path: Path) -> None:
    code, out, err = scaffolder("new", "classical-ml", "churn-radar", "--yes", "--no-git", "--json")
    said = json.loads(out)
    assert (code, err) == (0, "")
    assert said["path"] == str(tmp_path / "churn-radar")
    assert said["template"] == "classical-ml"
    assert said["version"] == __version__
    assert said["answers"]["project_name"] == "Churn radar"
    assert {file["path"] for file in said["files"]} == {*on_disk(tmp_path / "churn-radar", without=())}
    record = json.loads((tmp_path / "churn-radar" / ".scaffolder.json").read_text())
    assert record.pop("render")
    assert record == {key: said[key] for key in ("template", "version", "source", "answers")}


def test_new_for_people_ends_with_what_to_type(scaffolder: Run) -> None:
    out = scaffolder("new", "classical-ml", "churn-radar", "--yes", "-o", "my work").out
    assert out.endswith("Next:\n  cd 'my work/churn-radar'\n  make demo\n  make test\n")


def test_a_choice_that_needs_something_first_says_what_to_type(scaffolder: Run) -> None:
    out = scaffolder("new", "classical-ml", "mine", "--set", "use_case=own", "--yes").out
    adopt = "scaffolder adopt --data path/to/file.csv --target column"
    assert out.endswith(f"Next:\n  cd mine\n  {adopt}\n  make demo\n  make test\n")


def test_the_commands_of_a_choice_are_checked(scaffolder: Run, tmp_path: Path) -> None:
    project = tmp_path / "foreign" / "{{cookiecutter.name}}"
    project.mkdir(parents=True)
    (project / "README.md").write_text("# Mine\n")
    for commands, said in ((["make a"], "Next:\n  cd mine\n  make a\n"), ("make a", "must be a list of texts")):
        rules = {"kind": {"next": {"small": commands}}}
        config = {"name": "mine", "kind": ["small", "large"], "_scaffolder": {"questions": rules}}
        (project.parent / "cookiecutter.json").write_text(json.dumps(config))
        result = scaffolder("new", "./foreign", "--yes")
        assert said in result.out + result.err


@pytest.mark.parametrize(
    ("name", "slug", "title"),
    [
        ("churn-radar", "churn-radar", "Churn radar"),
        ("Churn Radar", "churn-radar", "Churn Radar"),
        ("x", "x", "X"),
    ],
)
def test_a_name_is_a_folder_or_a_title(scaffolder: Run, name: str, slug: str, title: str) -> None:
    answers = json.loads(scaffolder("new", "classical-ml", name, "--yes", "--dry-run", "--json").out)["answers"]
    assert (answers["project_slug"], answers["project_name"]) == (slug, title)


def test_a_dry_run_writes_nothing(scaffolder: Run, tmp_path: Path) -> None:
    code, out, _ = scaffolder("new", "classical-ml", "-o", "a/b", "--yes", "--dry-run")
    assert code == 0
    assert "  predictor/\n" in out
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", 'use_case = "risk"\nauthor_name = "Zoë O\'Hara"\n'),
        ("a.json", '{"use_case": "risk", "author_name": "Zoë O\'Hara"}'),
        ("a.yaml", "use_case: risk\nauthor_name: Zoë O'Hara\n"),
        ("a.yml", "\ufeffuse_case: risk\nauthor_name: Zoë O'Hara\n"),
        (
            ".scaffolder.json",
            '{"template": "x", "answers": {"use_case": "risk", "author_name": "Zoë O\'Hara"}}',
        ),
    ],
)
def test_answers_from_a_file(scaffolder: Run, tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)
    assert scaffolder("new", "classical-ml", "made", "--yes", "--no-git", "--answers", name).code == 0
    expected = {
        "use_case": "risk",
        "author_name": "Zoë O'Hara",
        "project_slug": "made",
        "project_name": "Made",
    }
    assert on_disk(tmp_path / "made") == rendered(catalog.bundled("classical-ml"), **expected)


def test_list(scaffolder: Run) -> None:
    out = scaffolder("list").out
    assert "classical-ml: " in out
    listed = json.loads(scaffolder("list", "--json").out)
    assert [template["name"] for template in listed] == catalog.names()
    for template in listed:
        assert template["demonstrates"]
        assert template["level"] in ("Builder", "Deployer", "Operator")
        assert "project_slug" in template["questions"]


@pytest.mark.parametrize("command", [["list"], ["describe", "classical-ml"], ["describe", "rag-assistant"]])
@pytest.mark.parametrize("columns", [40, 80, 100, 200])
def test_lines_are_wrapped_between_words(
    scaffolder: Run, monkeypatch: pytest.MonkeyPatch, columns: int, command: list[str]
) -> None:
    with monkeypatch.context() as wide:
        wide.setenv("COLUMNS", "100000")
        wide.setattr(output, "_WIDTH", 100_000)
        words = scaffolder(*command).out.split()
    monkeypatch.setenv("COLUMNS", str(columns))
    out = scaffolder(*command).out
    assert out.split() == words
    assert all(len(line) <= min(columns, 100) for line in out.splitlines() if " " in line.strip())
    assert columns < 100 or max(map(len, out.splitlines())) > 80


def test_describe(scaffolder: Run) -> None:
    said = json.loads(scaffolder("describe", "classical-ml", "--json").out)
    questions = {question["name"]: question for question in said["questions"]}
    assert list(questions) == list(catalog.bundled("classical-ml").questions)
    assert questions["use_case"]["type"] == "choice"
    assert questions["use_case"]["choices"] == catalog.bundled("classical-ml").config["use_case"]
    assert questions["project_slug"]["pattern"].startswith("^[a-z]")
    assert "{{" not in questions["project_slug"]["default"]
    assert all(question["help"] for question in questions.values())
    out = scaffolder("describe", "classical-ml").out
    assert all(f"\n{name} [" in out for name in questions)


def test_the_users_rc_file_changes_nothing(
    scaffolder: Run, tmp_path: Path, other_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = "default_context:\n  use_case: fraud\n  author_name: Mallory\n  project_slug: poisoned\n"
    for path in (other_home / ".cookiecutterrc", tmp_path / "config.yaml"):
        path.write_text(poison)
    monkeypatch.setenv("COOKIECUTTER_CONFIG", str(tmp_path / "config.yaml"))
    assert scaffolder("new", "classical-ml", "made", "--yes", "--no-git").code == 0
    expected = rendered(catalog.bundled("classical-ml"), project_slug="made", project_name="Made")
    assert on_disk(tmp_path / "made") == expected
    assert [path.name for path in other_home.iterdir()] == [".cookiecutterrc"]


COMPLETIONS = [
    ("scaffolder new cl", "classical-ml"),
    ("scaffolder describe ", "classical-ml"),
    ("scaffolder new classical-ml --set use", "use_case="),
    ("scaffolder new classical-ml --set use_case=c", "use_case=churn"),
    ("scaffolder new --set auth", "author_name="),
    ("scaffolder new classical-ml --dry", "--dry-run"),
    ("scaffolder cohort ", "feedback"),
    ("scaffolder cohort feedback --stu", "--student"),
    ("scaffolder check --explain pro", "problem"),
]


@pytest.mark.parametrize(("typed", "offered"), COMPLETIONS, ids=[typed for typed, _ in COMPLETIONS])
@pytest.mark.parametrize("shell", ["bash", *(pytest.param(shell, marks=pytest.mark.slow) for shell in ("zsh", "fish"))])
def test_completion(shell: str, typed: str, offered: str) -> None:
    told = {"_SCAFFOLDER_COMPLETE": f"complete_{shell}", "COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split(" ")) - 1),
            "_TYPER_COMPLETE_ARGS": typed, "_TYPER_COMPLETE_FISH_ACTION": "get-args"}  # fmt: skip
    command = [sys.executable, "-m", "scaffolder"]
    done = subprocess.run(command, env={**os.environ, **told}, capture_output=True, text=True, check=False)
    assert offered in done.stdout.replace("\\:", ":")
    assert done.stderr == ""


def test_the_menu_of_stock_cookiecutter_is_in_step() -> None:
    menu = json.loads((ROOT / "cookiecutter.json").read_text())["templates"]
    expected = {
        name: {
            "path": f"./templates/{name}",
            "title": catalog.bundled(name).about.title,
            "description": catalog.bundled(name).about.summary,
        }
        for name in catalog.names()
    }
    assert menu == expected


def test_output_that_the_terminal_cannot_show_does_not_fail(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "scaffolder",
        "new",
        "classical-ml",
        "--yes",
        "--dry-run",
        "-o",
        tmp_path / "grün",
    ]
    done = subprocess.run(command, env={**os.environ, "PYTHONIOENCODING": "ascii"}, capture_output=True, check=False)
    assert done.returncode == 0
    assert b"gr\\xfcn" in done.stdout


@pytest.mark.usefixtures("no_child")
def test_a_path_drives_no_terminal(scaffolder: Run, tmp_path: Path, mini: Path) -> None:
    (tmp_path / "roster.csv").write_text("id\nada\n")
    output = "\x1b[31mred\u202e"
    course = f"{output}/course"
    commands = [
        ["new", mini, "-o", output, "--yes", "--no-git"],
        ["new", mini, "again", "-o", output, "--yes", "--dry-run"],
        ["cohort", "new", "roster.csv", "-t", mini, "-o", course],
        ["cohort", "new", course, "--dry-run"],
        ["cohort", "check", course],
        ["cohort", "feedback", course],
        ["cohort", "report", course],
    ]
    for command in commands:
        code, out, err = scaffolder(*command)
        assert code == 0, err
        assert r"\x1b[31mred\u202e" in out
        assert {c for c in out + err if not c.isprintable()} == {"\n"}
