"""`scaffolder lint-template` says what is wrong with a template's questions and other settings."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from linted import CONFIG, FILES, PROJECT, asked, configure, rules, said
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
            ],
        ),
        (
            {"_template": "x"},
            ["cookiecutter.json:36 '_template' is overwritten, because cookiecutter sets it itself."],
        ),
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
