"""`scaffolder lint-template` says what would vanish or break in the files of a template."""

from __future__ import annotations

from pathlib import Path

import pytest
from linted import CONFIG, FILES, PROJECT, configure, rules, said, write
from support import make_template


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A template with nothing to say about."""
    return make_template(tmp_path / "small", CONFIG, FILES, PROJECT)


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        # names
        (
            "PROJECT/{% if cookiecutter.tests %}tests{% endif %}/test_all.py",
            b"",
            "PROJECT/{% if cookiecutter.tests %}tests{% endif %} "
            "A folder whose name is empty is the project's root, where its files would land or collide.",
        ),
        # the contract
        (
            "PROJECT/scaffolder.toml",
            None,
            "PROJECT/scaffolder.toml It is not there, so `scaffolder check` would give the projects no level.",
        ),
        (
            "PROJECT/scaffolder.toml",
            b"# {{ cookiecutter.course }}\n",
            "PROJECT/scaffolder.toml [blocks] does not name the measured block 'results' of 'README.md'.",
        ),
        (
            "PROJECT/scaffolder.toml",
            FILES["scaffolder.toml"].replace(b'["results"]', b'["results", "slices"]'),
            "PROJECT/scaffolder.toml [blocks] names the measured block 'slices' of 'README.md', which is not there.",
        ),
        (
            "PROJECT/CARD.md",
            b"---\n# measured:model-index\n# /measured:model-index\n---\nmeasured: much <!-- measured: -->\n",
            "PROJECT/scaffolder.toml [blocks] does not name the measured block 'model-index' of 'CARD.md'.",
        ),
        # files as such
        (
            "hooks/post_gen_project.py",
            b"raise SystemExit(1)",
            "hooks/post_gen_project.py A hook does not run, unless somebody asks for it each time with --trust.",
        ),
        (
            "PROJECT/.venv/bin/python",
            b"",
            "PROJECT/.venv This is a cache, which cookiecutter would copy into each project.",
        ),
        (
            "PROJECT/big.bin",
            bytes(5_000_001),
            "PROJECT/big.bin It has more than 5 MB, in each project and in each version of it.",
        ),
        ("PROJECT/aux.md", b"", "PROJECT/aux.md Its name is a reserved name on Windows."),
        # what cannot be rendered
        (
            "PROJECT/README.md",
            b'{% extends "shared/README.md" %}',
            ". The template's 'README.md' cannot be rendered: Required block 'problem' not found.",
        ),
        (
            "PROJECT/notes.md",
            b"a\n{% endif %}\n",
            ". The template's 'notes.md', line 2 cannot be rendered: Encountered unknown tag 'endif'.",
        ),
        (
            "PROJECT/notes.md",
            b"{% if cookiecutter.model == 'forest' and cookiecutter.tests %}\n{{ trees }}{% endif %}",
            ". The template's 'notes.md' cannot be rendered: 'trees' is undefined. This happens with model = 'forest'.",
        ),
        (
            "PROJECT/notes.md",
            b"{% if cookiecutter.course %}{{ cookiecutter.corse }}{% endif %}",
            ". The template's 'notes.md' cannot be rendered: 'dict object' has no attribute 'corse'. "
            "This happens with course = 'a\"b\\'c'.",
        ),
        (
            "PROJECT/notes.md",
            b"caf\xe9 au lait, d\xe9j\xe0 vu, na\xefve\n",
            ". The template's 'notes.md' cannot be rendered: "
            "'utf-8' codec can't decode byte 0xe9 in position 3: invalid continuation byte.",
        ),
        # answers that are not escaped
        (
            "PROJECT/about.toml",
            b'course = "{{ cookiecutter.course }}"\n',
            "PROJECT/about.toml With course = 'a\"b\\'c' it is not valid TOML.",
        ),
        (
            "PROJECT/about.json",
            b'{"course": "{{ cookiecutter.course }}"}\n',
            "PROJECT/about.json With course = 'a\"b\\'c' it is not valid JSON.",
        ),
        (
            "PROJECT/about.yml",
            b'course: "{{ cookiecutter.course }}"\n',
            "PROJECT/about.yml With course = 'a\"b\\'c' it is not valid YAML.",
        ),
        (
            "PROJECT/about.yml",
            b"course: {{ cookiecutter.course }}\n",
            "PROJECT/about.yml With course = 'Kern: Anna' it is not valid YAML.",
        ),
        (
            "PROJECT/about.toml",
            b"{% if cookiecutter.model == 'forest' %}\ntrees = many\n{% endif %}\n",
            "PROJECT/about.toml It is not valid TOML. This happens with model = 'forest'.",
        ),
    ],
)
def test_a_file_that_is_wrong(small: Path, path: str, data: bytes | None, expected: str) -> None:
    write(small, path, data or b"")
    if data is None:
        (small / path.replace("PROJECT", PROJECT)).unlink()
    assert [line for line in said(small) if not line.startswith(". The template would write")] == [expected]


@pytest.mark.usefixtures("no_child")
def test_a_file_that_the_choice_needs_and_nobody_has(small: Path) -> None:
    (small / "templates/models/forest.py").unlink()
    (line,) = said(small)
    assert line.startswith(". The template's 'src/model.py' cannot be rendered: 'models/forest.py' not found")
    assert line.endswith("This happens with model = 'forest'.")


@pytest.mark.usefixtures("no_child")
def test_only_what_cookiecutter_would_run_is_a_hook(small: Path) -> None:
    for name in ("__init__.py", "post_gen_project.py~", "my_helpers.py"):
        write(small, f"hooks/{name}", b"")
    assert said(small) == []
    write(small, "hooks/pre_prompt.sh", b"")
    assert [line.partition(" ")[0] for line in said(small)] == ["hooks/pre_prompt.sh"]


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize("blocks", [b"blocks = 3", b"[blocks]\n'README.md' = 3", b""])
def test_a_contract_of_another_shape(small: Path, blocks: bytes) -> None:
    write(small, "PROJECT/scaffolder.toml", b"id = {{ cookiecutter.course|tojson }}\n" + blocks)
    assert said(small) == [
        "PROJECT/scaffolder.toml [blocks] does not name the measured block 'results' of 'README.md'."
    ]


@pytest.mark.usefixtures("no_child")
def test_a_pattern_that_lets_only_some_marks_through(small: Path) -> None:
    write(small, "PROJECT/about.toml", b"one = '{{ cookiecutter.course }}'\ntwo = {{ cookiecutter.course|tojson }}\n")
    configure(small, **rules("course", pattern="[a-z']*"))
    assert said(small) == ["PROJECT/about.toml With course = 'a'b' it is not valid TOML."]
    configure(small, **rules("course", pattern="[a-z]*"))
    assert said(small) == []


@pytest.mark.usefixtures("no_child")
def test_a_format_that_is_wrong_with_every_answer_is_not_ours_to_judge(small: Path) -> None:
    write(small, "PROJECT/tsconfig.json", b"// {{ cookiecutter.course }}\n{}\n")
    write(small, "PROJECT/old.py", b"print 'hello'\n")
    assert said(small) == []
