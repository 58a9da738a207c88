"""`scaffolder lint-template`: what the command says, and that a template can neither run code nor stop it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from linted import CONFIG, FILES, PROJECT, configure, lint, said, write
from support import PATIENCE, Outcome, make_template, no_worker_is_left
from test_limits import HOSTILE, SMALL

from scaffolder.adopt import kinds
from scaffolder.check import templates
from scaffolder.errors import TemplateError
from scaffolder.template import catalog, sandbox
from scaffolder.template import lint as lint_module
from scaffolder.template.lint import Problem


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A template with nothing to say about."""
    return make_template(tmp_path / "small", CONFIG, FILES, PROJECT)


@pytest.mark.slow
@pytest.mark.parametrize("name", catalog.names())
def test_our_own_templates_are_clean(name: str) -> None:
    assert templates.lint(catalog.bundled(name).folder, kinds.examples) == ()


def test_the_small_template_is_clean(small: Path) -> None:
    assert said(small) == []


@pytest.mark.usefixtures("no_child")
def test_a_link_inside_the_template(small: Path) -> None:
    (small / PROJECT / "link.md").symlink_to("README.md")
    assert "PROJECT/link.md It is a link, which zip files and Windows do not keep." in said(small)


@pytest.mark.parametrize("target", ["/etc/hostname", "nowhere"])
def test_a_link_that_leads_out_is_not_followed(small: Path, target: str) -> None:
    (small / PROJECT / "link.md").symlink_to(target)
    with pytest.raises(TemplateError, match=r"link '.*' leads (out of the template|nowhere)"):
        lint(small)


def test_a_device_is_not_opened(small: Path) -> None:
    os.mkfifo(small / PROJECT / "pipe")
    with pytest.raises(TemplateError, match="neither a file nor a folder"):
        lint(small)


def test_no_code_of_the_template_is_run(small: Path, tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'ran')!r}, 'w')\n".encode()
    for path in ("hooks/pre_prompt.py", "hooks/post_gen_project.py", "local.py", "PROJECT/conftest.py"):
        write(small, path, code)
    lint(small)
    configure(small, _extensions=["local.Extension"])
    lint(small)
    assert not (tmp_path / "ran").exists()


def test_what_it_changes_is_nothing(small: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in [small, *small.rglob("*")]}
    lint(small)
    assert {path: path.stat().st_mtime_ns for path in [small, *small.rglob("*")]} == before


@pytest.mark.usefixtures("no_child")
def test_problems_without_end_are_cut(small: Path) -> None:
    for number in range(lint_module.MOST + 50):
        write(small, f"PROJECT/aux.n{number}", b"")
    problems = lint(small)
    assert len(problems) == lint_module.MOST
    assert problems[-1] == Problem(".", None, "There are more problems than these.", "Mend these first.")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("PROJECT/notes.md", b"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"),
        ("PROJECT/notes.md", b"{{ " + b"(" * 50_000),
        ("PROJECT/more.py", b"(" * 100_000),
        ("PROJECT/about.toml", b"a." * 50_000 + b"a = 1"),
    ],
)
def test_a_hostile_template_is_stopped(small: Path, monkeypatch: pytest.MonkeyPatch, path: str, data: bytes) -> None:
    monkeypatch.setattr(sandbox, "LIMITS", sandbox.Limits(processor=1, wait=PATIENCE, memory=400_000_000))
    write(small, path, data)
    write(small, "hooks/pre_prompt.sh", b"")
    assert any(line.startswith("hooks/pre_prompt.sh") for line in said(small)), "what was read apart is still said"
    assert no_worker_is_left()


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, (_, files, _) in HOSTILE.items() if not files])
def test_a_hostile_configuration_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(sandbox, "LIMITS", SMALL)
    config, files, words = HOSTILE[name]
    problems = lint(make_template(tmp_path / "t", config, files))
    assert any(words in problem.message for problem in problems), problems
    assert no_worker_is_left()


# The command.

Run = Callable[..., Outcome]


@pytest.mark.usefixtures("no_child")
def test_the_command_says_that_a_template_is_clean(scaffolder: Run, small: Path) -> None:
    assert scaffolder("lint-template", small) == (0, f"{small}: nothing would vanish or break\n", "")
    assert scaffolder("lint-template", small.parent, "--directory", "small").code == 0
    assert scaffolder("lint-template", small, "--json") == (0, "[]\n", "")


@pytest.mark.usefixtures("no_child")
def test_the_command_shows_place_problem_and_remedy(scaffolder: Run, small: Path) -> None:
    write(small, "PROJECT/about.yml", b"a: {{ cookiecutter.model }}\nb: {{ cookiecutter.course }}\n")
    code, out, err = scaffolder("lint-template", small)
    assert (code, err) == (1, "")
    assert out.splitlines()[-4:-1] == [
        f"{PROJECT}/about.yml",
        "  With course = 'Kern: Anna' it is not valid YAML.",
        "  Write the answer with |tojson and without quotes around it, or give the question course a pattern.",
    ]
    code, out, err = scaffolder("lint-template", small, "--json")
    assert (code, err) == (1, "")
    assert list(json.loads(out)[0]) == ["path", "line", "message", "remedy"]


@pytest.mark.usefixtures("no_child")
def test_names_cannot_control_the_terminal(scaffolder: Run, small: Path) -> None:
    write(small, "PROJECT/a\x1b[31m\nb.py", b"")
    code, out, _ = scaffolder("lint-template", small)
    assert (code, "\x1b" in out) == (1, False)


@pytest.mark.parametrize(
    "content", [None, "{", "[]", '{"templates": {"a": {"path": "./a"}}}', '{"x": []}', '{"x": "y"}']
)
def test_where_no_template_is_the_code_is_2(scaffolder: Run, tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "cookiecutter.json").write_text(content)
    code, out, err = scaffolder("lint-template", tmp_path)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert scaffolder("lint-template", tmp_path / "cookiecutter.json").code == 2
    assert scaffolder("lint-template", "no/such").code == 2
