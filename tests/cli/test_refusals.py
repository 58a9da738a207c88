"""Bad answers, names and paths get one sentence and the right exit code, and nothing is written."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import ANY_NAMES, Outcome, commit_all, make_template, refused

Run = Callable[..., Outcome]

# Arguments of `scaffolder`, and a part of the expected error message; the exit code is 2.
BAD: list[tuple[list[str], str]] = [
    # templates
    (["new", "clasical-ml"], "did you mean 'classical-ml'?"),
    (["new", "zzz"], "or give a path or a Git address"),
    (["new", ""], "no template"),
    (["new", "./nowhere"], "not a folder"),
    (["new", "~/nowhere"], "not a folder"),
    (["new", "~nobody-here/x"], "not a folder"),
    (["new", "./" + "x" * 300], "not a folder"),
    (["new", "/dev/null"], "not a folder"),
    (["new", "./bare"], "cookiecutter.json cannot be read"),
    (["new", "./menu"], "--directory templates/one or templates/two"),
    (["new", "./old-menu"], "--directory one or two"),
    (["new", "./broken"], "not JSON"),
    (["new", "./list"], "not an object"),
    (["new", "./no-project"], "no {{cookiecutter"),
    (["new", "./no-choices"], "has no choices"),
    (["new", "./good", "--directory", "../elsewhere"], "leads out of the template's repository"),
    (["new", "./good", "--directory", "missing"], "not a folder"),
    (["new", "./good", "--checkout", "main"], "not a Git repository"),
    (["new", "classical-ml", "--checkout", "main"], "need a path"),
    (["new", "ext::sh -c touch% x"], "not a supported Git address"),
    (["new", "git://example.org/x"], "not a supported Git address"),
    (["new", "https://"], "not a supported Git address"),
    (["new", "ssh://-oProxyCommand=touch x/y"], "not a supported Git address"),
    (["new", "gh:only-owner"], "gh:owner/repository"),
    (["new", "gh:../.."], "gh:owner/repository"),
    (["new", "https://example.org/x.git", "--checkout=--upload-pack=touch x"], "not a valid branch, tag or commit"),
    (["new", "./link-out"], "leads out of the template"),
    (["new", "./link-nowhere"], "leads nowhere"),
    (["new", "./pipe"], "neither a file nor a folder"),
    (["new", "./extension"], "--trust"),
    (["new", "./jinja-option"], "--trust"),
    (["new", "./syntax"], "line 2 cannot be rendered"),
    (["new", "./undefined"], "cannot be rendered"),
    (["new", "./undefined-default"], "value of project_slug cannot be rendered"),
    (["new", "./latin"], "cannot be rendered"),
    (["new", "./raises"], "cannot be rendered"),
    (["new", "./escape", "--set", "name=../../x"], "leaves the project"),
    (["new", "./escape", "--set", "name=/x"], "absolute"),
    (["new", "./escape", "--set", "name=.git/hooks"], "Git's own folder"),
    (["new", "./escape", "--set", "name=CON"], "reserved name on Windows"),
    (["new", "./escape", "--set", "name=a:b"], "not every system"),
    (["new", "./escape", "--set", "name=x."], "ends with a dot"),
    (["new", "./file-and-folder"], "the same place"),
    # names and slugs
    (["new", "classical-ml", ""], "is not a valid answer to project_slug"),
    (["new", "classical-ml", " "], "is not a valid answer to project_name"),
    (["new", "classical-ml", "../up"], "a path, not a name"),
    (["new", "classical-ml", "a/b"], "a path, not a name"),
    (["new", "classical-ml", "con"], "reserved name on Windows"),
    (["new", "classical-ml", "churn_radar"], "did you mean 'churn-radar'?"),
    (["new", "classical-ml", "1churn"], "is not a valid answer to project_slug"),
    (["new", "classical-ml", "-churn"], "No such option"),
    (["new", "classical-ml", "churn-"], "is not a valid answer to project_slug"),
    (["new", "classical-ml", "x" * 51], "at most 50 characters"),
    (["new", "classical-ml", "Churn <b>"], "is not a valid answer to project_name"),
    (["new", "classical-ml", "Churn\nRadar"], "unprintable character"),
    (["new", "classical-ml", "2 Fast"], "is not a valid answer to project_slug"),
    (["new", "classical-ml", "one", "two"], "unexpected extra argument"),
    # --set
    (["new", "classical-ml", "--set", "use_case"], "write --set question=answer"),
    (["new", "classical-ml", "--set", "=churn"], "write --set question=answer"),
    (["new", "classical-ml", "--set", "usecase=churn"], "did you mean 'use_case'?"),
    (["new", "classical-ml", "--set", "zzz=churn"], "choose from use_case"),
    (["new", "classical-ml", "--set", "__task=x"], "has no question"),
    (["new", "classical-ml", "--set", "_new_lines=x"], "has no question"),
    (["new", "classical-ml", "--set", "use_case=chrun"], "did you mean 'churn'?"),
    (["new", "classical-ml", "--set", "use_case="], "choose from risk"),
    (["new", "classical-ml", "--set", "use_case=Churn"], "did you mean 'churn'?"),
    (["new", "classical-ml", "--set", "project_slug="], "is not a valid answer to project_slug"),
    (["new", "classical-ml", "--set", "project_slug=../x"], "is not a valid answer to project_slug"),
    (["new", "classical-ml", "--set", "project_slug=nul"], "reserved name on Windows"),
    (["new", "classical-ml", "--set", "author_name=\x1b[31m"], "is not a valid answer to author_name"),
    (["new", "classical-ml", "--set", "author_name=\u202eadA"], "is not a valid answer to author_name"),
    (["new", "classical-ml", "--set", "github_owner=a--b"], "is not a valid answer to github_owner"),
    (["new", "classical-ml", "--set", "description=" + "x" * 161], "at most 160 characters"),
    (["new", "./good", "--set", "fast=perhaps"], "yes or no"),
    (["new", "./good", "--set", "extra=[1]"], "JSON object"),
    (["new", "./good", "--set", "extra={"], "JSON object"),
    # --answers
    (["new", "classical-ml", "--answers", "missing.toml"], "There is no file"),
    (["new", "classical-ml", "--answers", "answers.txt"], "must end in .toml"),
    (["new", "classical-ml", "--answers", "folder.json"], "Is a directory"),
    (["new", "classical-ml", "--answers", "pipe.json"], "no regular file"),
    (["new", "classical-ml", "--answers", "broken.toml"], "not valid TOML"),
    (["new", "classical-ml", "--answers", "broken.json"], "not valid JSON"),
    (["new", "classical-ml", "--answers", "broken.yaml"], "not valid YAML"),
    (["new", "classical-ml", "--answers", "deep.json"], "not valid JSON"),
    (["new", "classical-ml", "--answers", "bomb.yaml"], "more than 50,000 values"),
    (["new", "classical-ml", "--answers", "object.yaml"], "has no question 'a'"),
    (["new", "classical-ml", "--answers", "key.yaml"], "has no question '&a [*a]': choose from"),
    (["new", "classical-ml", "--answers", "surrogate.json"], "character that UTF-8 cannot encode"),
    (["new", "classical-ml", "--answers", "surrogate.yaml"], "not valid YAML"),
    (["new", "classical-ml", "--answers", "nested.json"], "more than 50 levels"),
    (["new", "./good", "--set", 'extra={"a": "\\ud800"}'], "JSON object"),
    (["new", "classical-ml", "--answers", "list.json"], "answers by name"),
    (["new", "classical-ml", "--answers", "latin.toml"], "not valid TOML"),
    (["new", "classical-ml", "--answers", "huge.json"], "larger than"),
    (["new", "classical-ml", "--answers", "typo.toml"], "did you mean 'author_name'?"),
    (["new", "classical-ml", "--answers", "number.toml"], "not a valid answer to use_case"),
    (["new", "classical-ml", "--answers", "nested.toml"], "it must be a text"),
    # places
    (["new", "classical-ml", "taken"], "a folder"),
    (["new", "classical-ml", "file"], "a file"),
    (["new", "classical-ml", "link"], "a link"),
    (["new", "classical-ml", "dangling"], "a link"),
    (["new", "classical-ml", "-o", "file"], "not a folder"),
    (["new", "classical-ml", "-o", "file/below"], "not a folder"),
    (["new", "classical-ml", "-o", "dangling"], "not a folder"),
    (["new", "classical-ml", "-o", "x" * 300], "cannot be created"),
    # usage
    (["new"], "Missing argument"),
    (["now"], "No such command"),
    (["new", "classical-ml", "--sett", "a=b"], "No such option"),
    (["describe", "clasical-ml"], "did you mean"),
    (["lint-template", "/"], "'/' is not a template"),
]


@pytest.fixture
def bad_folder(tmp_path: Path) -> Path:
    """A folder with the files and templates that the cases above name."""
    _bad_files(tmp_path)
    _bad_templates(tmp_path)
    return tmp_path


def _bad_files(folder: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefghijklmnop", "bcdefghijklmnopq", strict=True)
    )
    texts = {
        "file": "", "answers.txt": "", "broken.toml": "author_name = ", "broken.json": "{", "broken.yaml": "a: [",
        "deep.json": "[" * 100_000, "bomb.yaml": bomb, "key.yaml": "? &a [*a]\n: 1\n",
        "object.yaml": "a: !!python/object/apply:os.system ['touch x']",
        "list.json": "[1]", "surrogate.json": '{"author_name": "\\ud800"}', "surrogate.yaml": 'author_name: "\\ud800"',
        "nested.json": '{"a":' * 60 + "1" + "}" * 60, "huge.json": " " * 1_000_001, "typo.toml": "autor_name = 'A'", "number.toml": "use_case = 3",
        "nested.toml": "[author_name]\nfirst = 'A'",
    }  # fmt: skip
    for name, text in texts.items():
        (folder / name).write_text(text)
    (folder / "latin.toml").write_bytes(b"author_name = 'Andr\xe9'")
    for name in ("taken", "bare", "folder.json"):
        (folder / name).mkdir()
    (folder / "link").symlink_to("taken")
    (folder / "dangling").symlink_to("nowhere")
    os.mkfifo(folder / "pipe.json")


def _bad_templates(folder: Path) -> None:
    plain: dict[str, Any] = {"project_slug": "made"}
    good = {**plain, "fast": True, "extra": {"a": "b"}}
    make_template(folder / "good", good, {"a.txt": b"a\n"})
    make_template(
        folder / "menu",
        {"templates": {"1": {"path": "./templates/one"}, "2": {"path": "./templates/two"}}},
        {},
    )
    make_template(folder / "old-menu", {"template": ["One (./one)", "Two (./two)"]}, {})
    make_template(folder / "broken", plain, {})
    (folder / "broken" / "cookiecutter.json").write_text("{")
    make_template(folder / "list", plain, {})
    (folder / "list" / "cookiecutter.json").write_text("[]")
    make_template(folder / "no-project", plain, {}, project="project")
    make_template(folder / "no-choices", {**plain, "choice": []}, {})
    for name, target in (("link-out", "/etc/hosts"), ("link-nowhere", "gone")):
        made = make_template(folder / name, plain, {})
        (made / "{{ cookiecutter.project_slug }}" / "link").symlink_to(target)
    os.mkfifo(make_template(folder / "pipe", plain, {}) / "{{ cookiecutter.project_slug }}" / "pipe")
    make_template(folder / "extension", {**plain, "_extensions": ["local.Ext"]}, {})
    make_template(folder / "jinja-option", {**plain, "_jinja2_env_vars": {"extensions": ["os.system"]}}, {})
    make_template(folder / "syntax", plain, {"a.txt": b"one\n{% if %}\n"})
    make_template(folder / "undefined", plain, {"a.txt": b"{{ cookiecutter.nothing }}"})
    make_template(folder / "undefined-default", {"project_slug": "{{ cookiecutter.nothing }}"}, {})
    make_template(folder / "latin", plain, {"a.txt": "f\xe9licit\xe9 {{ 1 }} \n".encode("latin-1") * 3})
    make_template(folder / "raises", plain, {"a.txt": b"{{ 1 // 0 }}"})
    make_template(folder / "escape", {**plain, "name": "x"}, {"{{ cookiecutter.name }}": b"", "sub/a": b""})
    make_template(folder / "collide", plain, {"readme.md": b"", "README.md": b""})
    make_template(folder / "file-and-folder", {**plain, "name": "a"}, {"{{ cookiecutter.name }}": b"", "A/b": b""})


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    """Everything under `folder`, with size and time of change."""
    return {str(path): (path.lstat().st_size, path.lstat().st_mtime_ns) for path in folder.rglob("*")}


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(("arguments", "words"), BAD, ids=[" ".join(arguments)[:60] for arguments, _ in BAD])
def test_one_sentence_and_nothing_written(bad_folder: Path, scaffolder: Run, arguments: list[str], words: str) -> None:
    before = listing(bad_folder)
    yes = ["--yes"] if arguments[0] == "new" else []
    code, out, err = scaffolder(*arguments, *yes)
    assert (code, out) == (2, "")
    assert words in err
    assert err.startswith("scaffolder: ")
    assert err.count("\n") == 1
    assert err.endswith((".\n", "?\n"))
    assert not {"Traceback", "PosixPath"} & set(err.replace(":", " ").split())
    assert listing(bad_folder) == before


@ANY_NAMES
def test_two_files_that_are_one_on_other_systems(bad_folder: Path, scaffolder: Run) -> None:
    test_one_sentence_and_nothing_written(bad_folder, scaffolder, ["new", "./collide"], "the same place")


def test_an_error_is_json_too(scaffolder: Run) -> None:
    code, out, err = scaffolder("new", "clasical-ml", "--json")
    assert json.loads(out) == {"error": err.removeprefix("scaffolder: ").strip(), "code": code}


def test_without_a_terminal_nothing_is_asked(scaffolder: Run, tmp_path: Path) -> None:
    refused(scaffolder("new", "classical-ml"), "use --yes")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_not_writable(scaffolder: Run, tmp_path: Path) -> None:
    (tmp_path / "closed").mkdir(mode=0o500)
    assert scaffolder("new", "classical-ml", "-o", "closed", "--yes").code == 2


@pytest.mark.parametrize("place", ["/proc/self", "/proc/self/fd"])
def test_a_place_where_the_system_makes_no_folders(scaffolder: Run, place: str) -> None:
    """Its permissions may forbid it, which is seen before; if they allow it, to root for one, the system refuses."""
    refused = (3, "cannot be written") if os.access(place, os.W_OK | os.X_OK) else (2, "You have no permission")
    code, out, err = scaffolder("new", "classical-ml", "-o", place, "--yes")
    assert (code, refused[1] in err, out, err.count("\n")) == (refused[0], True, "", 1), err


def test_a_clone_that_fails(scaffolder: Run, tmp_path: Path) -> None:
    refused(scaffolder("new", f"file://{tmp_path}/nowhere", "--yes"), "git clone failed", code=3)
    assert not list(tmp_path.iterdir())


def test_a_ref_that_does_not_exist(scaffolder: Run, tmp_path: Path) -> None:
    template = commit_all(make_template(tmp_path / "t", {"project_slug": "made"}, {"a": b""}))
    refused(
        scaffolder("new", template, "--checkout", "no-such-branch", "--yes"),
        "no branch, tag or commit 'no-such-branch'",
        code=3,
    )
