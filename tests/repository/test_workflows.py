"""What runs elsewhere is linted here, without a network: ours, and workflows, Dockerfiles and compose files of each template."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner
from support import ROOT, every_combination

from scaffolder.project.plan import write
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render
from scaffolder.tree import File, Tree, make_tree

WORKFLOWS, DOCKERFILES, COMPOSE = ".github/workflows/*.yml", "**/Dockerfile", "compose.yaml"
DEPENDABOT = ".github/dependabot.yml"
SCHEMA = ("check-jsonschema", "--builtin-schema")
LINTERS: Mapping[str, tuple[str, ...]] = {  # a command, and the files that it is for
    "zizmor": ("zizmor", "--offline", "--quiet", "--persona", "auditor", WORKFLOWS),
    "actionlint": ("actionlint", WORKFLOWS),
    "workflow schema": (*SCHEMA, "vendor.github-workflows", WORKFLOWS),
    "compose schema": (*SCHEMA, "vendor.compose-spec", COMPOSE),
    "hadolint": ("hadolint", DOCKERFILES),
    "Dependabot schema": (*SCHEMA, "vendor.dependabot", DEPENDABOT),
}
ZIZMOR, FORMS = LINTERS["zizmor"][:-1], ".github/ISSUE_TEMPLATE"
OURS: Mapping[str, tuple[str, ...]] = {
    "zizmor": (*ZIZMOR, ".github"),
    "zizmor on the action": (*ZIZMOR, "action.yml"),
    "actionlint": LINTERS["actionlint"],
    "workflow schema": LINTERS["workflow schema"],
    "action schema": (*SCHEMA, "vendor.github-actions", "action.yml"),
    "Dependabot schema": LINTERS["Dependabot schema"],
    "form schema": (*SCHEMA, "vendor.github-issue-forms", f"{FORMS}/[0-9]-*.yml"),
    "form config schema": (*SCHEMA, "vendor.github-issue-config", f"{FORMS}/config.yml"),
    "citation schema": (*SCHEMA, "vendor.citation-file-format", "--force-filetype", "yaml", "CITATION.cff"),
}
CI, CD, PAGES = (f".github/workflows/{name}.yml" for name in ("ci", "cd", "pages"))
USED = re.compile(r"uses: ([\w.-]+/[\w./-]+@.+)")


def generated(name: str, given: Mapping[str, Any]) -> Tree:
    """What the linters look at, of the project that a template makes of these answers."""
    template = catalog.bundled(name)
    return render(template, complete(template, chosen(given)), (".yml", "compose.yaml", "Dockerfile"))


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The same of each template and combination of its choices, without files that an earlier one has."""
    top = tmp_path_factory.mktemp("workflows")
    seen = set[tuple[str, File]]()
    for number, one in enumerate(every_combination()):
        new = make_tree(each for each in generated(*one).items() if each not in seen)
        seen |= new.items()
        (top / str(number)).mkdir()
        write(new, top / str(number))
    return sorted(top.iterdir())


def lint(command: tuple[str, ...], *folders: Path) -> tuple[int, str]:
    """Exit code and output of a linter on all files in `folders` that it is for."""
    program, *options, pattern = command
    files = sorted(str(file) for folder in folders for file in folder.glob(pattern))
    assert files, f"there is no {pattern}"
    if program == "check-jsonschema":  # in this process: to start it takes longer than it runs
        result = CliRunner().invoke(check_jsonschema, [*options, *files])
        return result.exit_code, result.output
    run = [Path(sys.executable).with_name(program), *options, *files]
    done = subprocess.run(run, cwd=folders[0], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("linter", LINTERS)
def test_linters_find_nothing_in_any_project(projects: list[Path], linter: str) -> None:
    code, output = lint(LINTERS[linter], *projects)
    assert code == 0, output


@pytest.mark.parametrize("linter", OURS)
def test_linters_find_nothing_here(linter: str) -> None:
    code, output = lint(OURS[linter], ROOT)
    assert code == 0, output


@cache
def pins() -> Mapping[str, frozenset[str]]:
    """The actions that we and the templates use, and the commits, with the comment that names the version, of each."""
    files = [
        *ROOT.glob(WORKFLOWS),
        ROOT / "action.yml",
        ROOT / "docs/check-in-ci.md",
        ROOT / "scaffolder/portfolio/pages.yml",
        *ROOT.glob(f"templates/*/*/{CI}"),
    ]
    files += [*ROOT.glob(f"templates/*/*/{CD}"), *ROOT.glob(f"templates/_shared/*/{CI}")]
    files += ROOT.glob(f"templates/_shared/*/{PAGES}")
    found = defaultdict(set)
    for file in files:
        for action, _, pin in (used.partition("@") for used in USED.findall(file.read_text("utf-8"))):
            found[action].add(pin)
    return {action: frozenset(each) for action, each in found.items() if action != "OWNER/scaffolder"}


def test_an_action_is_pinned_to_the_same_commit_everywhere() -> None:
    assert {"actions/checkout", "actions/setup-python", "actions/upload-artifact"} <= pins().keys()
    assert {action: each for action, each in pins().items() if len(each) > 1} == {}
    assert all(re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin) for each in pins().values() for pin in each)
