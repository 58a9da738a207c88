"""Rendering in memory: repeatable, cached, strict about paths. `test_identity` compares it with cookiecutter."""

from __future__ import annotations

import fnmatch
import json
from pathlib import Path

import pytest
from binaryornot.check import is_binary
from hypothesis import given
from hypothesis import strategies as st
from support import make_template, rendered

from scaffolder.errors import TemplateError
from scaffolder.template import catalog, render
from scaffolder.template.catalog import Trust
from scaffolder.tree import File, make_tree, path_problem

PLAIN = {"project_slug": "made"}


def test_a_tree_is_frozen_and_in_order() -> None:
    tree = make_tree([("b", File(b"")), ("a", File(b""))])
    assert list(tree) == ["a", "b"]
    with pytest.raises(TypeError):
        tree["c"] = File(b"")  # type: ignore[index]


def test_caches_in_a_template_are_never_baked(tmp_path: Path) -> None:
    files = {
        "a.txt": b"",
        "src/__pycache__/a.pyc": b"",
        ".ruff_cache/x": b"",
        ".pytest_cache/x": b"",
        ".mypy_cache/x": b"",
    }
    folder = make_template(tmp_path / "t", {**PLAIN, "_copy_without_render": ["src"]}, {**files, "src/.DS_Store": b""})
    for trust in Trust:
        assert set(rendered(catalog.read(folder, "t", trust))) == {"a.txt"}


def test_answers_are_not_jinja(tmp_path: Path) -> None:
    folder = make_template(tmp_path / "t", {**PLAIN, "text": "x"}, {"a.txt": b"{{ cookiecutter.text }}"})
    for trust in Trust:
        assert rendered(catalog.read(folder, "t", trust), text="{{ 7*7 }}")["a.txt"][0] == b"{{ 7*7 }}"


def test_a_required_block_that_is_missing_stops_the_template(tmp_path: Path) -> None:
    files = {
        "templates:base": b"{% block problem required %}{% endblock %}",
        "README.md": b"{% extends 'base' %}",
    }
    with pytest.raises(TemplateError, match=r"README.md.*problem"):
        rendered(catalog.read(make_template(tmp_path / "t", PLAIN, files), "t"))


GOOD = [
    "a",
    "a/b.txt",
    ".github/workflows/ci.yml",
    "grün/ä",
    "a b",
    "console",
    "com",
    "a.con",
    ".gitignore",
    "x" * 255,
]
BAD = ["", "/a", "a//b", "a/", "../a", "a/../b", "./a", ".git/config", ".GIT/x", "a/.git/hooks/x", "a\\b", "a:b", "a?", "a\0",
       "a\n", "con", "Con.txt", "aux", "com1", "LPT9.md", "nul.tar.gz", "a.", "a ", " a", "x" * 256, "a/" * 600 + "b", "\ud800",
       "a\u202eb"]  # fmt: skip


@pytest.mark.parametrize("path", GOOD)
def test_good_paths(path: str) -> None:
    assert path_problem(path) is None


@pytest.mark.parametrize("path", BAD, ids=ascii)
def test_bad_paths(path: str) -> None:
    assert path_problem(path)


@pytest.mark.parametrize("pair", [("a", "A"), ("a/b", "A/c"), ("a", "a/b"), ("ä", "a\u0308"), ("straße", "STRASSE")])
def test_paths_that_are_one_place_somewhere(pair: tuple[str, str]) -> None:
    with pytest.raises(TemplateError, match="the same place"):
        make_tree([(path, File(b"")) for path in pair])


@given(st.text())
def test_every_path_is_judged(path: str) -> None:
    problem = path_problem(path)
    if problem is None:
        assert not path.startswith("/")
        assert not {"", ".", ".."} & set(path.split("/"))
        assert path.isprintable()


def test_templates_leave_no_jinja_behind() -> None:
    for name in catalog.names():
        raw = catalog.bundled(name).config["_copy_without_render"]
        for path, (data, _) in rendered(catalog.bundled(name)).items():
            if not any(fnmatch.fnmatch(path, pattern) for pattern in ("*.gz", "*.png", "*.jinja", *raw)):
                assert b"cookiecutter." not in data, path
                assert b"{%" not in data, path


def test_templates_keep_the_rules_that_make_them_portable() -> None:
    for name in catalog.names():
        template = catalog.bundled(name)
        assert not any(path.is_symlink() for path in template.folder.rglob("*")), "no links"
        assert not (template.folder / "hooks").exists(), "no hooks"
        assert "_extensions" not in template.config, "no extensions"
        assert template.config["_jinja2_env_vars"] == {"trim_blocks": True, "lstrip_blocks": True}
        assert template.config["_new_lines"] == "\n"
        project = template.folder / template.project_folder
        assert not [path for path in project.rglob("*") if path.is_dir() and "{%" in path.name], (
            "no conditional folders"
        )
        assert json.loads((template.folder / "cookiecutter.json").read_text()) == template.config


@pytest.mark.parametrize("name", catalog.names())
def test_what_is_text_in_our_templates_is_text_for_cookiecutter(name: str) -> None:
    template = catalog.bundled(name)
    files = [path for path in (template.folder / template.project_folder).rglob("*") if path.is_file()]
    found = {path: render._is_binary(template, path, path.read_bytes()) for path in files}
    assert len(files) > 100
    assert found == {path: is_binary(str(path)) for path in files}
