"""The owner's part of a project that a template made: own data or experiments, and own tests for own code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.check.contract import contract
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, missing, not_applicable
from scaffolder.check.initial_render import recorded
from scaffolder.check.item import Item
from scaffolder.check.items.endpoint_tests import Route, matching, requests, routes
from scaffolder.check.own_work import own_work
from scaffolder.check.readers.assertions import Function, functions
from scaffolder.check.readers.data_files import settings
from scaffolder.check.readers.gitignore import ignored
from scaffolder.check.readers.metrics import parsed
from scaffolder.check.readers.python import Module
from scaffolder.check.readers.values import leaves
from scaffolder.project.mine.file_kinds import Kind
from scaffolder.results.finding import Evidence, Level

if TYPE_CHECKING:
    from scaffolder.project.mine.comparison import Comparison, Share

EXPERIMENTS = "reports/experiments.json"
_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class OwnDataOrExperiment(Item):
    """Own data or own experiment: the project measures something that its template does not."""

    id = "own-data-or-experiment"
    level = Level.DEPLOYER
    source = "Robinson and Nolis 2020, Build a Career in Data Science, chapter 4: find data, ask a question of your own"

    def check(self, repo: Repository) -> Verdict:
        """Bring data of your own (`scaffolder adopt --data FILE`), or try a change of yours and measure it.

        Where the Makefile has `make experiment NAME=…`, that measures a change. Others have begun with the same
        template: what you asked and found out yourself is what a reader wants to see.
        """
        found, unknown = own_work(repo)
        if found is None:
            return not_applicable(unknown)
        seen = [*_data(repo, found), *_experiments(repo, found)]
        if proofs := [evidence for counts, evidence in seen if counts]:
            return done(*proofs)
        nothing = Evidence("as of the last commit, all data and experiments are the template's")
        return missing(*([evidence for _, evidence in seen] or [nothing]))


def _data(repo: Repository, found: Comparison) -> Iterator[tuple[bool, Evidence]]:
    """The data that the template does not have, and whether the project uses them; what Git ignores, programs made."""
    names, made = _named(repo), ignored(repo)
    for path in (share.path for share in found.of(Kind.DATA) if share.own and not made(share.path)):
        if any(f"{path}/".startswith(f"{name}/") for name in names):
            yield True, Evidence("data that the template does not have", path)
        else:
            yield False, Evidence("the template does not have it, but settings.toml does not name it", path)


def _named(repo: Repository) -> set[str]:
    """The texts in settings, contract and record, some of which name files and folders of data."""
    from scaffolder.project.mine.sources import own_data

    declared, generated = contract(repo), recorded(repo)
    adopted = own_data(generated) if generated else ()
    texts = [text for text in leaves(settings(repo)) if isinstance(text, str)]
    return {text.strip("/") for text in (*texts, *adopted, declared.corpus if declared else "")} - {""}


def _experiments(repo: Repository, comparison: Comparison) -> Iterator[tuple[bool, Evidence]]:
    """The measured experiments with a line of the owner's, and whether they are as they were measured."""
    content = parsed(repo, EXPERIMENTS)
    for name, experiment in content.items() if isinstance(content, dict) else ():
        path = experiment.get("file") if isinstance(experiment, dict) else None
        if isinstance(path, str) and (path in comparison.texts or path.endswith(".diff")):  # of code
            same = bool(experiment.get("text")) and experiment["text"] == repo.snapshot.text(path)
            what = f"the experiment {name[:100]}, measured by its owner" if same else "changed since it was measured"
            yield same, Evidence(what, path)


class OwnTests(Item):
    """Own tests: a test of the owner's calls code of the owner's."""

    id = "own-tests"
    level = Level.DEPLOYER
    source = "Google's ML Test Score, Infra 2: model specification code is unit tested"

    def check(self, repo: Repository) -> Verdict:
        """Write or change a function, write a test that calls it by its name or route and can fail, and commit both.

        The template's tests prove what the template does; yours show that you know what you changed.
        """
        found, unknown = own_work(repo)
        if found is None:
            return not_applicable(unknown)
        if untested := _untested(found):
            return missing(*untested)
        code = list(_parts(found, Kind.CODE))
        own = [(part, node) for part in code for node in part.definitions if not node.col_offset]
        if not own:
            return missing(Evidence("as of the last commit, no function or class in Python has a line of the owner's"))
        if proofs := [proof for tests in _parts(found, Kind.TESTS) for proof in _proven(tests, code)]:
            return done(*proofs)
        unnamed = "has lines of the owner's, and no test of theirs that names it was found"
        return missing(*(Evidence(f"{node.name} {unnamed}", part.module.path, node.lineno) for part, node in own))


def _untested(found: Comparison) -> list[Evidence]:
    """The evidence if all Python files of code, or all those of tests, are the template's to the last byte."""
    changed = [share for share in found.files if share.changed and share.path.endswith(".py")]
    code = [share.path for share in changed if share.kind is Kind.CODE]
    if not code:
        return [Evidence("as of the last commit, each Python file is the template's")]
    if not any(share.kind is Kind.TESTS for share in changed):
        return [Evidence("it differs from the template, and no file of tests does", path) for path in code]
    return []


class _Part(NamedTuple):
    """A Python file, and its functions, methods and classes with a line of the owner's."""

    module: Module
    definitions: tuple[_Definition, ...]


def _parts(found: Comparison, kind: Kind) -> Iterator[_Part]:
    for share in found.of(kind):
        if share.owner and share.path.endswith(".py"):
            module = Module(share.path, found.texts[share.path])
            definitions = (node for node in module.nodes if isinstance(node, _Definition))
            yield _Part(module, tuple(node for node in definitions if _is_own(node, share)))


def _is_own(node: _Definition, share: Share) -> bool:
    start = min(each.lineno for each in (node, *node.decorator_list))
    return any(first <= (node.end_lineno or start) and last >= start for first, last in share.marked)


def _proven(tests: _Part, code: list[_Part]) -> Iterator[Evidence]:
    """The owner's tests that can fail and name a definition of the owner's, or ask a route of theirs."""
    own = {node.lineno: node for node in tests.definitions}
    for each in functions(tests.module):
        if each.line in own and each.is_test and each.asserts and "skip" not in each.marks:
            named = next(chain(_named_in(own[each.line], code), _asked_by(each, tests.module, code)), "")
            if named:
                what = f"{each.name} calls {named}, and both have lines of the owner's"
                yield Evidence(what, tests.module.path, each.line)


def _named_in(test: _Definition, code: list[_Part]) -> Iterator[str]:
    """The owner's functions and classes that a test names; methods have names that others have, too."""
    names = {getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(test)}
    return (node.name for part in code for node in part.definitions if not node.col_offset and node.name in names)


def _asked_by(test: Function, module: Module, code: list[_Part]) -> Iterator[str]:
    """The owner's routes that a test sends requests to."""
    ours = [route for part in code for route in _own_routes(part)]
    for sender, sent in requests(module) if ours else ():
        if sender.name == test.name:
            yield from (str(route) for _, method, path in sent if (route := matching(method, path, ours)))


def _own_routes(part: _Part) -> Iterator[Route]:
    lines = {each.lineno for node in part.definitions for each in node.decorator_list}
    return (route for route in routes(part.module) if route.line in lines)
