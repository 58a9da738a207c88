"""How the code of the templates is built.

In `src/` of each template no import goes upwards or in a circle, not even inside a function. Values are not changed once
they are made. In all templates the same things have the same names.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import PurePosixPath

import pytest
from imports import Source, circle
from support import ROOT, combinations, rendered

from scaffolder.template import catalog

# The rooms of each template, the modules and packages in src/PACKAGE, from the bottom to the top. A room imports rooms of
# its own line and of those above it here. What all templates share stands in the first line and knows nothing of the rest.
LAYERS = {
    "classical-ml": """
        bootstrap exits reporting
        dependent outcome settings booster inputs decision
        model validation splitting data results
        features
        rule selection training scoring figures evaluation
        experiment
        serving
        report __main__
        """,
    "domain-capstone": """
        bootstrap exits reporting
        reviewers dependent settings domain manifest data
        estimates technique artifacts explain policy deciding audit monitoring reviewed
        answering fairness scoring technique_figure figures training evaluation
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
# Classes of the templates whose objects change: they collect something, or are read from the environment once.
CHANGEABLE = {
    *("serving.config.ServiceConfig", "serving.app.Config", "routing.config.RouterConfig"),
    *("runner.Plan", "tasks.retrievers.Index", "answering.generative.Told"),
}
EVERYWHERE = {"__init__.py", "__main__.py", "base.py", "config.py"}  # mean the same in each folder
SHARED = ROOT / "templates/_shared/src/any_package"
GUIDE = ROOT / "docs/template-author.md"


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


def frozen(tree: ast.Module) -> dict[str, bool]:
    """Whether each dataclass, and each model of pydantic with a configuration, says that it cannot be changed."""
    found = {}
    for one in ast.walk(tree):
        if isinstance(one, ast.ClassDef):
            models = [each.value for each in one.body if ast.unparse(each).startswith("model_config =")]
            for call in (*models, *one.decorator_list):
                name, _, options = ast.unparse(call).partition("(")
                if name in ("dataclass", "ConfigDict", "SettingsConfigDict"):
                    found[one.name] = "frozen=True" in options
    return found


@pytest.mark.parametrize("template", [*LAYERS, SHARED.name])
def test_a_value_is_not_changed_once_it_is_made(template: str) -> None:
    """Requests are answered in several threads, which share settings, passages and models."""
    shared = {path.relative_to(SHARED.parent).as_posix(): path.read_bytes() for path in SHARED.rglob("*.py")}
    found = {
        f"{module.partition('.')[2]}.{name}": fixed
        for source in (sources(template) if template in LAYERS else [Source(shared)])
        for module, tree in source.trees.items()
        for name, fixed in frozen(tree).items()
    }
    assert len(found) > 5
    assert {name for name, fixed in found.items() if not fixed} <= CHANGEABLE


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
