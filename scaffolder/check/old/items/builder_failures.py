"""Builder: where it fails, and what it must not be used for."""

from __future__ import annotations

import re
from typing import Any

from scaffolder.check.engine.finding import Evidence, Level, State, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.numbers.errors_cited import Citations
from scaffolder.check.numbers.metrics import Metrics
from scaffolder.check.readers.csv import Rows
from scaffolder.check.readers.markdown import Document
from scaffolder.check.words import own
from scaffolder.check.words.placeholders import Shingle, written

SHOWN = 5  # pieces of evidence
LEAST_ROWS, LEAST_LIMITS = 2, 3

_HARM = re.compile(
    r"\b(?:harm\w*|unfair\w*|fair(?:ness|ly)?|bias(?:ed)?|discriminat\w+|privacy|private|personal|consent|appeal\w*|object|"
    r"gender|women|men|age|older|elderly|senior\w*|ethnic\w*|race|disab\w+|minorit\w+|groups?|people|customers?|patients?|"
    r"users?|passengers?|applicants?|students?|staff|workers?|human|person|responsib\w+|misus\w+|safety|trust)\b",
    re.IGNORECASE,
)


class ErrorAnalysis(Item):
    """Error analysis: which rows it gets wrong, what they have in common, and for whom it is worse."""

    id = "error-analysis"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: error analysis; NIST AI RMF, MEASURE 2.3"
    essential = True
    human = True

    def check(
        self,
        readme: Document | None,
        stubs: frozenset[Shingle],
        errors_csv: Rows | None,
        predictions: Rows | None,
        metrics: Metrics | None,
        settings: dict[str, Any],
    ) -> Verdict:
        """Under "Error analysis" in README.md, name two or more rows of reports/errors.csv and a slice.

        Say in your own words why they fail: knowing where it fails tells an engineer from a notebook.
        """
        section = readme.section("error analysis") if readme else None
        verdict = written(section, stubs, 30)
        if section is None or verdict.state is not State.DONE:
            return verdict
        if errors_csv is None:
            return missing(
                Evidence("there is no reports/errors.csv whose rows could be named", section.path, section.line)
            )
        cited = Citations(errors_csv, predictions, metrics, settings)
        wrong = [*cited.wrong_tables(section), *cited.unknown_rows(section, stubs), *cited.wrong_values(section, stubs)]
        if wrong:
            return missing(*wrong[:SHOWN])
        rows, slices = cited.rows(section, stubs), cited.slices(section, stubs)
        absent = [] if slices else ["no slice or group is named"]
        if len(rows) < LEAST_ROWS:
            absent.append(f"{len(rows)} rows of {errors_csv.path} are named, at least {LEAST_ROWS} are needed")
        if absent:
            return missing(*(Evidence(what, section.path, section.line) for what in absent))
        named = Evidence(f"names the rows {', '.join(rows[:4])} and {slices[0]}", section.path, section.line)
        return done(*verdict.evidence, named)


class Limitations(Item):
    """Limitations and responsible AI: at least three, specific to this project, and who could be harmed."""

    id = "limitations"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: limitations and responsible AI notes; NIST AI RMF, MAP 5.1"
    essential = True
    human = True

    def check(
        self,
        readme: Document | None,
        stubs: frozenset[Shingle],
        columns: tuple[str, ...],
        metrics: Metrics | None,
        settings: dict[str, Any],
    ) -> Verdict:
        """Under "Limitations and responsible AI" in README.md, write three or more of this model's own.

        "May be biased" is true of all models. Say with a number, a column or a group where yours fails and who is
        harmed: that makes the rest believable.
        """
        section = readme.section("limitations") if readme else None
        verdict = written(section, stubs, 30)
        if section is None or verdict.state is not State.DONE:
            return verdict
        words = own.vocabulary(columns, _slices(metrics), _names(settings))
        limits = [s for s in own.statements(section, stubs) if own.is_specific(s.text, words)]
        if len(limits) < LEAST_LIMITS:
            fact = f"{len(limits)} statements are specific to this project, at least {LEAST_LIMITS} are needed"
            return missing(Evidence(fact, section.path, section.line))
        if not any(_HARM.search(limit.text) for limit in limits):
            return missing(Evidence("nobody who could be harmed is named", section.path, section.line))
        return done(Evidence(f"{len(limits)} specific limitations", section.path, limits[0].line))


def _slices(metrics: Metrics | None) -> list[str]:
    return [part for entry in (metrics.slices if metrics else ()) for part in entry.label.split(" = ")]


def _names(settings: dict[str, Any]) -> list[str]:
    problem = settings.get("problem")
    return [str(problem.get(key, "")) for key in ("entity", "target", "unit")] if isinstance(problem, dict) else []
