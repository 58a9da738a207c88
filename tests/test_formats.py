"""TOML, YAML and JSON that would take hours or gigabytes are refused at once, and `--answers` says so."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from support import MEMORY_LIMITS, PATIENCE

from scaffolder.formats.json import JsonError, as_json, load_json
from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.formats.yaml import YamlError, load_all_yaml, load_yaml

SIZE = 400_000  # characters


def key(part: str) -> Callable[[int], str]:
    return lambda size: ".".join([part] * (size // (len(part) + 1))) + " = 1"


HOSTILE: dict[str, tuple[str, Callable[[int], str]]] = {
    "bare key": ("toml", key("a")),
    "quoted key": ("toml", key('"!"')),
    "escaped key": ("toml", key(r'"\""')),
    "literal key": ("toml", key("'x y'")),
    "spaced key": ("toml", key("a ")),
    "table": ("toml", lambda size: "[" + ".".join("a" * (size // 2)) + "]"),
    "inline key": ("toml", lambda size: "a = {" + ".".join("a" * (size // 2)) + " = 1}"),
    "toml lists": ("toml", lambda size: "a = " + "[" * size),
    "toml objects": ("toml", lambda size: "a = {b = " * (size // 9)),
    "quotes": ("toml", lambda size: "a = " + '"\\' * (size // 2)),
    "yaml lists": ("yaml", lambda size: "[" * size),
    "yaml objects": ("yaml", lambda size: "{a: " * (size // 4)),
    "yaml blocks": ("yaml", lambda size: "- " * (size // 2)),
    "yaml keys": ("yaml", lambda size: "? " * (size // 2)),
    "aliases": ("yaml", lambda size: "a: &a [x, x]\nb: [" + "*a, " * (size // 4) + "]"),
    "json lists": ("json", lambda size: "[" * (size // 2) + "]" * (size // 2)),
    "json objects": ("json", lambda size: '{"a":' * (size // 5)),
}


@pytest.mark.slow  # a process for each
@MEMORY_LIMITS
@pytest.mark.parametrize("name", HOSTILE)
def test_little_memory_and_processor_time_are_enough(tmp_path: Path, name: str) -> None:
    ending, made = HOSTILE[name]
    (tmp_path / f"a.{ending}").write_text(made(SIZE))
    code = (
        "import resource, sys; from scaffolder import cli;"
        "resource.setrlimit(resource.RLIMIT_AS, (600_000_000, 600_000_000)); resource.setrlimit(resource.RLIMIT_CPU, (9, 9));"
        f"sys.exit(cli.run(['new', 'classical-ml', '--yes', '--answers', 'a.{ending}']))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert done.stderr.startswith("scaffolder: ")


@pytest.mark.parametrize("text", ["[" * 100_000, "- " * 100_000, "{a: " * 50_000])
def test_yaml_is_bounded_without_its_c_library_too(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    start = time.process_time()
    with pytest.raises(YamlError):
        list(load_all_yaml(text))
    assert time.process_time() - start < 5


def test_a_key_of_thirty_parts_is_allowed() -> None:
    assert load_toml(".".join("a" * 30) + " = 1")
    with pytest.raises(TomlError, match="more than 30 parts"):
        load_toml(".".join("a" * 31) + " = 1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 51 + "]" * 51, None),
        ("[" * 52 + "]" * 52, "more than 50 levels"),
        ("[" * 100_000, "more than 50 levels"),
        ('{"a": "\\ud800"}', "UTF-8"),
        ('{"\\udfff": 1}', "UTF-8"),
        (b"\xff", "UTF-8"),
        ("{", "Expecting"),
        ("1" * 5000, "digits"),
    ],
)
def test_json(text: str | bytes, words: str | None) -> None:
    if words is None:
        load_json(text)
        return
    with pytest.raises(JsonError, match=words):
        load_json(text)


def test_toml_and_yaml_as_json() -> None:
    assert as_json(load_toml("day = 2027-03-01\n[a]\nb = 1.5\n")) == {"day": "2027-03-01", "a": {"b": 1.5}}
    value = as_json(load_yaml("a: 0.5\nb: {c: [1, yes]}\n"))
    assert value == {"a": 0.5, "b": {"c": [1, True]}}
    assert (type(value), type(value["b"])) == (dict, dict)
