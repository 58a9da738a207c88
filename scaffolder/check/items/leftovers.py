"""Whether documents still mention data that were replaced."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from scaffolder.check.contract import PATH as CONTRACT
from scaffolder.check.contract import contract
from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import SHOWN, Verdict, counted, done, flawed, not_applicable
from scaffolder.check.item import Item
from scaffolder.check.items.data_schema import columns
from scaffolder.check.readers.data_files import pyproject, settings
from scaffolder.check.readers.metrics import metrics
from scaffolder.check.readers.values import table
from scaffolder.results.finding import Evidence, Level


class Leftovers(Item):
    """Leftovers: once the data were replaced, no document has a word that scaffolder.toml lists for the former ones."""

    id = "leftovers"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: data source description; Gebru et al. 2021, Datasheets for Datasets"

    def check(self, repo: Repository) -> Verdict:
        """Rewrite the sentences that name the publisher, the columns or the subject of the data that you replaced.

        Only listed words are found: those of the data that came with the repository, and what you add under `[data]`.
        The project's own name may have one, since its address stays. A reader who finds another data set's words in
        your documents stops believing the rest.
        """
        declared = contract(repo)
        if declared is None or not declared.words:
            return not_applicable(f"{CONTRACT} lists no words of former data, so nothing can be looked for")
        if not _exchanged(repo, declared.shipped):
            return not_applicable("neither settings.toml nor a run names other data than those of the template")
        here = {name.casefold() for name in columns(repo)}
        found = list(islice(_mentions(repo, [word for word in declared.words if word.casefold() not in here]), SHOWN))
        if found:
            return flawed(*found)
        pages = len(documents(repo))
        return done(
            Evidence(f"none of {len(declared.words)} words of the former data is in {counted(pages, 'document')}")
        )


def _exchanged(repo: Repository, shipped: str) -> bool:
    """Whether the settings, or else the last run, name data with another hash than the `shipped` data.

    If `shipped` is "", because a program makes the data, any hash in the settings is another one.
    """
    pinned, measured = table(settings(repo), "data").get("sha256"), metrics(repo)
    if not shipped:
        return pinned is not None
    return (pinned or (measured.run.data_sha256 if measured else None)) not in (None, shipped)


def _mentions(repo: Repository, words: Sequence[str]) -> Iterator[Evidence]:
    own = _own_name(repo)
    ignored = [own] if own and own not in {word.casefold() for word in words} else []
    named = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, [*ignored, *words]))})(?!\w)", re.IGNORECASE)
    for page in documents(repo):
        for number, line in enumerate(page.lines, 1):
            if "TODO(" in line:  # an open question may quote the former words
                continue
            if match := next((one for one in named.finditer(line) if one[0].casefold() not in ignored), None):
                yield Evidence(f"“{match[0]}” is a word of the former data", page.path, number)


def _own_name(repo: Repository) -> str:
    """The name in pyproject.toml, in lower case, with which the repository's address ends; "" if there is none."""
    return str(table(pyproject(repo), "project").get("name", "")).casefold()
