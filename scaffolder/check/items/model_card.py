"""The model card: what the model is and what it is for, and the metadata that the hub reads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from scaffolder.check.documents import MODEL_CARD, model_card, readme
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import UnseenError, Verdict, counted, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.measured_blocks import measured_blocks, nothing_measured, unstamped
from scaffolder.check.readers.markdown import Document, Passage, apart_from, together
from scaffolder.check.readers.metrics import PATH, metrics
from scaffolder.check.readers.values import records, table
from scaffolder.check.written import WrittenItem
from scaffolder.formats.yaml import Mapping, TooLargeError, YamlError, load_yaml
from scaffolder.results.finding import Evidence, Level

USES = ("intended use",)
MISUSES = ("out of scope use", "out of scope uses", "out of scope", "misuse", "misuse and out of scope use")
SECTIONS = {
    "what the model is": ("model details", "model description", "details", "description", "model overview"),
    "how it was trained or made": ("training details", "training", "training data", "training procedure", "making"),
    "how it was evaluated": ("evaluation", "results", "evaluation results", "metrics", "performance"),
    "its risks and limits": ("bias risks and limitations", "limitations", "risks", "ethical considerations"),
}

# https://huggingface.co/docs/hub/repositories-licenses: lower-case identifiers, such as cc-by-4.0 or openrail++
_LICENCE = re.compile(r"[a-z][a-z0-9.+-]{1,60}")
_DEFAULTS = re.compile(r"\bYour Name\b|\byour-github-name\b")  # default answers in every template


class ModelCard(WrittenItem):
    """Model card: what the model is, how it was made and evaluated, and its risks, with nothing left to fill in.

    Write MODEL_CARD.md: what the model is, how it was made and evaluated, its risks and limits.

    Answer every open question, and replace "Your Name" with your name. Whoever considers using the model reads
    this page first.
    """

    id = "model-card"
    level = Level.DEPLOYER
    needs = "model"
    source = "Hugging Face model card; Mitchell et al. 2019, Model Cards for Model Reporting"
    place = "MODEL_CARD.md"
    rubric = (
        "Would somebody who finds only this page know what goes in, what comes out, and how it was made?",
        "Are the results given with the data they were measured on, and by group?",
        "Does it name risks and limits that fit this model, and whom to write to?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The model card without the sections on its use."""
        card = model_card(repo)
        return apart_from(card, card.section(*USES), card.section(*MISUSES)) if card else None

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """Sections that are not there, and names that nobody has filled in."""
        card = model_card(repo)
        if card is None:
            return
        yield from (
            Evidence(f"no section says {what}", passage.path)
            for what, names in SECTIONS.items()
            if card.section(*names) is None
        )
        for number, line in enumerate(card.lines, 1):
            if found := _DEFAULTS.search(line):
                yield Evidence(f"still says “{found[0]}”", passage.path, number)


class IntendedUse(WrittenItem):
    """Intended and out-of-scope use: who may rely on it for what, and what it must not decide.

    Under "Uses" in MODEL_CARD.md, write who uses the answers for which decision, and what is out of scope.

    Wrong uses do more harm than wrong predictions, and only you know yours.
    """

    id = "intended-use"
    level = Level.DEPLOYER
    needs = "model"
    source = "Hugging Face model card: uses; NIST AI RMF, MAP 1.1 and MAP 3.3"
    place = 'section "Uses" in MODEL_CARD.md'
    rubric = (
        "Does it say who uses the answers, for which decision, and who has the last word?",
        "Does it name uses that are out of scope, and would a user recognise theirs?",
        "Does it say what people did before, and what they need to know to use it well?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The sections on use of the model card, or else of the README."""
        return _uses(model_card(repo)) or _uses(readme(repo))


def _uses(document: Document | None) -> Passage | None:
    return together(document, document.section(*USES), document.section(*MISUSES)) if document else None


class ModelIndex(Item):
    """Model index: the card's metadata is what the hub accepts, and its numbers are those of the run."""

    id = "model-index"
    level = Level.DEPLOYER
    needs = "model"
    source = "Hugging Face model card: metadata and evaluation results (model-index)"

    def check(self, repo: Repository) -> Verdict:
        """Write front matter (license, pipeline_tag or tags, and model-index with the metrics) into MODEL_CARD.md.

        Change no number by hand: the hub shows these numbers, so they must be the ones that the run measured.

        Write front matter (license, pipeline_tag or tags) into MODEL_CARD.md; `make report` fills in `model-index`.
        """
        card = model_card(repo)
        if card is None or not card.front_matter.strip():
            return missing(Evidence("there is no model card with front matter", MODEL_CARD))
        front = _front(card)
        problems = [Evidence(text, card.path, line) for line, text in front.problems]
        results = _results(front.values.get("model-index"))
        count = sum(1 for result in results for _ in records(result.get("metrics")))
        if not count and not problems and metrics(repo) is None:
            return nothing_measured(repo)
        if not count:
            problems.append(Evidence("model-index holds no metric", card.path, front.values.lines.get("model-index")))
        if metrics(repo) is None:
            problems.append(Evidence("there is no such file that the numbers may come from", PATH))
        if not problems and (unknown := unstamped(repo)):
            return unknown
        problems += [block.problem for block in measured_blocks(repo) if block.path == card.path and block.fault]
        if problems:
            return flawed(*problems)
        return done(Evidence(f"{counted(count, 'metric')}, as `make report` wrote them", card.path))


class _Front(NamedTuple):
    """The values of the front matter, and the problems that the hub would see in it, as (line, sentence)."""

    values: Mapping
    problems: tuple[tuple[int, str], ...]


def _front(card: Document) -> _Front:
    try:
        values = load_yaml(card.front_matter, first_line=2)
    except TooLargeError as error:
        raise UnseenError(f"the front matter of {card.path} was not read: it has {error}") from None
    except YamlError as error:
        return _Front(Mapping(2), ((error.line or 2, f"the front matter is not YAML: {error}"),))
    if not isinstance(values, Mapping):
        return _Front(Mapping(2), ((2, "the front matter is not a mapping"),))
    return _Front(values, tuple(_problems(values)))


def _problems(values: Mapping) -> Iterator[tuple[int, str]]:
    given = values.get("license")
    for name in given if isinstance(given, list) else [given]:
        if not (isinstance(name, str) and _LICENCE.fullmatch(name)):
            said = f"license {str(name)[:40]!r} is not an identifier of the hub" if name else "it names no license"
            yield values.lines.get("license", values.line), said
    if not (values.get("pipeline_tag") or values.get("tags") or values.get("library_name")):
        yield values.line, "it has no pipeline_tag, library_name or tags, so nobody finds it"
    line = values.lines.get("model-index", values.line)
    yield from ((line, text) for text in _index_problems(values.get("model-index")))


def _index_problems(index: Any) -> Iterator[str]:
    """The parts that results lack and the hub requires: task type, dataset with type and name, metrics with value."""
    if not all(model.get("name") for model in records(index)):
        yield "a model of model-index has no name"
    for result in _results(index):
        if not table(result, "task").get("type"):
            yield "a result of model-index has no task type"
        if not {"type", "name"} <= {key for key, value in table(result, "dataset").items() if value}:
            yield "a result of model-index has no dataset with type and name"
        for metric in records(result.get("metrics")):
            if not metric.get("type") or metric.get("value") is None:
                yield "a metric of model-index has no type or no value"


def _results(index: Any) -> Iterator[Any]:
    return (result for model in records(index) for result in records(model.get("results")))
