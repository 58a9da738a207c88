"""The copies of `templates/_shared` are up to date, and the tool that makes them works on a small repository."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from support import ROOT, rendered, tool

from scaffolder.template import catalog

share = tool("share")


def test_no_copy_has_drifted() -> None:
    drifted = [str(change.path.relative_to(ROOT)) for change in share.changes(ROOT)]
    assert drifted == [], "edit templates/_shared, then run `make share`"


@pytest.mark.parametrize("name", catalog.names())
def test_shared_python_is_linted_where_it_lies_as_in_each_project(name: str) -> None:
    here = tomllib.loads((ROOT / "templates/_shared/pyproject.toml").read_text())["tool"]
    there = tomllib.loads(rendered(catalog.bundled(name))["pyproject.toml"][0].decode())["tool"]
    assert here["ruff"]["lint"] == there["ruff"]["lint"]
    assert {here["ruff"][key] == there["ruff"][key] for key in ("line-length", "target-version")} == {True}
    assert {here["mypy"][key] == there["mypy"][key] for key in ("strict", "warn_unreachable")} == {True}


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two templates and their shared files."""
    shared = tmp_path / "templates" / "_shared"
    for path, text in {
        "templates/README.md": "# {{ cookiecutter.project_name }}\n",
        "templates/.github/ci.yml": "on: push\n",
        "src/any_package/web/app.py": "x = 1\n",
        "src/any_package/__pycache__/x.pyc": "",
        "scripts/run.py": "PACKAGE = 'any_package'\n",
        "tests/test_web.py": "from any_package.web import app\n",
        "tests/plumbing/test_pipe.py": "from any_package.web import app\n",
        "rendered/tests/test_own.py": "from any_package import own\n",
        "parts.toml": "",
        "pyproject.toml": "",
        "questions.json": json.dumps(
            {"prompts": {"name": "Your name"}, "questions": {"name": {"help": "Who"}, "no": {}}}
        ),
    }.items():
        (shared / path).parent.mkdir(parents=True, exist_ok=True)
        (shared / path).write_text(text)
    for name, package in (("one", "alpha"), ("two", "beta")):
        project = tmp_path / "templates" / name / "{{cookiecutter.project_slug}}" / "src" / package
        project.mkdir(parents=True)
        (project / "own.py").write_text("own = True\n")
        config = {"project_slug": "x", "name": "Ada", "_scaffolder": {"package": package}}
        (tmp_path / "templates" / name / "cookiecutter.json").write_text(json.dumps(config))
    return tmp_path


def test_it_copies_and_then_is_content(small: Path) -> None:
    assert share.main(True, small) == 1
    assert share.main(False, small) == 0
    assert share.main(True, small) == 0
    for name, package in (("one", "alpha"), ("two", "beta")):
        template = small / "templates" / name
        assert (template / "templates/shared/.github/ci.yml").read_text() == "on: push\n"
        source = template / "{{cookiecutter.project_slug}}" / "src" / package
        assert sorted(path.name for path in source.rglob("*.py")) == ["app.py", "own.py"]
        test = template / "{{cookiecutter.project_slug}}" / "tests" / "test_web.py"
        assert test.read_text() == f"from {package}.web import app\n"
        assert not list(template.rglob("*pipe*"))
        assert test.with_name("test_own.py").read_text() == f"from {package} import own\n"
        script = template / "{{cookiecutter.project_slug}}" / "scripts" / "run.py"
        assert script.read_text() == f"PACKAGE = '{package}'\n"
        config = json.loads((template / "cookiecutter.json").read_text())
        assert config["__prompts__"] == {"name": "Your name"}
        assert config["_scaffolder"]["questions"] == {"name": {"help": "Who"}}
        heading, *copies = (template / "copies.txt").read_text().splitlines()
        assert "templates/_shared" in heading
        assert {template / copy for copy in copies} == {
            path
            for path in template.rglob("*")
            if path.is_file() and path.name not in {"own.py", "copies.txt", "cookiecutter.json"}
        }


def test_it_repairs_what_was_edited(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    share.main(False, small)
    copy = small / "templates/two/templates/shared/README.md"
    copy.write_text("edited")
    assert share.main(True, small) == 1
    assert "differs: templates/two/templates/shared/README.md" in capsys.readouterr().err
    share.main(False, small)
    assert copy.read_text().startswith("# {{")


def test_it_removes_its_own_stale_copies_and_nothing_else(small: Path) -> None:
    share.main(False, small)
    (small / "templates/_shared/src/any_package/web/app.py").unlink()
    assert share.main(True, small) == 1
    share.main(False, small)
    template = small / "templates/one"
    source = template / "{{cookiecutter.project_slug}}/src/alpha"
    assert [path.name for path in source.iterdir()] == ["own.py"]
    assert "app.py" not in (template / "copies.txt").read_text()
    assert share.main(True, small) == 0


def add_part(small: Path, files: dict[str, str], named: object, templates: tuple[str, ...] = ("one", "two")) -> None:
    """Make these files of `_shared` the part `search`, which templates name like this."""
    shared = small / "templates/_shared"
    for path, text in files.items():
        (shared / path).parent.mkdir(parents=True, exist_ok=True)
        (shared / path).write_bytes(text.encode())
    (shared / "parts.toml").write_text(f"search = {json.dumps(list(files))}\n")
    for name in templates:
        config = small / "templates" / name / "cookiecutter.json"
        content = json.loads(config.read_text())
        content["_scaffolder"]["parts"] = [named]
        config.write_text(json.dumps(content))


def test_a_part_goes_to_the_templates_that_name_it(small: Path) -> None:
    (small / "templates/three").mkdir()
    (small / "templates/three/cookiecutter.json").write_text(
        '{"project_slug": "x", "_scaffolder": {"package": "gamma"}}'
    )
    add_part(small, {"src/any_package/words.py": "x = 1\n", "data/text.md": "{{ as it is }}\r\n"}, "search")
    share.main(False, small)
    project = "{{cookiecutter.project_slug}}"
    assert (small / "templates/two" / project / "src/beta/words.py").read_text() == "x = 1\n"
    assert (small / "templates/two" / project / "data/text.md").read_bytes() == b"{{ as it is }}\r\n"
    assert (small / "templates/three" / project / "src/gamma/web/app.py").exists()
    assert not (small / "templates/three" / project / "src/gamma/words.py").exists()


def test_a_part_can_hang_on_a_choice(small: Path) -> None:
    texts = {
        "src/any_package/texts/found.jinja": "{{ found }}\n",
        "tests/test_words.py": "import any_package\n",
        "templates/block.jinja": "{{ block }}\n",
    }
    add_part(small, texts, {"part": "search", "if": "cookiecutter.__finds"})
    share.main(False, small)
    assert share.main(True, small) == 0
    project, name = (
        small / "templates/two/{{cookiecutter.project_slug}}",
        "{{% if cookiecutter.__finds %}}{}{{% endif %}}",
    )
    test, found = (
        project / "tests" / name.format("test_words.py"),
        project / "src/beta/texts" / name.format("found.jinja"),
    )
    assert test.read_text() == "import beta\n"
    assert found.read_text() == "{% raw %}{{ found }}\n{% endraw %}", "it is rendered, since it has such a name"
    assert (small / "templates/two/templates/shared/block.jinja").read_text() == "{{ block }}\n"
    add_part(small, texts, {"part": "search", "if": "cookiecutter.__searches"})
    share.main(False, small)
    assert not test.exists()
    assert not found.exists()


@pytest.mark.parametrize(
    ("path", "text", "message"),
    [
        ("parts.toml", 'search = ["src/any_package/web/*"]', "'search' is named by fewer than two templates"),
        (
            "parts.toml",
            'search = ["src/any_package/wep/*"]',
            "'src/any_package/wep/\\*' of the part 'search' matches no",
        ),
        (
            "parts.toml",
            'search = ["tests/*"]\nfind = ["tests/test_web.py"]',
            "'find' matches a file of the part 'search'",
        ),
        ("notes.md", "", "notes.md goes to no template"),
        ("package/web/app.py", "", "package/web/app.py goes to no template"),
        ("src/any_package/web/app.py", "x = f'{{{1}}}'\n", "would read as Jinja"),
        ("tests/test_web.py", "x = f'{{{1}}}'\n", "would read as Jinja"),
    ],
)
def test_what_no_template_gets_or_jinja_would_read_is_refused(small: Path, path: str, text: str, message: str) -> None:
    file = small / "templates/_shared" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    with pytest.raises(SystemExit, match=message):
        share.changes(small)


def test_no_template_fills_a_block_that_its_skeleton_does_not_have() -> None:
    assert list(share.lost_blocks(ROOT)) == []
