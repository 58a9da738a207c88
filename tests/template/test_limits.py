"""Somebody else's template that would never end, or eat all memory, is stopped: one sentence, and nothing is left."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from support import PATIENCE, Files, Outcome, has_ended, make_template, no_worker_is_left, refused, workers_of

from scaffolder.template import sandbox
from scaffolder.template.sandbox import Limits

Run = Callable[..., Outcome]
PLAIN: dict[str, Any] = {"project_slug": "made"}
SMALL = Limits(processor=1, wait=PATIENCE, memory=400_000_000, output=1_000_000, value=10_000)
RANGES = "{% for a in range(99999) %}{% for b in range(99999) %}{{ x }}{% endfor %}{% endfor %}"
POWER, TEXT = "{{ 9**(9**8) }}", "{{ 'a'*5*10**8 }}"
PATTERN = {"questions": {"name": {"pattern": "(a+)+"}}}
TIME = "more than 1 seconds of processor time"
MEMORY = "more than 400 MB of memory"

# name -> the configuration, the files, and the limit that the sentence names
HOSTILE: dict[str, tuple[dict[str, Any], Files, str]] = {
    "power in a file": (PLAIN, {"a": POWER.encode()}, TIME),
    "power in a default": ({**PLAIN, "name": POWER}, {}, TIME),
    "power in a choice": ({**PLAIN, "name": ["x", POWER]}, {}, TIME),
    "power in a file name": (PLAIN, {POWER: b""}, TIME),
    "ranges": (PLAIN, {"a": RANGES.replace("{{ x }}", "").encode()}, TIME),
    "ranges that write": (PLAIN, {"a": RANGES.replace("{{ x }}", "x" * 99).encode()}, "stopped: it used more than"),
    "long text": (PLAIN, {"a": TEXT.encode()}, MEMORY),
    "long text in a default": ({**PLAIN, "name": TEXT}, {}, MEMORY),
    "large list": (PLAIN, {"a": b"{% set x = [0] * 9**9 %}"}, MEMORY),
    "large files": (PLAIN, {"a": b"{{ 'a' * 9**6 }}", "b": b"{{ 'a' * 9**6 }}"}, "its files have more than 1 MB"),
    "large value": ({**PLAIN, "name": "{{ 'a' * 10001 }}"}, {}, "has more than 10,000 characters"),
    "pattern": ({**PLAIN, "name": "a" * 40 + "!", "_scaffolder": PATTERN}, {}, TIME),
    "include of itself": (PLAIN, {"a": b"{% include 'a' %}"}, "'a' cannot be rendered"),
    "macro of itself": (PLAIN, {"a": b"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"}, "'a' cannot be rendered"),
    "brackets": (PLAIN, {"a": b"{{ " + b"(" * 50_000 + b" }}"}, "The template"),
    "blocks": (PLAIN, {"a": b"{% if 1 %}" * 5_000 + b"{% endif %}" * 5_000}, "The template"),
}


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "LIMITS", SMALL)


@pytest.mark.slow  # each takes the second that the limit allows
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("name", HOSTILE)
def test_a_limit_stops_it(scaffolder: Run, tmp_path: Path, name: str) -> None:
    config, files, words = HOSTILE[name]
    make_template(tmp_path / "t", config, files)
    refused(scaffolder("new", "./t", "--yes", "-o", "out"), words)
    assert [path.name for path in tmp_path.iterdir()] == ["t"]
    assert no_worker_is_left()


@pytest.mark.slow
@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("arguments", [["describe"], ["new", "--yes", "--set", "name=" + "a" * 40 + "!"]])
def test_every_way_to_a_pattern_is_limited(scaffolder: Run, tmp_path: Path, arguments: list[str]) -> None:
    default = "a" * 40 + "!" if arguments == ["describe"] else "a"
    make_template(tmp_path / "t", {**PLAIN, "name": default, "_scaffolder": PATTERN}, {})
    refused(scaffolder(*arguments, "./t"), TIME)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["power in a file", "power in a default", "pattern"])
def test_without_resource_the_clock_is_the_limit(
    scaffolder: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "path").mkdir()
    (tmp_path / "path" / "resource.py").write_text("raise ImportError\n")
    monkeypatch.syspath_prepend(tmp_path / "path")
    monkeypatch.setattr(sandbox, "LIMITS", Limits(processor=1, wait=1))
    make_template(tmp_path / "t", *HOSTILE[name][:2])
    code, _, err = scaffolder("new", "./t", "--yes", "-o", "out")
    assert (code, err) == (2, "scaffolder: The template was stopped: it took longer than 1 seconds.\n")
    assert not (tmp_path / "out").exists()
    assert no_worker_is_left()


def test_a_child_that_dies_is_told_and_a_new_one_takes_over(tmp_path: Path) -> None:
    from contextlib import closing

    from scaffolder.errors import TemplateError
    from scaffolder.template import catalog
    from scaffolder.template.catalog import Trust

    template = catalog.read(make_template(tmp_path / "t", PLAIN, {}), "t", Trust.SANDBOXED)
    with closing(sandbox.Worker(template)) as child:
        assert child.text("{{ 1 + 1 }}", {}) == "2"
        assert child._process
        child._process.kill()
        with pytest.raises(TemplateError, match="its process ended with code -9"):
            child.text("{{ 1 + 1 }}", {})
        assert child.text("{{ 1 + 2 }}", {}) == "3"
    assert no_worker_is_left()


def wait_until(happened: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_child_too(tmp_path: Path, number: int) -> None:
    make_template(tmp_path / "t", PLAIN, {"a": POWER.encode()})
    command = [sys.executable, "-m", "scaffolder", "new", "./t", "--yes", "-o", "out"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    wait_until(lambda: workers_of(process.pid) != [])
    (child,) = workers_of(process.pid)
    time.sleep(0.3)
    process.send_signal(number)
    process.communicate(timeout=PATIENCE)
    assert has_ended(child)
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


def test_a_child_without_a_parent_ends(tmp_path: Path) -> None:
    make_template(tmp_path / "t", {**PLAIN, "name": "x"}, {})
    code = (
        "import os; from pathlib import Path; from scaffolder.template import foreign\n"
        "with foreign.opened(foreign.Request('./t')) as (t, _):\n"
        "    t.worker.text('{{ 1 }}', {}); print(t.worker._process.pid, flush=True); os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    wait_until(lambda: has_ended(int(done.stdout)))


def test_the_child_takes_no_module_from_the_users_folder(scaffolder: Run, tmp_path: Path) -> None:
    make_template(tmp_path / "t", PLAIN, {"a": b"{{ 1 }}"})
    (tmp_path / "json.py").write_text("open('pwned', 'w')")
    (tmp_path / "t" / "jinja2.py").write_text("open('pwned', 'w')")
    assert scaffolder("new", "./t", "--yes", "--no-git").code == 0
    assert not list(tmp_path.rglob("pwned"))


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"_jinja2_env_vars": [1]}, "_jinja2_env_vars must be an object"),
    ({"_jinja2_env_vars": {"trim_blocks": "x"}}, "_jinja2_env_vars.trim_blocks must be true or false"),
    ({"_jinja2_env_vars": {"block_start_string": 5}}, "_jinja2_env_vars.block_start_string must be a text"),
    ({"_jinja2_env_vars": {"block_start_string": "{{"}}, "cannot be rendered"),
    ({"_copy_without_render": 5}, "_copy_without_render must be a list of texts"),
    ({"_copy_without_render": {"a": 1}}, "_copy_without_render must be a list of texts"),
    ({"_copy_without_render": ["a", 5]}, "_copy_without_render must be a list of texts"),
    ({"_new_lines": 5}, "_new_lines must be a text"),
    ({"_extensions": 5}, "_extensions must be a list of texts"),
    ({"_scaffolder": 5}, "_scaffolder must be an object"),
    ({"_scaffolder": {"title": None}}, "_scaffolder.title must be a text"),
    ({"_scaffolder": {"demonstrates": 5}}, "_scaffolder.demonstrates must be a list of texts"),
    ({"_scaffolder": {"demonstrates": "text"}}, "_scaffolder.demonstrates must be a list of texts"),
    ({"_scaffolder": {"next": [[]]}}, "_scaffolder.next must be a list of texts"),
    ({"_scaffolder": {"questions": []}}, "_scaffolder.questions must be an object"),
    ({"_scaffolder": {"questions": {"x": 5}}}, "_scaffolder.questions.x must be an object"),
    *(
        ({"_scaffolder": {"questions": {"x": {key: value}}}}, f"_scaffolder.questions.x.{key} must be {kind}")
        for key, value, kind in [
            ("help", 5, "a text"),
            ("pattern", ["a"], "a text"),
            ("pattern", None, "a text"),
            ("pattern_hint", {}, "a text"),
            ("max_length", "5", "a whole number"),
            ("max_length", True, "a whole number"),
            ("reserved", "a", "a list of texts"),
            ("reserved", None, "a list of texts"),
        ]
    ),
    ({"x": "a", "_scaffolder": {"questions": {"x": {"pattern": "("}}}}, "pattern '(' cannot be used"),
    ({"x": "a", "_scaffolder": {"questions": {"x": {"pattern": "(" * 9999}}}}, "cannot be used"),
    ({str(number): "x" for number in range(1000)}, "has more than 1,000 values"),
    ({"x": "\ud800"}, "is not JSON (a character that UTF-8 cannot encode)"),
    ({"\udfff": "x"}, "is not JSON (a character that UTF-8 cannot encode)"),
    ({"x": "{{ '\\ud800' }}"}, "x cannot be rendered"),
]


def nested(opening: str, closing: str, middle: str = "1") -> str:
    return f'{{"project_slug": "made", "x": {opening * 900}{middle}{closing * 900}}}'


@pytest.mark.parametrize("trust", [[], ["--trust"]], ids=["limited", "trusted"])
@pytest.mark.parametrize(
    ("config", "words"), WRONG, ids=[str(config)[:60].encode("ascii", "replace").decode() for config, _ in WRONG]
)
def test_a_wrong_type_is_one_sentence(
    scaffolder: Run, tmp_path: Path, config: dict[str, Any], words: str, trust: list[str]
) -> None:
    make_template(tmp_path / "t", {**PLAIN, **config}, {"a": b"{{ cookiecutter.project_slug }}"})
    refused(scaffolder("new", "./t", "--yes", "-o", "out", *trust), words)
    assert [path.name for path in tmp_path.iterdir()] == ["t"]


@pytest.mark.parametrize("text", [nested("[", "]"), nested('{"a":', "}"), nested("[" * 200, "]" * 200)])
def test_deep_nesting_is_one_sentence(scaffolder: Run, tmp_path: Path, text: str) -> None:
    (make_template(tmp_path / "t", PLAIN, {}) / "cookiecutter.json").write_text(text)
    for command in (["new", "./t", "--yes"], ["new", "./t", "--yes", "--trust"], ["describe", "./t"]):
        refused(scaffolder(*command), "more than 50 levels")


def test_what_may_be_null_or_left_out(scaffolder: Run, tmp_path: Path) -> None:
    config = {**PLAIN, "_jinja2_env_vars": {"line_statement_prefix": None}, "_copy_without_render": None, "x": None}
    make_template(tmp_path / "t", {**config, "_new_lines": None, "_extensions": None}, {"a": b"{{ 1 }}"})
    code, out, _ = scaffolder("new", "./t", "--yes", "--no-git", "--json")
    assert (code, json.loads(out)["answers"]) == (0, {"project_slug": "made", "x": None})
