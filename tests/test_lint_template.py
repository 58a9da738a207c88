"""`scaffolder lint-template` says what would vanish or break, of a small template that is broken in each way."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import PATIENCE, Outcome, make_template, no_worker_is_left
from test_limits import HOSTILE, SMALL

from scaffolder.adopt import kinds
from scaffolder.check import templates
from scaffolder.errors import TemplateError
from scaffolder.template import catalog, worker
from scaffolder.template import lint as lint_module
from scaffolder.template.lint import Problem, lint

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


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A template with nothing to say about."""
    return make_template(tmp_path / "small", CONFIG, FILES, PROJECT)


def write(folder: Path, path: str, data: bytes) -> None:
    file = folder / path.replace("PROJECT", PROJECT)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def configure(folder: Path, **values: Any) -> None:
    """Set values in cookiecutter.json; one that is None is taken out."""
    config = {**CONFIG, **values}
    (folder / "cookiecutter.json").write_text(json.dumps({k: v for k, v in config.items() if v is not None}, indent=2))


def said(folder: Path) -> list[str]:
    """The problems as 'path:line message', with PROJECT for the project folder."""
    lines = (f"{one.path}{f':{one.line}' if one.line else ''} {one.message}" for one in lint(folder))
    return [line.replace(PROJECT, "PROJECT") for line in lines]


def rules(name: str, **rules: Any) -> dict[str, Any]:
    return {"_scaffolder": {"questions": {**CONFIG["_scaffolder"]["questions"], name: rules}}}


def asked(**wording: Any) -> dict[str, Any]:
    return {"__prompts__": {**CONFIG["__prompts__"], **wording}}


@pytest.mark.slow
@pytest.mark.parametrize("name", catalog.names())
def test_our_own_templates_are_clean(name: str) -> None:
    assert templates.lint(catalog.bundled(name).folder, kinds.examples) == ()


def test_the_small_template_is_clean(small: Path) -> None:
    assert said(small) == []


STUB = FILES["README.md"]
NOT_THERE = ", which is neither in the project folder nor in templates/."
WITHOUT_END = "PROJECT/README.md It extends or includes itself, without end."


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
def test_a_folder_that_is_the_same_for_every_project(small: Path) -> None:
    configure(small, _slug="thing", project_slug=None, _scaffolder={}, **asked(project_slug=None))
    (small / PROJECT).rename(small / "{{cookiecutter._slug}}")
    assert said(small) == [
        "cookiecutter.json:27 'project_slug' is no question, but there are words or rules for it.",
        "{{cookiecutter._slug}} The folder's name depends on no question, so every project would have the same.",
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
        write(small, f"PROJECT/src/n{number}.py", b"x = '{{1}}'\n")
    problems = lint(small)
    assert len(problems) == lint_module.MOST
    assert problems[-1] == Problem(".", None, "There are more problems than these.", "Mend these first.")


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("PROJECT/notes.md", b"{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"),
        pytest.param("PROJECT/notes.md", b"{{ " + b"(" * 50_000, marks=pytest.mark.slow),
        pytest.param("PROJECT/more.py", b"(" * 100_000, marks=pytest.mark.slow),
        pytest.param("PROJECT/about.toml", b"a." * 50_000 + b"a = 1", marks=pytest.mark.slow),
    ],
)
def test_a_hostile_template_is_stopped(small: Path, monkeypatch: pytest.MonkeyPatch, path: str, data: bytes) -> None:
    monkeypatch.setattr(worker, "LIMITS", worker.Limits(processor=1, wait=PATIENCE, memory=400_000_000))
    write(small, path, data)
    write(small, "hooks/pre_prompt.sh", b"")
    assert any(line.startswith("hooks/pre_prompt.sh") for line in said(small)), "what was read apart is still said"
    assert no_worker_is_left()


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_each_hostile_template_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(worker, "LIMITS", SMALL)
    config, files, _ = HOSTILE[name]
    lint(make_template(tmp_path / "t", config, files))


# The command.

Run = Callable[..., Outcome]


@pytest.mark.usefixtures("no_child")
def test_the_command_says_that_a_template_is_clean(scaffolder: Run, small: Path) -> None:
    assert scaffolder("lint-template", small) == (0, f"{small}: nothing would vanish or break\n", "")
    assert scaffolder("lint-template", small.parent, "--directory", "small").code == 0
    assert scaffolder("lint-template", small, "--json") == (0, "[]\n", "")


@pytest.mark.usefixtures("no_child")
def test_the_command_shows_place_problem_and_remedy(scaffolder: Run, small: Path) -> None:
    write(small, "PROJECT/README.md", STUB + b"{% block ethics %}\x1b[31mx{% endblock %}")
    code, out, err = scaffolder("lint-template", small)
    assert (code, err) == (1, "")
    place, message, remedy, count = out.splitlines()
    assert place == f"{PROJECT}/README.md:5"
    assert message == "  Its skeleton has no block 'ethics', so this text would vanish."
    assert remedy == "  Correct the name, or move the text into a block that the skeleton has."
    assert count == f"{small}: 1 problem"
    code, out, err = scaffolder("lint-template", small, "--json")
    assert (code, err) == (1, "")
    assert json.loads(out) == [
        {"path": f"{PROJECT}/README.md", "line": 5, "message": message.strip(), "remedy": remedy.strip()}
    ]


@pytest.mark.usefixtures("no_child")
def test_names_cannot_control_the_terminal(scaffolder: Run, small: Path) -> None:
    write(small, "PROJECT/a\x1b[31m\nb.py", b"{{ 1 }}")
    assert "\x1b" not in scaffolder("lint-template", small).out


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
