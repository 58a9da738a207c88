"""Whether documents still speak of data that were exchanged."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.contract import PATH as CONTRACT
from scaffolder.check.contract import contract
from scaffolder.check.documents import documents
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing, not_applicable
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.metrics import metrics

SHOWN = 5  # pieces of evidence


class Leftovers(Item):
    """Leftovers: once the data were exchanged, no document speaks of the former ones."""

    id = "leftovers"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: data source description; Gebru et al. 2021, Datasheets for Datasets"

    def check(self, repo: Repository) -> Verdict:
        """Rewrite the sentences that name the publisher, the columns or the subject of the data that you replaced.

        A reader who finds another data set's words in your documents stops believing the rest.
        """
        declared, measured = contract(repo), metrics(repo)
        if declared is None or not declared.words or not declared.shipped:
            return not_applicable(f"{CONTRACT} names no words of data that came with the repository")
        if measured is None or measured.run.data_sha256 in (None, declared.shipped):
            return not_applicable("no run on other data than those that came with it is recorded")
        found = [evidence for evidence, _ in zip(_mentions(repo, declared.words), range(SHOWN), strict=False)]
        if found:
            return missing(*found)
        pages = len(documents(repo))
        return done(Evidence(f"none of {len(declared.words)} words of the former data stands in {pages} documents"))


def _mentions(repo: Repository, words: tuple[str, ...]) -> Iterator[Evidence]:
    named = re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE)
    for page in documents(repo):
        for number, line in enumerate(page.lines, 1):
            if match := named.search(line):
                yield Evidence(f"“{match[0]}” is a word of the former data", page.path, number)
