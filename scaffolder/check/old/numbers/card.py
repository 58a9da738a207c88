"""A model card's front matter, as the Hugging Face hub reads it, beside what was measured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NamedTuple

from scaffolder.check.numbers.printed import agrees, dictionaries, first_number
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.yaml import Mapping, YamlError, load_yaml

# https://huggingface.co/docs/hub/repositories-licenses
LICENSES = frozenset(
    [
        "apache-2.0",
        "mit",
        "openrail",
        "bigscience-openrail-m",
        "creativeml-openrail-m",
        "bigscience-bloom-rail-1.0",
        "bigcode-openrail-m",
        "afl-3.0",
        "artistic-2.0",
        "bsl-1.0",
        "bsd",
        "bsd-2-clause",
        "bsd-3-clause",
        "bsd-3-clause-clear",
        "c-uda",
        "cc",
        "cc0-1.0",
        "cc-by-2.0",
        "cc-by-2.5",
        "cc-by-3.0",
        "cc-by-4.0",
        "cc-by-sa-3.0",
        "cc-by-sa-4.0",
        "cc-by-nc-2.0",
        "cc-by-nc-3.0",
        "cc-by-nc-4.0",
        "cc-by-nd-4.0",
        "cc-by-nc-nd-3.0",
        "cc-by-nc-nd-4.0",
        "cc-by-nc-sa-2.0",
        "cc-by-nc-sa-3.0",
        "cc-by-nc-sa-4.0",
        "cdla-sharing-1.0",
        "cdla-permissive-1.0",
        "cdla-permissive-2.0",
        "wtfpl",
        "ecl-2.0",
        "epl-1.0",
        "epl-2.0",
        "etalab-2.0",
        "eupl-1.1",
        "eupl-1.2",
        "agpl-3.0",
        "gfdl",
        "gpl",
        "gpl-2.0",
        "gpl-3.0",
        "lgpl",
        "lgpl-2.1",
        "lgpl-3.0",
        "isc",
        "h-research",
        "intel-research",
        "lppl-1.3c",
        "ms-pl",
        "apple-ascl",
        "apple-amlr",
        "mpl-2.0",
        "odc-by",
        "odbl",
        "openmdw-1.0",
        "openrail++",
        "osl-3.0",
        "postgresql",
        "ofl-1.1",
        "ncsa",
        "unlicense",
        "zlib",
        "pddl",
        "lgpl-lr",
        "deepfloyd-if-license",
        "fair-noncommercial-research-license",
        "llama2",
        "llama3",
        "llama3.1",
        "llama3.2",
        "llama3.3",
        "llama4",
        "grok2-community",
        "gemma",
        "unknown",
        "other",
    ]
)


class Front(NamedTuple):
    """The front matter: its values, and what the hub would refuse as (line, sentence)."""

    values: Mapping
    problems: tuple[tuple[int, str], ...]


class Claim(NamedTuple):
    """A number of the model index."""

    metric: str
    value: str
    line: int


def read_front(card: Document) -> Front | None:
    """The card's front matter; None if it has none."""
    if not card.front_matter.strip():
        return None
    try:
        values = load_yaml(card.front_matter, first_line=2)
    except YamlError as error:
        return Front(Mapping(2), ((error.line or 2, f"the front matter is not YAML: {error}"),))
    if not isinstance(values, Mapping):
        return Front(Mapping(2), ((2, "the front matter is no mapping"),))
    return Front(values, tuple(_problems(values)))


def claims(front: Front) -> Iterator[Claim]:
    """The metrics of the model index."""
    for model in dictionaries(front.values.get("model-index")):
        for result in dictionaries(model.get("results")):
            for metric in dictionaries(result.get("metrics")):
                if isinstance(metric, Mapping):
                    name = str(metric.get("type") or metric.get("name") or "")
                    value = metric.get("value")
                    yield Claim(name, "" if value is None else str(value), metric.lines.get("value", metric.line))


def wrong(claim: Claim, measured: dict[str, Decimal]) -> str | None:
    """Why a claim is not what was measured, or None."""
    value = measured.get(key(claim.metric))
    if value is None:
        return f"{claim.metric} is not a metric in reports/metrics.json"
    printed = first_number(claim.value)
    if printed is None or not agrees(printed, value):
        return f"{claim.metric} {claim.value} is not {_short(value)} of reports/metrics.json"
    return None


def key(name: str) -> str:
    """`ROC AUC`, `roc-auc` and `roc_auc` are one name."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _short(value: Decimal) -> str:
    return f"{value:.6g}"


def _problems(values: Mapping) -> Iterator[tuple[int, str]]:
    license_ = values.get("license")
    for name in license_ if isinstance(license_, list) else [license_]:
        if not isinstance(name, str) or name.lower() not in LICENSES:
            where = values.lines.get("license", values.line)
            yield where, f"license {name!r} is no identifier of the hub" if name else "it names no license"
    if not (values.get("pipeline_tag") or values.get("tags") or values.get("library_name")):
        yield values.line, "it has no pipeline_tag, library_name or tags, so nobody finds it"
    index = values.get("model-index")
    if index is not None:
        yield from ((values.lines.get("model-index", values.line), text) for text in _index_problems(index))


def _index_problems(index: Any) -> Iterator[str]:
    """What the hub asks of each result: a task type, a dataset with type and name, metrics with type and value."""
    for model in dictionaries(index):
        if not model.get("name"):
            yield "a model of model-index has no name"
        for result in dictionaries(model.get("results")):
            task, dataset = result.get("task"), result.get("dataset")
            if not (isinstance(task, dict) and task.get("type")):
                yield "a result of model-index has no task type"
            if not (isinstance(dataset, dict) and dataset.get("type") and dataset.get("name")):
                yield "a result of model-index has no dataset with type and name"
            for metric in dictionaries(result.get("metrics")):
                if not metric.get("type") or metric.get("value") is None:
                    yield "a metric of model-index has no type or no value"
