"""Builder: somebody else can run it, trust it and find their way in it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from functools import lru_cache

from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.commands import Cited, absent, cited
from scaffolder.check.readers.links import Broken, count_internal
from scaffolder.check.readers.make import Makefile
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.shipping.tests_ast import Suite

SHOWN = 5  # pieces of evidence
README = "README.md"
MOST_IDLE = 1 / 3  # share of tests that may assert nothing by themselves

_LOCKS = (
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "pixi.lock",
    "pylock.toml",
    "*.lock",
    "conda-lock.y*ml",
    "requirements*.txt",
    "requirements/*.txt",
)
_PINNED = re.compile(r"^[A-Za-z0-9][\w.\-]*(?:\[[^\]]*\])?\s*==\s*[\w.!+*]+", re.MULTILINE)
_REQUIRED = re.compile(r"^[A-Za-z0-9][\w.\-]*", re.MULTILINE)
_MODULE = re.compile(r"\bpython[\d.]*\s+(?:-[A-Za-z]\s+)*-m\s+([A-Za-z_][\w.]*)")


class DataSchema(Item):
    """Schema of the data: every column, its kind and what it means."""

    id = "data-schema"
    level = Level.BUILDER
    source = "Google's ML Test Score, Data 1: feature expectations are captured in a schema; Datasheets for Datasets"

    def check(self, columns: tuple[str, ...], documents: tuple[Document, ...]) -> Verdict:
        """Describe each column of the data in one table (name, kind, meaning), in README.md or data/DATASET.md.

        A reader can't judge a model whose inputs have to be guessed.
        """
        described = [(document, _described(document)) for document in documents]
        if not columns:
            return _schema_without_columns(documents)
        document, names = max(described, key=lambda each: len(each[1] & set(columns)), default=(None, frozenset[str]()))
        left = [column for column in columns if column not in names]
        if document is None or len(left) == len(columns):
            return missing(Evidence(f"no table describes the {len(columns)} columns of the data"))
        if left:
            return missing(Evidence(f"{', '.join(left[:SHOWN])} not described", document.path))
        line = next(table.line for table in document.tables if _names(table.rows) & set(columns))
        return done(Evidence(f"describes all {len(columns)} columns", document.path, line))


def _described(document: Document) -> frozenset[str]:
    return frozenset(name for table in document.tables for name in _names(table.rows))


def _names(rows: tuple[tuple[str, ...], ...]) -> set[str]:
    """What stands, alone or in a list, in the first cells of the rows that say something about it."""
    told = (row for row in rows if len(row) > 1 and any(len(cell.strip()) > 2 for cell in row[1:]))
    return {name.strip() for row in told for name in (plain(row[0]), *re.split(r",| and ", plain(row[0])))}


def _schema_without_columns(documents: tuple[Document, ...]) -> Verdict:
    for document in documents:
        section = document.section("schema", "data schema", "columns", "fields", "data dictionary", "record format")
        if section and section.tables:
            return done(Evidence("the fields are described", document.path, section.line))
    return missing(Evidence("no section tells the fields of a record", README))


class Reproduce(Item):
    """Reproduce: the commands that the README cites exist, and a lock file fixes what they install."""

    id = "reproduce"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: others can run it; Google's ML Test Score, Infra 1"

    def check(self, readme: Document | None, snapshot: Snapshot, makefile: Makefile | None) -> Verdict:
        """Cite the commands that install and run it in README.md, and commit a lock file (`make lock`).

        The first command that fails is where most readers stop.
        """
        steps = _steps(readme) if readme else []
        if readme is None or not steps:
            return missing(Evidence("no command tells how to run it", README))
        locks = [path for path in snapshot.glob(*_LOCKS) if _locked(path, snapshot.text(path) or "")]
        installed = "\n".join((snapshot.text(path) or "").lower() for path in locks[:3])
        wrong = [
            Evidence(f"`{step.text[:60]}`: {what}", readme.path, step.line)
            for step in steps
            if (what := absent(step.command, snapshot, makefile) or _no_module(step, snapshot, installed))
        ]
        wrong += [] if locks else [Evidence("there is no lock file with exact versions")]
        if wrong:
            return missing(*wrong[:SHOWN])
        commands = Evidence(f"{len(steps)} commands, from `{steps[0].text[:40]}`", readme.path, steps[0].line)
        return done(commands, Evidence("exact versions", locks[0]))


def _steps(readme: Document) -> list[Cited]:
    """The commands outside the section on deployment, which has an item of its own."""
    deployment = readme.section("deployment")
    apart = range(deployment.line, deployment.end + 1) if deployment else range(0)
    return [step for step in cited(readme) if step.line not in apart]


def _no_module(step: Cited, snapshot: Snapshot, installed: str) -> str | None:
    """That `python -m name` names neither a module here nor one that is installed."""
    found = _MODULE.search(step.text)
    if found is None:
        return None
    name = found[1]
    path, top = name.replace(".", "/"), name.partition(".")[0]
    places = (f"{folder}{path}{end}" for folder in ("", "src/") for end in (".py", "/__main__.py"))
    known = (
        top in sys.stdlib_module_names
        or top in ("pip", "pytest")
        or re.search(rf"^{re.escape(top.lower().replace('_', '-'))}\b", installed, re.MULTILINE)
    )
    return None if known or any(snapshot.has(place) for place in places) else f"there is no module {name}"


@lru_cache(maxsize=16)  # locks are long, and the same in all repositories of a cohort
def _locked(path: str, text: str) -> bool:
    """Whether a file fixes versions: any lock, or requirements that are all exact."""
    if not path.endswith(".txt"):
        return bool(text.strip())
    required = len(_REQUIRED.findall(text))
    return required > 0 and len(_PINNED.findall(text)) == required


class TestsProve(Item):
    """Tests: they assert something about the package."""

    id = "tests"
    level = Level.BUILDER
    source = "Google's ML Test Score, Infra 2: model specification code is unit tested; checklist of strong portfolios"

    def check(self, tests: Suite) -> Verdict:
        """Write tests in tests/test_*.py that import your package and assert what it returns, also for bad input.

        A test that asserts nothing passes whatever the code does.
        """
        if tests.unparsed:
            return missing(*(Evidence("it does not parse as Python", path) for path in tests.unparsed[:SHOWN]))
        if not tests.found:
            return missing(Evidence("there is no test function", "tests"))
        proving, idle = tests.proving, tests.idle
        if len(idle) > MOST_IDLE * len(tests.found):
            return missing(*(Evidence(f"{test.name} asserts nothing", test.path, test.line) for test in idle[:SHOWN]))
        if not proving:
            first = tests.found[0]
            return missing(Evidence(f"no test imports {_listed(tests.packages)}", first.path, first.line))
        fact = f"{len(proving)} of {len(tests.found)} tests assert something about {_listed(tests.packages)}"
        return done(Evidence(fact, proving[0].path, proving[0].line))


def _listed(packages: frozenset[str]) -> str:
    return ", ".join(sorted(packages)[:3]) or "the repository's own code"


class Links(Item):
    """Links: those inside the repository lead somewhere."""

    id = "links"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: a reader finds what is named"

    def check(self, documents: tuple[Document, ...], broken_links: tuple[Broken, ...]) -> Verdict:
        """Correct the path or the heading that the link names; an anchor is the heading in small letters with hyphens.

        A dead link on the first page tells a reader that nobody looked.
        """
        if not documents:
            return missing(Evidence("there is no document", README))
        if broken_links:
            return missing(*_shown(broken_links))
        return done(Evidence(f"{count_internal(documents)} links in {len(documents)} documents", documents[0].path))


def _shown(broken: tuple[Broken, ...]) -> Iterator[Evidence]:
    for link in broken[:SHOWN]:
        yield Evidence(f"{link.target[:80]}: {link.reason}", link.path, link.line)
