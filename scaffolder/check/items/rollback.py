"""A command that brings the last good version back, and a version to bring back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import SHOWN, Verdict, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.readers.commands import absent, cited
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.results.finding import Evidence, Level

_BACK = re.compile(r"\broll(?:ed|ing|s)?[ -]?back|\brestor(?:e|ed|ing) the (?:previous|last|earlier)\b", re.IGNORECASE)
_RESTORES = re.compile(
    r"rollback|roll-back|\bundo\b|\bgit (?:checkout|revert|switch|restore|reset)\b|\brestore\b|\bpromote\b"
    r"|\bprevious\b|--to-revision|\b(?:IMAGE_)?(?:TAG|VERSION)=|:v?\d+\.\d|@sha256:",
    re.IGNORECASE,
)
_NAMED = re.compile(r"(?<![\w.=-])v?\d+\.\d+(?:\.\d+)?(?![\w.])|\bv\d+\b")
_VERSION = re.compile(r"v?\d+(?:\.\d+){1,3}(?:[-+.]?\w+)?|v\d+|20\d\d-\d\d-\d\d\S*|[0-9a-f]{12,64}")
_HEADING = re.compile(r"\W*(?:version |release )?\W*(v?\d+(?:\.\d+)+|v\d+|20\d\d-\d\d-\d\d)\b", re.IGNORECASE)
_SHELVES = frozenset("artifacts models model registry model_registry releases versions".split())
_PLACES = "Git tags, a changelog or folders of models"


class Rollback(Item):
    """Rollback: a command that brings the last good version back, and a version to bring back."""

    id = "rollback"
    level = Level.OPERATOR
    operated = True
    source = "Google's ML Test Score, Infra 7: models can be quickly and safely rolled back; NIST AI RMF, MANAGE 2.4"

    def check(self, repo: Repository) -> Verdict:
        """Write the command that rolls back, such as `git checkout v1.0.0 -- artifacts && make image`.

        And keep something to go back to: at least two versions, in folders of models, as Git tags or in CHANGELOG.md.
        At night nobody wants to find out how.
        """
        steps = [
            (page.path, step)
            for page in documents(repo)
            for section in page.sections
            if _BACK.search(section.title)
            for step in cited(section)
        ]
        if not steps:
            return missing(Evidence("no section called Rollback with a command"))
        known = versions(repo)
        wrong = [
            Evidence(f"`{step.text[:60]}`: {what}", path, step.line)
            for path, step in steps
            if (what := absent(step.command, repo) or _unknown_version(step.text, known))
        ]
        if wrong:
            return flawed(*wrong)
        restoring = next(((path, step) for path, step in steps if _RESTORES.search(step.text)), None)
        if restoring is None:
            what = "is not known to restore an earlier version"
            return flawed(*(Evidence(f"`{step.text[:60]}` {what}", path, step.line) for path, step in steps))
        if len(known) < 2:
            return flawed(Evidence(f"versions found in {_PLACES}: {len(known)}; two are needed to go back"))
        path, step = restoring
        names = ", ".join(sorted(known)[:SHOWN])
        return done(Evidence(f"`{step.text[:60]}`", path, step.line), Evidence(f"{len(known)} versions ({names[:80]})"))


def _unknown_version(text: str, known: frozenset[str]) -> str | None:
    bare = {version.lstrip("v") for version in known}
    unknown = next((match[0] for match in _NAMED.finditer(text) if match[0].lstrip("v") not in bare), None)
    return f"no version {unknown} was found in {_PLACES}" if unknown and known else None


@fact
def versions(repo: Repository) -> frozenset[str]:
    """The versions in folders such as `artifacts/v2/`, the Git tags with a digit, and the headings of a changelog."""
    folders = (pair for path in repo.snapshot.paths for pair in pairwise(path.split("/")[:-1]))
    shelved = (name for shelf, name in folders if shelf in _SHELVES and _VERSION.fullmatch(name))
    tagged = (tag for tag in repo.snapshot.tags if re.search(r"\d", tag))
    return frozenset((*shelved, *tagged, *_released(repo)))


def _released(repo: Repository) -> Iterator[str]:
    for page in documents(repo):
        if page.path.rpartition("/")[2].lower().startswith(("changelog", "changes", "history", "releases")):
            headings = (plain(block.text).strip("[] ") for block in page.blocks if block.kind == "heading")
            yield from (match[1] for match in map(_HEADING.match, headings) if match)
