"""A small template with nothing to say about, and ways to break it, for tests of `scaffolder lint-template`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from scaffolder.template.lint import Problem, opened, told
from scaffolder.template.lint import problems as written
from scaffolder.template.lint_renders import limited, problems, projects

PROJECT = "{{cookiecutter.project_slug}}"
CONFIG: dict[str, Any] = {
    "model": ["linear", "forest"],
    "tests": True,
    "course": "",
    "project_name": "Small Thing",
    "project_slug": "{{ cookiecutter.project_name|slugify }}",
    "__title": "{{ cookiecutter.project_name|upper }}",
    "_copy_without_render": ["*.html"],
    "_jinja2_env_vars": {"trim_blocks": True, "lstrip_blocks": True},
    "_scaffolder": {"questions": {"project_slug": {"pattern": "[a-z-]+"}}},
    "__prompts__": {
        "model": {"__prompt__": "Which model?", "linear": "a line", "forest": "many trees"},
        "tests": "With tests?",
        "course": "Which course?",
        "project_name": "Name",
        "project_slug": "Folder",
    },
}
FILES = {
    "README.md": b'{% extends "shared/README.md" %}\n{% block problem %}\nTODO(problem): why?\n{% endblock %}\n',
    "scaffolder.toml": b'contract = 1\nid = {{ cookiecutter.course|tojson }}\n[blocks]\n"README.md" = ["results"]\n',
    "src/model.py": b'{% include "models/" ~ cookiecutter.model ~ ".py" %}\n',
    "page.html": b"{% for x in {{ own }} %}",
    "{% if cookiecutter.tests %}test_model.py{% endif %}": b"assert True\n",
    "templates:shared/README.md": b"# {{ cookiecutter.__title }}\n{% block problem required %}{% endblock %}\n"
    b"{% block course %}{% if cookiecutter.course %}For {{ cookiecutter.course }}.{% endif %}{% endblock %}\n"
    b"<!-- measured:results -->\n<!-- /measured:results -->\n",
    "templates:models/linear.py": b"x = 1\n",
    "templates:models/forest.py": b"x = 2\n",
}


def write(folder: Path, path: str, data: bytes) -> None:
    file = folder / path.replace("PROJECT", PROJECT)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def configure(folder: Path, **values: Any) -> None:
    """Set values in cookiecutter.json; one that is None is taken out."""
    config = {**CONFIG, **values}
    (folder / "cookiecutter.json").write_text(json.dumps({k: v for k, v in config.items() if v is not None}, indent=2))


def lint(folder: Path) -> tuple[Problem, ...]:
    """The problems of a template, without those that `scaffolder check` would find in its projects."""
    template = opened(folder)
    with limited(template) as runs:
        return told([*written(template), *problems(runs, projects(runs))])


def said(folder: Path) -> list[str]:
    """The problems as 'path:line message', with PROJECT for the project folder."""
    lines = (f"{one.path}{f':{one.line}' if one.line else ''} {one.message}" for one in lint(folder))
    return [line.replace(PROJECT, "PROJECT") for line in lines]


def rules(name: str, **rules: Any) -> dict[str, Any]:
    return {"_scaffolder": {"questions": {**CONFIG["_scaffolder"]["questions"], name: rules}}}


def asked(**wording: Any) -> dict[str, Any]:
    return {"__prompts__": {**CONFIG["__prompts__"], **wording}}
