"""What `docs/tour.md` of a generated repository names is there: its owner repeats these names in an interview."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import PurePosixPath

import pytest
from support import combinations, name_of, rendered

from scaffolder.template import catalog

NAMED = re.compile(r"`([a-z_]+)\.([A-Za-z_]+)(?:\([^`]*\))?`")  # `module.name` or `module.name(...)`
FILES = {"toml", "md", "py", "csv", "json", "jsonl", "txt", "yaml", "yml", "lock", "sql", "js"}
TOURS = [(name, given) for name in catalog.names() for given in combinations(name)]


@cache
def defined(source: bytes) -> set[str]:
    """The functions, classes, methods and variables of a module, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


@pytest.mark.parametrize(("name", "given"), TOURS, ids=name_of)
def test_the_code_that_a_tour_names_exists(name: str, given: dict[str, str]) -> None:
    files = rendered(catalog.bundled(name), **given)
    modules: dict[str, set[str]] = {}
    for path in map(PurePosixPath, files):
        if path.parts[0] == "src" and path.suffix == ".py":
            stem = path.parent.name if path.stem == "__init__" else path.stem
            modules.setdefault(stem, set()).update(defined(files[str(path)][0]))
    named = [one for one in NAMED.findall(files["docs/tour.md"][0].decode()) if one[1] not in FILES]
    assert len(named) > 3
    assert [f"{module}.{what}" for module, what in named if what not in modules.get(module, set())] == []
