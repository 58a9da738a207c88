"""Deployer: the model card says what the model is, what it is for, and how well it does for whom."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.engine.finding import Evidence, Level, State, Verdict, done, missing, placeholder
from scaffolder.check.engine.item import Item
from scaffolder.check.numbers.card import claims, key, read_front, wrong
from scaffolder.check.numbers.claims import Outcome, claims_of
from scaffolder.check.numbers.data_counts import Counts, miscounted
from scaffolder.check.numbers.measured import PATH, Measured
from scaffolder.check.numbers.metrics import Metrics
from scaffolder.check.numbers.printed import agrees, first_number
from scaffolder.check.readers.markdown import Document, normalised
from scaffolder.check.readers.markdown_blocks import Table
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.words.parts import apart_from, together
from scaffolder.check.words.placeholders import Shingle, written

SHOWN = 5  # pieces of evidence
CARD = "MODEL_CARD.md"
USES = ("uses", "intended use", "intended uses", "intended use and limits", "direct use", "use")
MISUSES = ("out of scope use", "out of scope uses", "out of scope", "misuse", "misuse and out of scope use")
SECTIONS = {
    "what the model is": ("model details", "model description", "details", "description", "model overview"),
    "how it was trained": ("training details", "training", "training data", "training procedure"),
    "how it was evaluated": ("evaluation", "results", "evaluation results", "metrics", "performance"),
    "its risks and limits": ("bias risks and limitations", "limitations", "risks", "ethical considerations"),
}

_NOT_FOR = re.compile(
    r"out[- ]of[- ]scope|\bnot (?:be )?(?:intended|used|use|suitable|for)\b|\b(?:do|must|should|may) not\b"
    r"|\bnever\b|\bmisuse|\bunsuitable|\bprohibited",
    re.IGNORECASE,
)
_DEFAULTS = re.compile(r"\bYour Name\b|your-github-name|\byour[-_ ](?:user|org|company|email)\w*", re.IGNORECASE)
_SLICE = ("slice", "segment", "group", "subgroup", "cohort", "subset")


class ModelCard(Item):
    """Model card: front matter that the hub accepts, every section written, nothing left to fill in."""

    id = "model-card"
    level = Level.DEPLOYER
    source = "Hugging Face model card; Mitchell et al. 2019, Model Cards for Model Reporting"
    human = True

    def check(self, model_card: Document | None, stubs: frozenset[Shingle]) -> Verdict:
        """Write MODEL_CARD.md, with front matter (license, pipeline_tag, tags) and no open question.

        Say what the model is, how it was trained and evaluated, and its risks and limits: whoever considers
        using it reads this page first.
        """
        if model_card is None:
            return missing(Evidence("there is no model card", CARD))
        uses = together(model_card, model_card.section(*USES), model_card.section(*MISUSES))
        rest = apart_from(model_card, model_card.section(*USES), model_card.section(*MISUSES)) if uses else model_card
        verdict = written(rest, stubs, path=model_card.path)
        if verdict.state is State.PLACEHOLDER:
            return verdict
        left = [Evidence(f"still says “{found[0]}”", model_card.path, line) for line, found in _defaults(model_card)]
        if left:
            return placeholder(*left[:SHOWN])
        front = read_front(model_card)
        problems = [Evidence("it has no front matter", model_card.path, 1)] if front is None else []
        problems += [Evidence(text, model_card.path, line) for line, text in (front.problems if front else ())]
        problems += [
            Evidence(f"no section says {what}", model_card.path)
            for what, names in SECTIONS.items()
            if model_card.section(*names) is None
        ]
        return missing(*problems[:SHOWN]) if problems else verdict


def _defaults(card: Document) -> Iterator[tuple[int, re.Match[str]]]:
    for number, line in enumerate(card.lines, 1):
        if found := _DEFAULTS.search(line):
            yield number, found


class ModelIndex(Item):
    """Model index: the card says what was measured, in its metadata and in its tables and sentences."""

    id = "model-index"
    level = Level.DEPLOYER
    source = "Hugging Face model card: evaluation results (model-index)"

    def check(
        self,
        model_card: Document | None,
        measured: Measured | None,
        metrics: Metrics | None,
        data_counts: Counts | None,
    ) -> Verdict:
        """Fill `model-index` in MODEL_CARD.md's front matter from reports/metrics.json, as `make report` does.

        Change no number by hand: the hub shows these numbers, so they must be the ones that the run measured.
        """
        front = read_front(model_card) if model_card else None
        if model_card is None or front is None:
            return missing(Evidence("there is no model card with front matter", CARD))
        found = list(claims(front))
        if not found:
            return missing(
                Evidence("model-index holds no metric", model_card.path, front.values.lines.get("model-index"))
            )
        if measured is None:
            return missing(Evidence("there is no readable report to compare with", PATH))
        problems = [
            Evidence(text, model_card.path, claim.line) for claim in found if (text := wrong(claim, measured.metrics))
        ]
        claimed = {key(claim.metric) for claim in found}
        problems += [
            Evidence(f"{name} was measured, but model-index lacks it", PATH)
            for name in measured.metrics
            if name not in claimed
        ]
        problems += [*_wrongly_claimed(model_card, metrics), *miscounted([model_card], data_counts)]
        if problems:
            return missing(*problems[:SHOWN])
        return done(Evidence(f"{len(found)} metrics equal {PATH}", model_card.path, found[0].line))


def _wrongly_claimed(card: Document, metrics: Metrics | None) -> Iterator[Evidence]:
    """What the card says of a metric below its metadata and is not as measured; slices have an item of their own."""
    sliced = {line for table in card.tables if _is_slices(table) for line in table.row_lines}
    for claim in claims_of(card, metrics):
        if claim.outcome is not Outcome.EQUAL and claim.line not in sliced:
            yield Evidence(str(claim), card.path, claim.line)


class IntendedUse(Item):
    """Intended and out-of-scope use: who may rely on it for what, and what it must not decide."""

    id = "intended-use"
    level = Level.DEPLOYER
    source = "Hugging Face model card: uses; NIST AI RMF, MAP 1.1 and MAP 3.3"
    human = True

    def check(self, model_card: Document | None, readme: Document | None, stubs: frozenset[Shingle]) -> Verdict:
        """Under "Uses" in MODEL_CARD.md, write who uses the answers for which decision, and what is out of scope.

        Wrong uses do more harm than wrong predictions, and only you know yours.
        """
        for document in (model_card, readme):
            if document and (uses := document.section(*USES)):
                part = together(document, uses, document.section(*MISUSES))
                verdict = written(part, stubs, path=document.path)
                if verdict.state is not State.DONE:
                    return verdict
                if not _NOT_FOR.search("\n".join(plain(block.text) for block in part.blocks if part) if part else ""):
                    return missing(Evidence("it does not say what is out of scope", document.path, uses.line))
                return verdict
        return missing(Evidence("there is no section on intended use", CARD))


class Slices(Item):
    """Metrics by slice: how good it is for each group of rows, as measured."""

    id = "slices"
    level = Level.DEPLOYER
    source = "Google's ML Test Score, Model 6: quality is sufficient on all important slices; NIST AI RMF, MEASURE 2.11"

    def check(self, documents: tuple[Document, ...], measured: Measured | None) -> Verdict:
        """Measure at least two slices into `slices` of reports/metrics.json and show them in a table.

        `make report` writes it. An average hides the group for which the model fails.
        """
        if measured is None or not measured.slices:
            return missing(Evidence("no slice was measured", PATH))
        tables = [(document.path, table) for document in documents for table in document.tables if _is_slices(table)]
        compared = [cell for path, table in tables for cell in _cells(path, table, measured)]
        wrong = [evidence for evidence, right in compared if not right]
        if wrong:
            return missing(*wrong[:SHOWN])
        if len(compared) < 2:
            return missing(Evidence("no table shows the slices", PATH))
        path, table = tables[0]
        return done(Evidence(f"{len(compared)} numbers by slice equal {PATH}", path, table.line))


def _is_slices(table: Table) -> bool:
    first = normalised(plain(table.header[0])) if table.header else ""
    return first in _SLICE or first.rstrip("s") in _SLICE


def _cells(path: str, table: Table, measured: Measured) -> Iterator[tuple[Evidence, bool]]:
    """Each number that stands in the row of a slice and the column of a metric, and whether it was measured so."""
    metrics = {metric for _, metric in measured.slices}
    columns = [(index, key(plain(cell))) for index, cell in enumerate(table.header) if key(plain(cell)) in metrics]
    names = {" ".join(name.split()) for name, _ in measured.slices}
    for row, line in zip(table.rows, table.row_lines, strict=False):
        name = " ".join(plain(row[0]).split()) if row else ""
        if name not in names:
            if not re.match(r"(?:all|overall|total|whole|every)\b", name, re.IGNORECASE):
                yield Evidence(f"no slice “{name[:40]}” was measured", path, line), False
            continue
        for index, metric in columns:
            printed = first_number(row[index]) if index < len(row) else None
            value = measured.slices.get((name, metric))
            if printed and value is not None:
                text = f"{name}: {metric} {printed} is not {value:.6g} of {PATH}"
                yield Evidence(text, path, line), agrees(printed, value)
