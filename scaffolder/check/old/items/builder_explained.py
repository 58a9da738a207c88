"""Builder: a reader understands what it is for, what it is made of, and what it learned from."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from scaffolder.check.diagrams import drawings
from scaffolder.check.diagrams.drawings import Drawn
from scaffolder.check.engine.finding import (
    Evidence,
    Level,
    State,
    Verdict,
    best,
    done,
    missing,
    placeholder,
    unverified,
)
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.data_counts import Counts, miscounted
from scaffolder.check.numbers.metrics import Metrics
from scaffolder.check.readers.images import Picture
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Document, Passage, Section
from scaffolder.check.words import own
from scaffolder.check.words.placeholders import Shingle, written
from scaffolder.check.words.source import licence_in, origin_in, row_counts, unknown_licence_in

if TYPE_CHECKING:
    from scaffolder.tree import Tree

SHOWN = 5  # pieces of evidence
README = "README.md"
LEAST_NODES, LEAST_EDGES = 3, 2

_WHO = re.compile(
    r"\b(?:teams?|compan(?:y|ies)|managers?|customers?|clients?|users?|analysts?|agents?|staff|engineers?|doctors?|"
    r"nurses?|clinicians?|patients?|teachers?|students?|drivers?|owners?|banks?|lenders?|insurers?|hospitals?|shops?|"
    r"stores?|operators?|planners?|dispatchers?|buyers?|sellers?|investigators?|departments?|support|people|public|"
    r"sales|marketing|retention|passengers?|tenants?|lawyers?|paralegals?|developers?|employees?|workers?|citizens?|"
    r"families|parents?|farmers?|merchants?|cardholders?|borrowers?|applicants?|subscribers?|readers?|reviewers?|"
    r"editors?|business(?:es)?|office|clinic|school|library|city|authority|administrators?|technicians?|consultants?|"
    r"recruiters?|founders?)\b",
    re.IGNORECASE,
)
_STAKES = re.compile(
    r"[$€£¥]|\b(?:USD|EUR|GBP|CHF|costs?|los(?:e|es|t|ing)|loss(?:es)?|wast(?:e|es|ed)|pay(?:s|ing)?|paid|price|"
    r"revenue|margin|money|budget|fines?|hours?|minutes?|delay(?:s|ed)?|wait(?:s|ing)?|overtime|harm(?:s|ed)?|"
    r"dollars?|euros?|missed)\b",
    re.IGNORECASE,
)
_TARGET = re.compile(
    r"(?:\b(?:at least|at most|below|under|above|over|more than|less than|fewer than|no more than|within|from|to|by)|"
    r"[≥≤<>])\s*(?:[a-z]+ ){0,2}[$€£]?\d"
    r"|\b(?:target|goal|aims?|solved|success\w*|reach\w*|reduc\w+|lowers?|rais\w+|increas\w+|halv\w+|counts as)\b.*?\d"
    r"|\d\S* (?:or (?:more|less|fewer|better)|at (?:least|most))\b",
    re.IGNORECASE,
)


class ProblemStatement(Item):
    """Problem statement: who has the problem, what it costs them, and the number that would show it solved."""

    id = "problem"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: a clear problem statement; Google's Rules of ML, rule 2"
    essential = True
    human = True

    def check(self, readme: Document | None, stubs: frozenset[Shingle]) -> Verdict:
        """Under "Problem" in README.md, write who loses what, how often, and which number would show it solved.

        Give the number its value ("at least 80%"): a model without a target can't succeed, and a reader decides in
        these sentences whether the rest is worth their time.
        """
        section = readme.section("problem") if readme else None
        verdict = written(section, stubs, 30)
        if section is None or verdict.state is not State.DONE:
            return verdict
        text = own.own_text(section, stubs)
        target = next((s for s in own.statements(section, stubs) if _TARGET.search(s.text)), None)
        absent = [
            what
            for what, found in (
                ("nobody who has the problem", _WHO.search(text)),
                ("nothing that it costs them", _STAKES.search(text)),
                ("no number that would show it solved", target),
            )
            if not found
        ]
        if absent or target is None:
            return missing(*(Evidence(f"it names {what}", section.path, section.line) for what in absent))
        return done(*verdict.evidence, Evidence(f"target: “{target.text[:70]}”", section.path, target.line))


class ArchitectureDiagram(Item):
    """Architecture diagram: the parts of your system and what flows between them."""

    id = "architecture"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: architecture diagram"
    essential = True
    human = True

    def check(
        self,
        readme: Document | None,
        diagrams: tuple[Drawn, ...],
        images: Callable[[str], Picture],
        pristine: Tree | None,
    ) -> Verdict:
        """Under "Architecture" in README.md, draw your system in a ```mermaid block: three or more parts.

        The template's diagram shows the template: add where it runs, who calls it and what you changed.
        A reader grasps a drawing faster than a folder.
        """
        section = readme.section("architecture") if readme else None
        drawn = _of_architecture(readme, section, diagrams)
        wrong = [
            Evidence(f"the diagram does not parse: {problem.message}", each.path, problem.line)
            for each in drawn
            for problem in each.diagram.problems
        ]
        if wrong:
            return missing(*wrong[:SHOWN])
        line = section.line if section else None
        nothing = Evidence("there is no diagram", readme.path if readme else README, line)
        return best([*(_drawing(each, pristine) for each in drawn), *_pictures(section, images)]) or missing(nothing)


def _of_architecture(readme: Document | None, section: Section | None, diagrams: tuple[Drawn, ...]) -> list[Drawn]:
    """The diagrams of the section; without one, of the README; else of a document on the architecture."""
    if readme is None:
        return []
    inside = [each for each in diagrams if each.path == readme.path]
    if section:
        inside = [each for each in inside if section.line <= each.line <= section.end] or inside
    return inside or [each for each in diagrams if re.search(r"architect|design|overview", each.path, re.IGNORECASE)]


def _drawing(drawn: Drawn, pristine: Tree | None) -> Verdict:
    diagram = drawn.diagram
    if not diagram.understood:
        return unverified(f"{diagram.kind} diagrams are not looked into", Evidence("a diagram", drawn.path, drawn.line))
    nodes, edges = len(diagram.nodes), len(diagram.edges)
    fact = f"{nodes} parts and {edges} connections"
    if nodes < LEAST_NODES or edges < LEAST_EDGES:
        return missing(Evidence(f"only {fact}", drawn.path, drawn.line))
    if drawings.is_template(diagram, pristine):
        return placeholder(Evidence(f"still the template's diagram ({fact})", drawn.path, drawn.line))
    return done(Evidence(fact, drawn.path, drawn.line))


def _pictures(section: Passage | None, images: Callable[[str], Picture]) -> list[Verdict]:
    if section is None:
        return []
    found = [(link, images(path)) for link, path in files(section.images, section.path)]
    return [
        missing(Evidence(f"{picture.path}: {picture.problem}", section.path, link.line))
        if picture.problem
        else done(Evidence(f"{picture.path}, {picture}", section.path, link.line))
        for link, picture in found
    ]


class DataSource(Item):
    """Data source: where the rows come from, under which licence, and how many they are."""

    id = "data-source"
    level = Level.BUILDER
    source = (
        "Checklist of strong portfolios: dataset or data source description; Gebru et al. 2021, Datasheets for Datasets"
    )
    essential = True
    human = True

    def check(
        self,
        readme: Document | None,
        documents: tuple[Document, ...],
        stubs: frozenset[Shingle],
        metrics: Metrics | None,
        data_counts: Counts | None,
        snapshot: Snapshot,
    ) -> Verdict:
        """Under "Data" in README.md, say where the data come from, their licence, how many rows, and what they lack.

        The number of rows must be that of the file: whoever uses your work must know what it was learned from.
        """
        section = readme.section("data") if readme else None
        verdict = written(section, stubs, 12)
        if readme is None or section is None or verdict.state is not State.DONE:
            return verdict
        sheets = [each for each in documents if each.path.lower().startswith("data/")]
        licence, origin = licence_in([section, *sheets]), origin_in([section, *sheets])
        counts = row_counts(readme, section, sheets, metrics, snapshot)
        absent = [
            Evidence(what, section.path, section.line)
            for what, found in (("no licence is named", licence), ("it does not say where they come from", origin))
            if found is None
        ]
        absent += [*unknown_licence_in(section), *counts.wrong, *miscounted([readme], data_counts)]
        if absent or licence is None or origin is None:
            return missing(*absent[:SHOWN])
        if counts.right is None:
            fact = Evidence("the number of rows is not there", section.path, section.line)
            return missing(fact) if counts.known else unverified("there is no file or run to count the rows of", fact)
        return done(*verdict.evidence, origin, licence, counts.right)
