"""How the package and the code of the templates are built.

In the package: which room may import which, no import cycles, and only `cli` talks to the terminal. In `src/` of each
template: no import goes upwards or in a circle, not even inside a function, and the same things have the same names.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath

import pytest
from imports import Source, circle
from support import ROOT, combinations, rendered

from scaffolder.template import catalog

PACKAGE = ROOT / "scaffolder"
BASE = {"scaffolder", "errors", "tree", "git", "formats"}  # what every room may import; `scaffolder` is __init__.py
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
    "pages": {"pages", "check.engine", "check.report", "cohort.standing", "portfolio.model", "project.mine", *BASE},
    "repo_review": {"repo_review", "pages", "check", "project", "template", *BASE},  # an adapter, beside `cli`
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
# The rooms of each template, the modules and packages in src/PACKAGE, from the bottom to the top. A room imports rooms of
# its own line and of those above it here. What all templates share stands in the first line and knows nothing of the rest.
LAYERS = {
    "classical-ml": """
        bootstrap exits reporting
        dependent target outcome settings measures booster manifest task
        normalise validation splitting data
        features model artifacts
        rule selection training scoring figures evaluation
        experiment
        serving
        report __main__
        """,
    "domain-capstone": """
        bootstrap exits reporting
        sqlite dependent settings domain manifest data
        estimates technique artifacts explain policy deciding audit monitoring reviewed
        fairness scoring technique_figure figures training evaluation
        experiment
        serving
        report __main__
        """,
    "llm-eval": """
        bootstrap exits reporting
        errors passages words documents retrieval embedding encoders models
        settings matrix evaluation benchmark runs tasks
        runner scoring leaderboards regressions error_analysis figures page results
        experiment
        serving
        report __main__
        """,
    "mlops-deploy": """
        bootstrap exits reporting
        sqlite settings_schema settings manifest data deployments store
        mlflow_server registry model onnx_export scoring training evaluation experiment replay lineage
        monitoring timeline figures
        serving routing
        deploying
        loadtest report drill __main__
        """,
    "rag-assistant": """
        bootstrap exits reporting
        passages words hits documents errors settings embedding stores retrieval
        ingestion answering wiring
        evaluation drift
        serving
        report __main__
        """,
}
TEMPLATES = pytest.mark.parametrize("template", LAYERS)
EVERYWHERE = {"__init__.py", "__main__.py", "base.py", "config.py"}  # mean the same in each folder
SHARED = ROOT / "templates/_shared/src/any_package"
GUIDE = ROOT / "docs/template-author.md"


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
    assert "scaffolder.template.catalog" in SOURCE.imported("scaffolder.cli.new")  # inside functions
    assert "scaffolder.template.catalog" not in SOURCE.imported("scaffolder.cli.new", at_start=True)
    assert set(ROOMS) == set(MAY_IMPORT)


@cache
def sources(template: str) -> list[Source]:
    """The source of a template, once for each set of files that its choices give."""
    found = {}
    for given in combinations(template):
        files = rendered(catalog.bundled(template), **given)
        source = {path.removeprefix("src/"): data for path, (data, _) in files.items() if path.startswith("src/")}
        found[frozenset(source.items())] = Source(source)
    return list(found.values())


def room_in_template(module: str) -> str:
    """The module or package in src/PACKAGE that `module` belongs to; empty for the package itself."""
    return module.partition(".")[2].partition(".")[0]


def rooms(source: Source) -> dict[str, set[str]]:
    """Which room of a template imports which others."""
    found: dict[str, set[str]] = {}
    for module, imported in source.graph.items():
        mine = room_in_template(module)
        found.setdefault(mine, set()).update(map(room_in_template, imported))
        found[mine].discard(mine)
    return found


@TEMPLATES
def test_no_import_of_a_template_goes_upwards(template: str) -> None:
    layers = [line.split() for line in LAYERS[template].strip().splitlines()]
    height = {room: level for level, line in enumerate(layers) for room in line} | {"": 0}
    assert set(height) == {room for source in sources(template) for room in rooms(source)}
    for source in sources(template):
        upwards = [
            f"{module} imports {other}"
            for module, imported in source.graph.items()
            for other in imported
            if height[room_in_template(other)] > height[room_in_template(module)]
        ]
        assert upwards == []


@TEMPLATES
def test_no_import_of_a_template_goes_in_a_circle(template: str) -> None:
    for source in sources(template):
        assert circle(source.graph) == []
        assert circle(rooms(source)) == []


def test_circles_and_rooms_are_seen_inside_functions_and_for_type_checkers() -> None:
    files = {
        "p/__init__.py": b"",
        "p/low.py": b"def f():\n    from .high import app\n",
        "p/high/app.py": b"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .. import low\n",
    }
    assert set(circle(Source(files).graph)) == {"p.low", "p.high.app"}
    assert rooms(Source(files)) == {"": set(), "low": {"high"}, "high": {"low"}}
    assert circle(Source(files).graph_at_start()) == []


def test_files_that_only_a_choice_has_are_seen() -> None:
    modules = {module for source in sources("rag-assistant") for module in source.trees}
    assert {"assistant.stores.sqlite", "assistant.stores.postgres", "assistant.embedding.wordllama"} <= modules
    assert len({source.trees["capstone.technique"] for source in sources("domain-capstone")}) == 3


def vocabulary() -> dict[str, list[str]]:
    """The table of names: each name, and those that must not stand for the same thing."""
    table = GUIDE.read_text(encoding="utf-8").partition("## Names\n")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| `")]
    return {name.strip(" `"): re.findall("`([^`]+)`", others) for name, _, others in rows}


@cache
def paths(template: str) -> set[PurePosixPath]:
    """The files in src/ and tests/ of a template, whatever is chosen."""
    every = {path for given in combinations(template) for path in rendered(catalog.bundled(template), **given)}
    return {PurePosixPath(path) for path in every if path.startswith(("src/", "tests/"))}


def test_the_same_things_have_the_same_names_in_all_templates() -> None:
    found = {template: {path.name for path in paths(template)} for template in LAYERS}
    assert len(vocabulary()) > 15
    for name, others in vocabulary().items():
        assert sum(name in names for names in found.values()) > 1, f"no two templates have {name}"
        assert others
        assert {other: template for template, names in found.items() for other in others if other in names} == {}


@TEMPLATES
def test_a_template_does_not_name_a_module_as_a_shared_one_elsewhere(template: str) -> None:
    shared = {path.relative_to(SHARED).as_posix() for path in SHARED.rglob("*.py")}
    modules = {
        PurePosixPath(*path.parts[2:]) for path in paths(template) if path.parts[0] == "src" and path.suffix == ".py"
    }
    copied = {path.name for path in modules if path.as_posix() in shared}
    own = {path.name for path in modules if path.as_posix() not in shared}
    assert len(copied) > 10
    assert own & copied - EVERYWHERE == set()


def test_no_two_test_modules_have_the_same_name() -> None:
    """pytest would not collect the second one."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert len(names) > 100
    assert [name for name, count in names.items() if count > 1] == []
