"""How the package is built: which room may import which, no import cycles, and only `cli` talks to the terminal."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from support import ROOT

PACKAGE = ROOT / "scaffolder"
BASE = {"scaffolder", "errors", "tree", "git", "formats"}  # what every room may import; `scaffolder` is __init__.py
MAY_IMPORT = {
    **dict.fromkeys(BASE, BASE),
    "template": {"template", *BASE},
    "project": {"project", "template", *BASE},
    "check": {"check", "project", "template", *BASE},
    "cohort": {"cohort", "check", "project", "template", *BASE},
    "pages": {"pages", "check.engine", "check.report", "cohort.standing", *BASE},
    "repo_review": {"repo_review", "pages", "check", "project", "template", *BASE},  # an adapter, beside `cli`
    "cli": {"cli", "pages", "cohort", "check", "project", "template", *BASE},
    "__main__": {"cli", *BASE},
}
TERMINAL = {
    "print",
    "input",
    "exit",
    "quit",
    "breakpoint",
    "sys.stdin",
    "sys.stdout",
    "sys.stderr",
    "sys.exit",
    "os._exit",
}


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py")) if "templates" not in path.parts}


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(MODULES[module].read_bytes())


def imported(module: str, *, at_start: bool = False) -> set[str]:
    """The modules of the package that `module` imports: anywhere, or `at_start` only those that run on import."""
    nodes = running(tree_of(module)) if at_start else ast.walk(tree_of(module))
    names = {name for node in nodes for name in named(node, module)}
    return {known for name in names if (known := owner(name)) and known != module}


def named(node: ast.AST, module: str) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        package = module if MODULES[module].name == "__init__.py" else module.rpartition(".")[0]
        start = package.rsplit(".", node.level - 1)[0] if node.level else ""
        source = ".".join(filter(None, (start, node.module)))
        yield from (f"{source}.{alias.name}" for alias in node.names)


def owner(name: str) -> str | None:
    """The module that `name`, a module or something in one, belongs to; None outside the package."""
    return name if name in MODULES else name.rpartition(".")[0] if name.rpartition(".")[0] in MODULES else None


def running(node: ast.AST) -> Iterator[ast.AST]:
    """What runs when a module is imported: no function bodies, nothing that only a type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        yield from running(child)


def room(module: str) -> str:
    return module.removeprefix("scaffolder.").partition(".")[0]


def allows(rooms: set[str], module: str) -> bool:
    inside = module.removeprefix("scaffolder.")
    return any(inside == one or inside.startswith(f"{one}.") for one in rooms)


@pytest.mark.parametrize("module", MODULES)
def test_a_room_imports_only_the_rooms_below_it(module: str) -> None:
    assert {name for name in imported(module) if not allows(MAY_IMPORT[room(module)], name)} == set()


def test_no_import_goes_in_a_circle() -> None:
    graph = {module: imported(module, at_start=True) for module in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(f"these modules import each other: {' <- '.join(error.args[1])}")


@pytest.mark.parametrize("module", [module for module in MODULES if room(module) != "cli"])
def test_only_cli_prints_asks_and_exits(module: str) -> None:
    assert list(terminal_uses(tree_of(module))) == []


def terminal_uses(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        name = ast.unparse(node) if isinstance(node, ast.Name | ast.Attribute) else ""
        if name in {*TERMINAL, "SystemExit"}:
            yield f"{name} in line {node.lineno}"
        if isinstance(node, ast.ImportFrom) and node.module in ("sys", "os"):
            yield from (
                f"{alias.name} in line {node.lineno}"
                for alias in node.names
                if f"{node.module}.{alias.name}" in TERMINAL
            )


@pytest.mark.parametrize(
    "code",
    [
        "print(1)",
        "x = input",
        "import sys\nsys.stdout.write('')",
        "raise SystemExit(1)",
        "from sys import exit",
        "exit()",
    ],
)
def test_talking_to_the_terminal_is_noticed(code: str) -> None:
    assert list(terminal_uses(ast.parse(code)))


def test_imports_are_seen_wherever_they_stand() -> None:
    assert "scaffolder.cli.app" in imported("scaffolder.__main__")
    assert "scaffolder.template.catalog" in imported("scaffolder.cli.new")  # inside functions
    assert "scaffolder.template.catalog" not in imported("scaffolder.cli.new", at_start=True)
    assert {room(module) for module in MODULES} == set(MAY_IMPORT)
