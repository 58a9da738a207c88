"""The model card's metadata, which the hub reads, and the numbers in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from scaffolder.check.documents import MODEL_CARD, model_card
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import UnseenError, Verdict, counted, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.measured_blocks import measured_blocks, nothing_measured, unstamped
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.metrics import PATH, metrics
from scaffolder.check.readers.values import records, table
from scaffolder.formats.yaml import Mapping, TooLargeError, YamlError, load_yaml
from scaffolder.results.finding import Evidence, Level

# https://huggingface.co/docs/hub/repositories-licenses: lower-case identifiers, such as cc-by-4.0 or openrail++
_LICENCE = re.compile(r"[a-z][a-z0-9.+-]{1,60}")


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
