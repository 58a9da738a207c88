"""`scaffolder lint-template` says what is wrong with a template's questions and other settings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from linted import CONFIG, FILES, PROJECT, asked, configure, rules, said, write
from support import make_template


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A template with nothing to say about."""
    return make_template(tmp_path / "small", CONFIG, FILES, PROJECT)


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"model": ["linear", "forest", "linear"]}, []),
        (asked(model="Which?"), []),
        (asked(tests=None), ["cookiecutter.json:6 'tests' is asked by its name alone."]),
        (asked(model={"linear": "a", "forest": "b"}), ["cookiecutter.json:2 'model' is asked by its name alone."]),
        (
            asked(model={"__prompt__": "Which?", "linear": "a line", "tree": "a tree"}),
            [
                "cookiecutter.json:2 'model' has no choice 'tree', but words or commands for it.",
                "cookiecutter.json:2 'model' says nothing about its choice 'forest'.",
            ],
        ),
        (
            rules("model", next={"net": ["make net"]}),
            ["cookiecutter.json:2 'model' has no choice 'net', but words or commands for it."],
        ),
        (
            rules("modle", help="?"),
            ["cookiecutter.json:23 'modle' is no question, but there are words or rules for it."],
        ),
        (asked(modle="?"), ["cookiecutter.json:35 'modle' is no question, but there are words or rules for it."]),
        (
            {"items": "x", **asked(items="Which?")},
            [
                "cookiecutter.json:35 'items' cannot be asked: {{ cookiecutter.items }} means something else.",
                "cookiecutter.json:35 No file uses the answer to 'items'.",
            ],
        ),
        (
            {"_template": "x"},
            ["cookiecutter.json:36 '_template' is overwritten, because cookiecutter sets it itself."],
        ),
        ({"city": "Bern", **asked(city="Where?")}, ["cookiecutter.json:35 No file uses the answer to 'city'."]),
        (
            rules("project_slug", pattern="[a-z]+", pattern_hint="letters"),
            [
                "cookiecutter.json The template's default is not valid, so use --set project_slug=…: "
                "'small-thing' is not a valid answer to project_slug: letters.",
            ],
        ),
        (
            rules("project_slug", pattern="(["),
            [
                "cookiecutter.json The template's pattern '([' cannot be used: "
                "unterminated character set at position 1.",
            ],
        ),
        (
            {"__title": "{{ cookiecutter.nothing }}"},
            [
                "cookiecutter.json "
                "The template's value of __title cannot be rendered: 'dict object' has no attribute 'nothing'.",
            ],
        ),
        (
            {"_copy_without_render": ["*.html", "static/*"]},
            ["cookiecutter.json _copy_without_render names 'static/*', which matches no file."],
        ),
        (
            {"_extensions": ["local.Extension"]},
            [
                "cookiecutter.json The template has its own Jinja extensions, which are programs: "
                "use --trust if you trust them.",
            ],
        ),
    ],
)
def test_a_configuration_that_is_wrong(small: Path, values: dict[str, Any], expected: list[str]) -> None:
    configure(small, **values)
    assert said(small) == expected


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ({"titel": "A"}, "cookiecutter.json:19 '_scaffolder.titel' means nothing here, so it would have no effect."),
        (
            {"questions": {"course": {"patern": "[a-z]"}}},
            "cookiecutter.json:21 '_scaffolder.questions.course.patern' means nothing here, so it would have no effect.",
        ),
    ],
)
def test_a_key_that_nothing_reads(small: Path, about: dict[str, Any], expected: str) -> None:
    configure(small, _scaffolder={**about, "summary": "Small.", "level": "first", "next": ["make"]})
    assert said(small) == [expected]


@pytest.mark.usefixtures("no_child")
def test_an_answer_counts_as_used_if_another_value_is_made_from_it(small: Path) -> None:
    (small / "cookiecutter.json").unlink()
    values = {**asked(city="Where?"), "project_name": "{{ cookiecutter.city }}", "project_slug": "x"}
    (small / "cookiecutter.json").write_text(json.dumps({"city": "Bern", **CONFIG, **values}))
    assert said(small) == []


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(
    "use", [b"{{ cookiecutter['city'] }}", b"{{ cookiecutter|jsonify }}", b"{{ cookiecutter[x] }}"]
)
def test_an_answer_counts_as_used_however_a_file_names_it(small: Path, use: bytes) -> None:
    configure(small, city="Bern", **asked(city="Where?"))
    write(small, "PROJECT/notes.md", b"{% set x = 'city' %}" + use)
    assert said(small) == []
    (small / PROJECT / "notes.md").unlink()
    write(small, "hooks/post_gen_project.sh", b"echo {{ cookiecutter.city }}")
    assert len(said(small)) == 1, "the hook itself"


@pytest.mark.usefixtures("no_child")
def test_a_folder_that_is_the_same_for_every_project(small: Path) -> None:
    configure(small, _slug="thing", project_slug=None, _scaffolder={}, **asked(project_slug=None))
    (small / PROJECT).rename(small / "{{cookiecutter._slug}}")
    assert said(small) == [
        "cookiecutter.json:27 'project_slug' is no question, but there are words or rules for it.",
        "{{cookiecutter._slug}} The folder's name depends on no question, so every project would have the same.",
    ]
