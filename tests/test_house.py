"""How the package is built: which room may import which, no import cycles, and only `cli` talks to the terminal."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator

import pytest
from imports import Source, circle
from support import ROOT

PACKAGE = ROOT / "scaffolder"
# What every room may import; `scaffolder` is __init__.py, and `results` holds plain data.
BASE = {"scaffolder", "child", "errors", "safe", "tree", "git", "formats", "results"}
MAY_IMPORT = {
    **dict.fromkeys(BASE, BASE),
    "template": {"template", *BASE},
    "exercises": {"exercises", "template", *BASE},
    "project": {"project", "exercises", "template", *BASE},
    "adopt": {"adopt", "template", *BASE},
    "check": {"check", "project", "exercises", "template", *BASE},
    "portfolio": {"portfolio", "check", "project", "template", *BASE},
    "practice": {"practice", "portfolio.results", "check", "project", "exercises", "template", *BASE},
    "cohort": {"cohort", "adopt", "check", "project", "exercises", "template", *BASE},
    "pages": {"pages", "portfolio.model", "project.mine", *BASE},
    "cli": {
        *("cli", "pages", "cohort", "practice", "portfolio", "adopt", "check", "project", "exercises", "template"),
        *BASE,
    },
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

SOURCE = Source(
    {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for path in PACKAGE.rglob("*.py")
        if "templates" not in path.parts
    }
)
MODULES = list(SOURCE.paths)
ROOMS = sorted({module.removeprefix("scaffolder.").partition(".")[0] for module in MODULES})
EACH_ROOM = pytest.mark.parametrize("name", ROOMS)


def room(module: str) -> str:
    return module.removeprefix("scaffolder.").partition(".")[0]


def allows(rooms: set[str], module: str) -> bool:
    inside = module.removeprefix("scaffolder.")
    return any(inside == one or inside.startswith(f"{one}.") for one in rooms)


def modules_of(name: str) -> list[str]:
    return [module for module in MODULES if room(module) == name]


@EACH_ROOM
def test_a_room_imports_only_the_rooms_below_it(name: str) -> None:
    imports = [(module, other) for module in modules_of(name) for other in SOURCE.graph[module]]
    assert [f"{module} imports {other}" for module, other in imports if not allows(MAY_IMPORT[name], other)] == []


def test_no_import_goes_in_a_circle() -> None:
    assert circle(SOURCE.graph_at_start()) == []


@EACH_ROOM
def test_no_docstring_begins_like_a_question(name: str) -> None:
    """One that names its value ("The items that …") or says what is done is understood at first reading."""
    nodes = (node for module in modules_of(name) for node in ast.walk(SOURCE.trees[module]))
    bare = (node.value for node in nodes if isinstance(node, ast.Expr))
    texts = [node.value for node in bare if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert [text for text in texts if text.startswith(("What ", "Who ", "Whose ", "Whom "))] == []


@pytest.mark.parametrize("name", [name for name in ROOMS if name != "cli"])
def test_only_cli_prints_asks_and_exits(name: str) -> None:
    assert [(module, use) for module in modules_of(name) for use in terminal_uses(SOURCE.trees[module])] == []


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
    assert "scaffolder.cli.app" in SOURCE.imported("scaffolder.__main__")
    assert "scaffolder.cli.command" in SOURCE.imported("scaffolder.cli.lazy")  # inside functions
    assert "scaffolder.cli.command" not in SOURCE.imported("scaffolder.cli.lazy", at_start=True)
    assert set(ROOMS) == set(MAY_IMPORT)


def test_no_two_test_modules_have_the_same_name() -> None:
    """pytest would not collect the second one."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(names) > 100
    assert [name for name, count in names.items() if count > 1] == []
