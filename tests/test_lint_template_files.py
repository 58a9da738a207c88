"""`scaffolder lint-template` says what would vanish or break in the files of a template."""

from __future__ import annotations

from pathlib import Path

import pytest
from linted import CONFIG, FILES, PROJECT, STUB, asked, configure, rules, said, write
from support import make_template

from scaffolder.template.lint import lint

NOT_THERE = ", which is neither in the project folder nor in templates/."
WITHOUT_END = "PROJECT/README.md It extends or includes itself, without end."


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A template with nothing to say about."""
    return make_template(tmp_path / "small", CONFIG, FILES, PROJECT)


@pytest.mark.usefixtures("no_child")
@pytest.mark.parametrize(
    ("path", "data", "expected"),
    [
        # blocks, skeletons, includes
        (
            "PROJECT/README.md",
            STUB + b"{% block ethics %}\nWho is hurt?\n{% endblock %}\n",
            "PROJECT/README.md:5 Its skeleton has no block 'ethics', so this text would vanish.",
        ),
        (
            "PROJECT/README.md",
            STUB + b"{% if cookiecutter.tests %}{% block tests %}x{% endblock %}{% endif %}",
            "PROJECT/README.md:5 Its skeleton has no block 'tests', so this text would vanish.",
        ),
        (
            "PROJECT/README.md",
            b'{% extends "shared/README.md" %}',
            "PROJECT/README.md It cannot be rendered: Required block 'problem' not found "
            "(templates/shared/README.md, line 2).",
        ),
        ("PROJECT/README.md", b'{% extends "README.md" %}', WITHOUT_END),
        ("templates/shared/README.md", b'{% extends "README.md" %}{{ cookiecutter.__title }}', WITHOUT_END),
        (
            "PROJECT/notes.md",
            b"\n\n{% include 'shared/ntoes.md' %}{% include 'gone.md' ignore missing %}{% include './shared/README.md' %}",
            f"PROJECT/notes.md:3 It includes 'shared/ntoes.md'{NOT_THERE}",
        ),
        (
            "PROJECT/notes.md",
            b"{% if cookiecutter.course == 'A' %}{% extends 'gone' %}{% endif %}{% block x %}{% endblock %}",
            f"PROJECT/notes.md:1 It includes 'gone'{NOT_THERE}",
        ),
        # choices and names
        (
            "templates/models/forest.py",
            None,
            f"PROJECT/src/model.py:1 It includes 'models/forest.py'{NOT_THERE} This happens with model = 'forest'.",
        ),
        (
            "templates/models/net.py",
            b"",
            "templates/models/net.py No choice selects this file, so no project would have it.",
        ),
        (
            "PROJECT/{% if cookiecutter.model == 'net' %}net.py{% endif %}",
            b"",
            "PROJECT/{% if cookiecutter.model == 'net' %}net.py{% endif %} "
            "No answer gives this file a name, so no project would have it.",
        ),
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
        # Jinja in Python
        (
            "PROJECT/src/more.py",
            b"# Bounds\n\nx = f'{{1}}'\n",
            "PROJECT/src/more.py:3 Here stands Jinja in Python, so neither an editor nor ruff can read the file.",
        ),
        (
            "templates/models/forest.py",
            b"{% if cookiecutter.tests %}\nx = 1\n{% endif %}\n",
            "templates/models/forest.py:1 Here stands Jinja in Python, so neither an editor nor ruff can read the file.",
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
            "PROJECT/notes.md",
            b"a\n{{ cookiecutter.corse }}\n",
            "PROJECT/notes.md:2 It cannot be rendered: 'dict object' has no attribute 'corse'.",
        ),
        (
            "PROJECT/notes.md",
            b"a\n{% endif %}\n",
            "PROJECT/notes.md:2 It cannot be rendered: Encountered unknown tag 'endif'.",
        ),
        (
            "PROJECT/notes.md",
            b"{% if cookiecutter.model == 'forest' and cookiecutter.tests %}\n{{ trees }}{% endif %}",
            "PROJECT/notes.md:2 It cannot be rendered: 'trees' is undefined. "
            "This happens with model = 'forest', tests = 'True'.",
        ),
        (
            "PROJECT/notes.md",
            b"{% if cookiecutter.course %}{{ cookiecutter.corse }}{% endif %}",
            "PROJECT/notes.md:1 It cannot be rendered: 'dict object' has no attribute 'corse'. "
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
@pytest.mark.parametrize("where", ["PROJECT/about.yml", "templates/of/about.yml"])
def test_the_name_that_must_be_escaped_is_the_one_that_the_file_uses(small: Path, where: str) -> None:
    write(small, "PROJECT/about.yml", b"{% include 'of/about.yml' %}")
    write(small, where, b"title: {{ cookiecutter.__title }}\n")
    (found,) = lint(small)
    assert found.message == "With project_name = 'Kern: Anna' it is not valid YAML."
    assert found.remedy.startswith("Write {{ cookiecutter.__title|tojson }} without quotes around it")


@pytest.mark.usefixtures("no_child")
def test_only_what_cookiecutter_would_run_is_a_hook(small: Path) -> None:
    for name in ("__init__.py", "post_gen_project.py~", "my_helpers.py"):
        write(small, f"hooks/{name}", b"")
    assert said(small) == []
    write(small, "hooks/pre_prompt.sh", b"")
    assert [line.partition(" ")[0] for line in said(small)] == ["hooks/pre_prompt.sh"]


@pytest.mark.usefixtures("no_child")
def test_a_name_that_depends_on_a_free_answer_is_not_judged(small: Path) -> None:
    write(small, "PROJECT/{% if cookiecutter.course == 'DS' %}x.md{% endif %}", b"")
    write(small, "PROJECT/notes.md", b"{% include 'by/' ~ cookiecutter.course ~ '.md' ignore missing %}")
    write(small, "templates/by/DS.md", b"")
    assert said(small) == []


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


@pytest.mark.usefixtures("no_child")
def test_of_many_combinations_each_choice_is_rendered_alone(small: Path) -> None:
    many = {f"q{number}": ["a", "b"] for number in range(8)}
    configure(small, **many, **asked(**dict.fromkeys(many, "?")))
    names = "".join(f"{{{{ cookiecutter.q{number} }}}}" for number in range(8))
    write(small, "PROJECT/notes.md", f"{names}{{% if cookiecutter.q7 == 'b' %}}{{{{ no }}}}{{% endif %}}".encode())
    assert said(small) == ["PROJECT/notes.md:1 It cannot be rendered: 'no' is undefined. This happens with q7 = 'b'."]
    write(small, "PROJECT/notes.md", names.encode())
    write(small, "PROJECT/{% if cookiecutter.q1 == 'b' and cookiecutter.q2 == 'b' %}x{% endif %}", b"")
    assert said(small) == [], "nobody has looked, so nothing is said"
    write(small, "PROJECT/{% if cookiecutter.q1 == 'c' %}x{% endif %}", b"")
    assert len(said(small)) == 1
