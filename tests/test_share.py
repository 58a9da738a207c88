"""The copies of `templates/_shared` are up to date, and the tool that makes them works on a small repository."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support import ROOT, tool

share = tool("share")


def test_no_copy_has_drifted() -> None:
    drifted = [str(change.path.relative_to(ROOT)) for change in share.changes(ROOT)]
    assert drifted == [], "edit templates/_shared, then run `make share`"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Two templates and their shared files."""
    shared = tmp_path / "templates" / "_shared"
    for path, text in {
        "templates/README.md": "# {{ cookiecutter.project_name }}\n",
        "templates/.github/ci.yml": "on: push\n",
        "package/web/app.py": "x = 1\n",
        "package/__pycache__/x.pyc": "",
        "scripts/run.py": "PACKAGE = 'the_package'\n",
        "tests/test_web.py": "from the_package.web import app\n",
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
        script = template / "{{cookiecutter.project_slug}}" / "scripts" / "run.py"
        assert script.read_text() == f"PACKAGE = '{package}'\n"
        config = json.loads((template / "cookiecutter.json").read_text())
        assert config["__prompts__"] == {"name": "Your name"}
        assert config["_scaffolder"]["questions"] == {"name": {"help": "Who"}}
    attributes = (small / ".gitattributes").read_text()
    assert "templates/one/templates/shared/README.md linguist-generated" in attributes


def test_it_repairs_what_was_edited(small: Path, capsys: pytest.CaptureFixture[str]) -> None:
    share.main(False, small)
    copy = small / "templates/two/templates/shared/README.md"
    copy.write_text("edited")
    assert share.main(True, small) == 1
    assert "differs: templates/two/templates/shared/README.md" in capsys.readouterr().err
    share.main(False, small)
    assert copy.read_text().startswith("# {{")


def test_it_removes_its_own_stale_copies_and_nothing_else(small: Path) -> None:
    attributes = small / ".gitattributes"
    attributes.write_text("*.png binary\n")
    share.main(False, small)
    (small / "templates/_shared/package/web/app.py").unlink()
    assert share.main(True, small) == 1
    share.main(False, small)
    source = small / "templates/one/{{cookiecutter.project_slug}}/src/alpha"
    assert [path.name for path in source.iterdir()] == ["own.py"]
    assert attributes.read_text().startswith("*.png binary\n")
    assert "app.py" not in attributes.read_text()


def test_a_part_goes_to_the_templates_that_name_it(small: Path) -> None:
    part = small / "templates/_shared/parts/search"
    for path, data in {"package/words.py": b"x = 1\n", "data/text.md": b"{{ as it is }}\r\n"}.items():
        (part / path).parent.mkdir(parents=True)
        (part / path).write_bytes(data)
    config = small / "templates/two/cookiecutter.json"
    config.write_text(config.read_text().replace('"package"', '"parts": ["search"], "package"'))
    share.main(False, small)
    project = "{{cookiecutter.project_slug}}"
    assert (small / "templates/two" / project / "src/beta/words.py").read_text() == "x = 1\n"
    assert (small / "templates/two" / project / "data/text.md").read_bytes() == b"{{ as it is }}\r\n"
    assert not (small / "templates/one" / project / "src/alpha/words.py").exists()
    config.write_text(config.read_text().replace('"search"', '"serach"'))
    with pytest.raises(SystemExit, match="two names a part that does not exist"):
        share.changes(small)


def test_a_part_can_hang_on_a_choice(small: Path) -> None:
    part = small / "templates/_shared/parts/search"
    texts = {"package/texts/found.jinja": "{{ found }}\n", "tests/test_words.py": "import the_package\n"}
    for path, text in (texts | {"templates/block.jinja": "{{ block }}\n"}).items():
        (part / path).parent.mkdir(parents=True)
        (part / path).write_text(text)
    config, wanted = small / "templates/two/cookiecutter.json", {"part": "search", "if": "cookiecutter.__finds"}
    config.write_text(config.read_text().replace('"package"', f'"parts": [{json.dumps(wanted)}], "package"'))
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
    attributes = (small / ".gitattributes").read_text()
    assert f'"{test.relative_to(small)}" linguist-generated\n' in attributes, "Git ends a path at a space"
    config.write_text(config.read_text().replace("__finds", "__searches"))
    share.main(False, small)
    assert not test.exists()
    assert not found.exists()


@pytest.mark.parametrize("path", ["package/web/app.py", "tests/test_web.py"])
def test_shared_python_that_jinja_would_read_is_refused(small: Path, path: str) -> None:
    (small / "templates/_shared" / path).write_text("x = f'{{{1}}}'\n")
    with pytest.raises(SystemExit, match="would read as Jinja"):
        share.changes(small)


def test_no_template_fills_a_block_that_its_skeleton_does_not_have() -> None:
    assert list(share.lost_blocks(ROOT)) == []


@pytest.mark.parametrize(
    ("stub", "lost"),
    [
        ("{% block problem %}x{% endblock %}", []),
        ("{% block problem %}{% block new %}x{% endblock %}{% endblock %}", []),
        ("{% block inner %}x{% endblock %}{% block base %}x{% endblock %}", []),
        ("{% block data %}x{% endblock %}{% block porblem %}x{% endblock %}", ["data", "porblem"]),
        ("{% if x %}{% block porblem %}x{% endblock %}{% endif %}", ["porblem"]),
    ],
)
@pytest.mark.parametrize("place", ["{{cookiecutter.project_slug}}/README.md", "templates/pages/README.md"])
def test_a_block_that_the_skeleton_does_not_have_is_named(
    small: Path, capsys: pytest.CaptureFixture[str], stub: str, lost: list[str], place: str
) -> None:
    shared = small / "templates/_shared/templates"
    (shared / "base").write_text("{% block base %}{% endblock %}")
    (shared / "README.md").write_text(
        '{% extends "shared/base" %}{% block base %}{% block problem %}{% block inner %}{% endblock %}{% endblock %}{% endblock %}'
    )
    path = small / "templates/one" / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text('{% extends "shared/README.md" %}\n' + stub)
    for check in (False, True):
        assert share.main(check, small) == int(bool(lost))
        said = capsys.readouterr().err.splitlines()
        why = "so this text would vanish."
        assert said == [f"templates/one/{place}: Its skeleton has no block '{name}', {why}" for name in lost]
