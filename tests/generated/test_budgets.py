"""How large the tool and a generated repository may be, so that one person can know every file."""

from __future__ import annotations

import re
import tokenize
import tomllib
from functools import cache
from pathlib import Path

import pytest
from support import ROOT, combinations, name_of, prose, rendered, tool, words

from scaffolder.template import catalog

# Logical lines (`tokenize` NEWLINE tokens) of src/, which may only become less: docs/design.md aims at 2,000 and 2,700.
TEMPLATES = {
    "classical-ml": 2_111,  # with XGBoost; 30 more since an experiment compares two commits
    "rag-assistant": 3_700,  # with PostgreSQL; with SQLite 3,576
    "llm-eval": 3_181,
    "mlops-deploy": 3_624,
    "domain-capstone": 2_507,  # 87 more: reviewers have tokens, model and people are compared with the rule, commits with each other
}
SHARED = {
    "": 446,
    "retrieval": 565,
    "minilm": 101,
    "experiments": 69,
}  # of these, by part of templates/_shared; all have the first
# Logical lines of the rooms of scaffolder/, which may only become less; in brackets, what the design aims at.
ROOMS = {
    "adopt": 2_686,  # (2,400)
    "check": 5_863,  # (5,900)
    "cli": 2_489,  # (2,500)
    "cohort": 3_083,  # (3,000)
    "exercises": 538,  # (500)
    "pages": 828,  # (850)
    "portfolio": 1_071,  # (1,100)
    "practice": 281,  # (300)
    "project": 2_149,  # (2,100)
    "results": 342,
    "template": 1_217,  # (1,250)
}
PACKAGE = 21_226  # all of scaffolder/ (20,500)
TESTS = 20_513  # all of tests/ (18,500)
LONGEST = 200  # lines of one Python file
COMPLEXITY = 8  # of one function, by ruff's C901
QUESTIONS = 15  # to the owner of a project, each asked once
WORDS = 4_250  # of prose before `make demo`; tests/slow/test_runs.py holds the finished project to 5,000

TEMPLATE = ROOT / "templates"
COMBINATIONS = pytest.mark.parametrize(
    ("name", "given"), [(name, given) for name in TEMPLATES for given in combinations(name)], ids=name_of
)


@cache
def logical_lines(source: bytes) -> int:
    tokens = tokenize.tokenize(iter(source.splitlines(keepends=True)).__next__)
    return sum(token.type == tokenize.NEWLINE for token in tokens)


def python_files(name: str, given: dict[str, str], folder: str) -> dict[str, bytes]:
    files = rendered(catalog.bundled(name), **given)
    return {path: data for path, (data, _) in files.items() if path.endswith(".py") and path.startswith(folder)}


def lines_of(folder: Path) -> int:
    return sum(logical_lines(path.read_bytes()) for path in folder.rglob("*.py"))


def test_the_tool_its_rooms_and_its_tests_do_not_grow() -> None:
    """In one test, so that one worker alone counts the lines, each once."""
    most = {f"scaffolder/{room}": lines for room, lines in ROOMS.items()} | {"scaffolder": PACKAGE, "tests": TESTS}
    counted = {folder: lines_of(ROOT / folder) for folder in most}
    assert all(counted.values())
    assert {folder: lines for folder, lines in counted.items() if lines > most[folder]} == {}


@COMBINATIONS
def test_the_source_and_its_tests_are_small(name: str, given: dict[str, str]) -> None:
    package = f"src/{catalog.bundled(name).config['_scaffolder']['package']}"
    copies = {part: {f"{package}/{path}" for path in paths} for part, paths in shared_modules().items()}
    source = {path: logical_lines(data) for path, data in python_files(name, given, "src/").items()}
    tests = sum(map(logical_lines, python_files(name, given, "tests/").values()))
    copied = {part: sum(source.get(path, 0) for path in copies[part]) for part in SHARED}
    total = sum(source.values())
    print(f"{total} logical lines, {copied} of them shared; {tests} of tests")
    assert copied[""]
    assert total <= TEMPLATES[name]
    assert {part: lines for part, lines in copied.items() if lines > SHARED[part]} == {}
    assert tests <= total


@cache
def shared_modules() -> dict[str, list[str]]:
    """The modules of each part, as paths in a package."""
    found: dict[str, list[str]] = {}
    for path, part in tool("share").shared_files(ROOT).items():
        if path.suffix == ".py" and "any_package" in path.parts:
            found.setdefault(part, []).append(path.as_posix().partition("/any_package/")[2])
    return found


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_file_is_long(name: str) -> None:
    every = (path for path in (TEMPLATE / name).rglob("*.py*") if ".py" in path.name and path.suffix != ".pyc")
    files = [path for path in every if path.name != "tasks.py"]  # a Makefile's lines of targets, and what does them
    lengths = {str(path.relative_to(TEMPLATE)): len(path.read_bytes().splitlines()) for path in files}
    assert len(lengths) > 50
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST} == {}


@COMBINATIONS
def test_ruff_refuses_functions_that_branch_too_often(name: str, given: dict[str, str]) -> None:
    config = tomllib.loads(rendered(catalog.bundled(name), **given)["pyproject.toml"][0].decode())
    lint = config["tool"]["ruff"]["lint"]
    assert "C901" in lint["select"] or "C90" in lint["select"]
    assert lint["mccabe"]["max-complexity"] <= COMPLEXITY
    assert not [code for code in lint.get("ignore", []) if code.startswith("C90")]


def pages(name: str) -> dict[str, str]:
    """The documents of a template's default project that people read.

    Those that it answers from, or asks a model with, are data, and AGENTS.md is for coding assistants.
    """
    files = {path: data.decode() for path, (data, _) in rendered(catalog.bundled(name)).items() if path.endswith(".md")}
    read = (path for path in files if "/corpus/" not in path and "prompts/" not in path and path != "AGENTS.md")
    return {path: files[path] for path in read}


@pytest.mark.parametrize("name", TEMPLATES)
def test_the_owner_is_asked_little_and_each_question_once(name: str) -> None:
    asked = [one for text in pages(name).values() for one in re.findall(r"TODO\(([a-z]+)\):[^|\n]*\?", text)]
    marks = sum(text.count("TODO") for text in pages(name).values())
    assert {"problem", "errors", "changed", "privacy"} <= set(asked)
    assert len(set(asked)) == len(asked) == marks <= QUESTIONS


@pytest.mark.parametrize("name", TEMPLATES)
def test_an_assistant_is_told_little(name: str) -> None:
    told = rendered(catalog.bundled(name))["AGENTS.md"][0].decode()
    assert 50 < words(told) <= 150


@COMBINATIONS
def test_a_reader_finds_little_prose(name: str, given: dict[str, str]) -> None:
    files = rendered(catalog.bundled(name), **given)
    found = prose({path: data.decode() for path, (data, _) in files.items() if path.endswith(".md")})
    print(f"{sum(found.values())} words: {found}")
    assert len(found) >= 13
    assert sum(found.values()) <= WORDS
