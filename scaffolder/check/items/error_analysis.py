"""The analysis of the cases that the model gets wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.contract import contract
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.csv import errors_csv, predictions
from scaffolder.check.readers.markdown import Passage
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.written import WrittenItem
from scaffolder.results.finding import Evidence, Level

# "row 4796", but neither "row 4796 of the table" nor "row 100 to 200": those are places, not names.
_ROW = re.compile(r"\brow (\d{3,12})\b(?![.,]\d|\s*(?:of|to|and|-|–|%))", re.IGNORECASE)
_CODE = re.compile(r"(?<!`)`([\w-]{2,40})`(?!`)")


class ErrorAnalysis(WrittenItem):
    """Error analysis: which cases it gets wrong, what they have in common, and for whom it is worse.

    Under "Error analysis" in README.md, name single cases that it got wrong and a group, and say why they fail.

    Only somebody who knows where it fails can improve it or warn its users.

    Under "Error analysis" in README.md, name cases of reports/errors.csv and a slice, and say why they fail.
    """

    id = "error-analysis"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: error analysis; NIST AI RMF, MEASURE 2.3"
    essential = True
    subject = "error analysis"
    place = 'section "Error analysis" in README.md'
    rubric = (
        "Does it look at single cases that went wrong, and say what they have in common?",
        "Does it name a group for which the results are worse, and how much worse?",
        "Does it give a likely cause, and what was or would be done about it?",
    )

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """Cases in the text that the reports do not have."""
        errors = errors_csv(repo)
        if errors is None:
            return
        measured = predictions(repo)
        known = errors.ids | (measured.ids if measured else frozenset())
        for block in passage.own:
            for name in _named(plain(block.text), block.text, known):
                if name not in known:
                    fact = f"{_unit(repo)} {name} is in neither {errors.path} nor the predictions"
                    yield Evidence(fact, passage.path, block.line)


def _named(text: str, source: str, known: frozenset[str]) -> Iterator[str]:
    """The cases that a text names: by "row 4796", or in code by a name of the same form as the known ones."""
    if all(name.isdigit() for name in known):
        yield from _ROW.findall(text)
        yield from (name for name in _CODE.findall(source) if name.isdigit() and len(name) > 2)
        return
    forms = {_form(name) for name in known}
    yield from (name for name in _CODE.findall(source) if _form(name) in forms)


def _form(name: str) -> str:
    """'q275' -> 'q0'."""
    return re.sub(r"\d+", "0", name)


def _unit(repo: Repository) -> str:
    declared = contract(repo)
    return declared.unit if declared else "row"
