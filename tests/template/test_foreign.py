"""Other people's templates, from a path or a Git address: checked, sandboxed, and trusted only with --trust."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from support import Outcome, commit_all, git, make_template, on_disk, refused, stock

from scaffolder.errors import ScaffolderError
from scaffolder.template import foreign
from scaffolder.template.foreign import Request

pytestmark = pytest.mark.slow

Run = Callable[..., Outcome]
PLAIN = {"project_slug": "made"}
HOOKS = {
    "hooks:pre_prompt.py": b"#!/usr/bin/env python3\nopen('marker-pre-prompt', 'w')\n",
    "hooks:pre_gen_project.py": b"print('from the hook'); open('before.txt', 'w').write('{{ cookiecutter.project_slug }}')\n",
    "hooks:post_gen_project.sh": b"#!/bin/sh\nmv a.txt b.txt\n",
    "a.txt": b"a\n",
}


def test_from_a_path(scaffolder: Run, mini: Path, tmp_path: Path) -> None:
    code, out, _ = scaffolder("new", mini, "Other Thing", "--set", "fast=no", "--yes", "--json")
    assert code == 0
    said = json.loads(out)
    assert said["source"] == {"kind": "path", "path": str(mini), "directory": None}
    made = stock(mini, tmp_path / "stock", {"project_name": "Other Thing", "fast": "no"})
    assert on_disk(Path(said["path"])) == on_disk(made)


@pytest.mark.parametrize("command", ["new", "cohort new", "lint-template"])
def test_a_bare_repository_as_a_path_gets_a_hint(scaffolder: Run, tmp_path: Path, command: str) -> None:
    git(tmp_path, "init", "-q", "--bare", "kit.git")
    (tmp_path / "roster.csv").write_text("id\nada\n")
    arguments = {
        "new": ["new", "./kit.git", "--yes"],
        "cohort new": ["cohort", "new", "roster.csv", "-t", "./kit.git", "-o", "course"],
        "lint-template": ["lint-template", "kit.git"],
    }
    code, out, err = scaffolder(*arguments[command])
    assert (code, out) == (2, "")
    said = (
        "clone it, and check the clone."
        if command == "lint-template"
        else f"write its address, {tmp_path.as_uri()}/kit.git."
    )
    assert err.strip().endswith(f"is a bare Git repository: {said}"), err


def test_from_a_git_address(scaffolder: Run, tmp_path: Path) -> None:
    folder = make_template(tmp_path / "r" / "deep" / "one", PLAIN, {"a.txt": b"first\n"})
    commit_all(tmp_path / "r")
    first = git(tmp_path / "r", "rev-parse", "HEAD")
    git(tmp_path / "r", "tag", "v1")
    git(tmp_path / "r", "switch", "-q", "-c", "next")
    (folder / "{{ cookiecutter.project_slug }}" / "a.txt").write_text("second\n")
    git(tmp_path / "r", "commit", "-aqm", "Second")
    git(tmp_path / "r", "switch", "-q", "main")
    url = f"file://{tmp_path}/r"
    for ref, text in ((None, "first"), ("v1", "first"), ("next", "second"), (first[:10], "first")):
        checkout = ("--checkout", ref) if ref else ()
        place = tmp_path / f"o-{ref}"
        code, out, err = scaffolder(
            "new", url, "--directory", "deep/one", *checkout, "-o", place, "--yes", "--json", "--no-git"
        )
        assert (code, err) == (0, "")
        assert (place / "made" / "a.txt").read_text() == text + "\n"
        source = json.loads(out)["source"]
        assert source["url"] == url
        assert (source["commit"] == first) == (text == "first")
        assert json.loads((place / "made" / ".scaffolder.json").read_text())["source"] == source


def test_a_checkout_of_a_local_repository(scaffolder: Run, tmp_path: Path) -> None:
    folder = make_template(tmp_path / "t", PLAIN, {"a.txt": b"committed\n"})
    commit_all(folder)
    (folder / "{{ cookiecutter.project_slug }}" / "a.txt").write_text("not committed\n")
    assert scaffolder("new", "./t", "--checkout", "main", "--yes").code == 0
    assert (tmp_path / "made" / "a.txt").read_text() == "committed\n"


def test_short_addresses() -> None:
    assert foreign.repository_address(Request("gh:ada/engine")) == "https://github.com/ada/engine.git"
    assert foreign.repository_address(Request("git@example.org:ada/engine.git")) == "git@example.org:ada/engine.git"
    assert foreign.repository_address(Request("classical-ml")) is None


def test_a_password_in_an_address_is_not_recorded() -> None:
    assert foreign._public("https://ada:secret@example.org/x.git") == "https://example.org/x.git"


def test_a_bundled_name_goes_before_a_folder_of_that_name(tmp_path: Path) -> None:
    make_template(tmp_path / "classical-ml", PLAIN, {})
    with foreign.opened(Request("classical-ml")) as (_, source):
        assert source == {"kind": "bundled"}
    with foreign.opened(Request("./classical-ml")) as (_, source):
        assert source["kind"] == "path"


def test_hooks_do_not_run(scaffolder: Run, tmp_path: Path) -> None:
    template = make_template(tmp_path / "t", PLAIN, HOOKS)
    code, _, err = scaffolder("new", template, "--yes", "--no-git")
    assert code == 0
    assert set(on_disk(tmp_path / "made")) == {"a.txt"}
    assert "hooks were not run" in err
    assert not list(tmp_path.rglob("marker-pre-prompt"))


def test_hooks_run_when_trusted(scaffolder: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    template = make_template(tmp_path / "t", PLAIN, HOOKS)
    code, out, err = scaffolder("new", template, "--yes", "--trust", "--json")
    assert code == 0
    assert set(on_disk(tmp_path / "made")) == {"before.txt", "b.txt"}
    assert json.loads(out)["path"] == str(tmp_path / "made")
    assert "from the hook" in err
    assert "b.txt" in git(tmp_path / "made", "ls-files")
    assert not list(template.rglob("marker-pre-prompt"))
    assert not [path for path in (tmp_path / "temporary").iterdir() if path.is_dir()]


@pytest.mark.parametrize("name", ["pre_prompt", "pre_gen_project", "post_gen_project"])
def test_a_trusted_hook_that_fails_leaves_nothing(scaffolder: Run, tmp_path: Path, name: str) -> None:
    template = make_template(tmp_path / "t", PLAIN, {f"hooks:{name}.py": b"raise SystemExit(3)", "a": b""})
    refused(scaffolder("new", template, "--yes", "--trust"), f"The template's {name} hook failed", code=3)
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_a_local_extension_works_when_trusted(scaffolder: Run, tmp_path: Path) -> None:
    extension = b"from cookiecutter.utils import simple_filter\n\n\n@simple_filter\ndef shout(text):\n    return text.upper() + '!'\n"
    config = {**PLAIN, "_extensions": ["local_extension_of_this_test.shout"]}
    files = {"a.txt": b"{{ cookiecutter.project_slug|shout }}"}
    template = make_template(tmp_path / "t", config, files)
    (template / "local_extension_of_this_test.py").write_bytes(extension)
    assert scaffolder("new", template, "--yes", "--trust").code == 0
    assert (tmp_path / "made" / "a.txt").read_text() == "MADE!"


ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ cycler.__init__.__globals__.os.popen('touch pwned').read() }}",
    "{{ lipsum.__globals__['os'].system('touch pwned') }}",
    "{{ self.__init__.__globals__.__builtins__.open('pwned', 'w') }}",
    "{{ '{0.__class__.__mro__}'.format(1) }}",
    "{{ ('{0.__class__}'|attr('format'))(1) }}",
    "{{ cookiecutter|attr('__class__') }}",
    "{{ cookiecutter.update({'project_slug': 'x'}) }}",
    "{% include '../../../../etc/hostname' %}",
    "{% include '/etc/hostname' %}",
]


@pytest.mark.usefixtures("no_child")  # the sandbox is the same there
@pytest.mark.parametrize("attack", ESCAPES)
@pytest.mark.parametrize("where", ["file", "default"])
def test_malicious_jinja_reaches_nothing(scaffolder: Run, tmp_path: Path, attack: str, where: str) -> None:
    config = {**PLAIN, "x": attack} if where == "default" else PLAIN
    template = make_template(tmp_path / "t", config, {"a.txt": attack.encode()} if where == "file" else {})
    code, _, err = scaffolder("new", template, "--yes")
    assert code == 2
    assert err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


@pytest.mark.parametrize("link", ["{{ cookiecutter.project_slug }}/x", "templates", "cookiecutter.json"])
def test_a_link_out_of_the_template_is_refused(scaffolder: Run, tmp_path: Path, link: str) -> None:
    template = make_template(tmp_path / "t", PLAIN, {})
    secret = tmp_path / "secret"
    secret.write_text("{}")
    (template / link).unlink(missing_ok=True)
    (template / link).symlink_to("../secret" if "/" not in link else "../../secret")
    refused(scaffolder("new", template, "--yes"), "leads out of the template")


def test_a_link_inside_the_template_is_followed(scaffolder: Run, tmp_path: Path) -> None:
    template = make_template(tmp_path / "t", PLAIN, {"a.txt": b"{{ cookiecutter.project_slug }}"})
    (template / "{{ cookiecutter.project_slug }}" / "b.txt").symlink_to("a.txt")
    assert scaffolder("new", template, "--yes").code == 0
    assert (tmp_path / "made" / "b.txt").read_text() == "made"
    assert not (tmp_path / "made" / "b.txt").is_symlink()


def test_a_hook_of_git_in_a_cloned_template_does_not_run(scaffolder: Run, tmp_path: Path) -> None:
    template = commit_all(make_template(tmp_path / "t", PLAIN, {"a.txt": b""}))
    hook = template / ".git" / "hooks" / "post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/pwned\n")
    hook.chmod(0o755)
    assert scaffolder("new", f"file://{template}", "--checkout", "main", "--yes").code == 0
    assert not (tmp_path / "pwned").exists()


def test_too_large_a_template_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = make_template(tmp_path / "t", PLAIN, {"a": b"x" * 100})
    monkeypatch.setattr(foreign, "_MAX_BYTES", 50)
    with pytest.raises(ScaffolderError, match="larger than"):
        foreign.validate_contents(template)
