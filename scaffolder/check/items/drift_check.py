"""Code that compares incoming data with reference statistics of the training data."""

from __future__ import annotations

import re
from itertools import islice

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.make import makefile
from scaffolder.check.readers.python import Module, modules
from scaffolder.check.readers.workflow import workflows
from scaffolder.results.finding import Evidence, Level

MAX_MODULES = 10  # that measure drift
MAX_NAMES = 50  # of files

_MEASURES = re.compile(
    r"^[ \t]*(?:(?:async )?def|class) (\w*drift\w*|(?:\w*_)?(?:psi|population_stability|ks_2?samp|ks_test|wasserstein"
    r"|jensen_?shannon|chi2_contingency)(?:_\w*)?)\b",
    re.IGNORECASE | re.MULTILINE,
)
_FILE = re.compile(r"[\"']([\w./-]{1,200}\.(?:json|csv|parquet|npz|npy|ya?ml|toml|csv\.gz|feather))[\"']")
_REFERENCE = re.compile(r"reference|baseline|profile|statistics|expected", re.IGNORECASE)
_RECORDS = re.compile(
    r"^(?:async )?def ((?:record|save|write|store|keep|fit|build)_\w*(?:reference|baseline|profile|statistics))\(",
    re.MULTILINE,
)


class DriftCheck(Item):
    """Drift check: incoming data are compared with statistics of the training data."""

    id = "drift-check"
    level = Level.OPERATOR
    needs = "drift"
    source = "Google's ML Test Score, Monitor 2 and 3: data invariants hold, training and serving are not skewed"

    def check(self, repo: Repository) -> Verdict:
        """Write a module that measures drift (PSI, say) against reference statistics of the training data.

        Their file is in the repository (or a function that another module calls records them), and a make target, a
        workflow or the service runs the check. Labels come late: drift is what can be seen at once.
        """
        code = [module for module in modules(repo) if not module.is_test]
        lacking = [Evidence("no function or class in Python measures drift, by its name")]
        measuring = ((each, match) for each in code if (match := _MEASURES.search(each.text)))
        for module, found in islice(measuring, MAX_MODULES):
            reference, runner = _reference(repo, module, code), _runner(repo, module, code)
            line = module.text.count("\n", 0, found.start()) + 1
            if reference and runner:
                how = Evidence(f"{found[1]}, run by {runner}", module.path, line)
                return done(how, Evidence("reference statistics", reference))
            what = "nothing was found that runs it" if reference else "no reference file that it names was found"
            lacking.append(Evidence(f"{found[1]}: {what}", module.path, line))
        return flawed(lacking[1]) if lacking[1:] else missing(lacking[0])


def _reference(repo: Repository, module: Module, code: list[Module]) -> str | None:
    """The path of the reference statistics: a data file in the repository, or else a module that records them.

    The data file is named by `module`, or by any code if its name says that it is a reference.
    """
    others = (name for other in code for name in _FILE.findall(other.text) if _REFERENCE.search(name))
    for name in islice(dict.fromkeys((*_FILE.findall(module.text), *others)), MAX_NAMES):
        ending = "/" + name.lstrip("./")
        path = next((path for path in repo.snapshot.paths if f"/{path}".endswith(ending)), None)
        if path and (repo.snapshot.data(path) or b"").strip(b"{}[] \n"):
            return path
    return next((path for other in code if (path := _recorded_by(other, code))), None)


def _recorded_by(module: Module, code: list[Module]) -> str | None:
    """The path of `module` if it is about drift and has a function such as `record_baseline` that another one calls."""
    names = _RECORDS.findall(module.text) if "drift" in module.path + module.text else ()
    called = any(f"{name}(" in other.text for name in names for other in code if other is not module)
    return module.path if called else None


def _runner(repo: Repository, module: Module, code: list[Module]) -> str | None:
    """The make target, workflow or other module that runs the module; None if there is none."""
    stem = re.escape(module.path.rpartition("/")[2].removesuffix(".py"))
    named = re.compile(rf"\b(?:{stem}|drift)\b")
    found = makefile(repo)
    for target in found.targets.values() if found else ():
        if any(map(named.search, target.recipe)):
            return f"make {target.name}"
    for workflow in workflows(repo):
        if any(named.search(step.run) for step in workflow.steps):
            return workflow.path
    imports = re.compile(rf"^[ \t]*(?:from|import)\b[^\n]*\b{stem}\b", re.MULTILINE)
    return next((other.path for other in code if other is not module and imports.search(other.text)), None)
