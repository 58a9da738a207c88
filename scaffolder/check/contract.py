"""`scaffolder.toml`: what a repository declares about itself, so that the checklist knows where to look.

A template writes it when a project is generated. The checklist knows no template by name; it reads this file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import Verdict, not_applicable, unverified
from scaffolder.check.readers.values import table
from scaffolder.formats.toml import TomlError, load_toml

PATH = "scaffolder.toml"
CAPABILITIES: Mapping[str, str] = {
    "measures": "a run writes reports/metrics.json",
    "predictions": "reports/predictions.csv has a row for each test case",
    "slices": "the metrics are measured by slice",
    "columns": "the data are a table with columns",
    "model": "MODEL_CARD.md describes a model or something like one",
    "serves": "a service answers requests",
    "container": "the project ships as a container image",
    "latency": "reports/latency.json or, after a load test, reports/load.json says how long an answer takes",
    "drift": "incoming data can be compared with reference statistics",
}
"""The things that a project may have. A contract sets each to `true`, or to the reason why it is absent."""
_KEYS = ("contract", "template", "unit", "id", "corpus", "experiments", "decisions", "data", "capabilities", "blocks")
_DATA_KEYS = ("sha256", "words")
_VERSION = 1
_MOST_WORDS = 1_000
_HOW = f"docs/contract.md of scaffolder shows how to write {PATH}"


@dataclass(frozen=True)
class Contract:
    """The declarations of `scaffolder.toml`.

    Attributes:
        template: The template that the project was made from; its words count as unedited.
        unit: The singular noun for one row of the predictions and errors.
        id: The column that identifies a row.
        corpus: A folder of documents that are data.
        shipped: The SHA-256 of the data that came with the template.
        words: Names that belong to the shipped data alone.
        capabilities: `True` or the reason for its absence, for each of `CAPABILITIES` that is declared.
        blocks: The names of the measured blocks, by document.

    """

    template: str = ""
    unit: str = "row"
    id: str = ""
    corpus: str = ""
    shipped: str = ""
    words: tuple[str, ...] = ()
    capabilities: Mapping[str, bool | str] = field(default_factory=dict)
    blocks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@fact
def contract(repo: Repository) -> Contract | None:
    """The repository's contract; None if it has none that can be read. What is wrong with its keys is a note."""
    content, _ = _read(repo)
    if content is None:
        return None
    for problem in _problems(content):
        repo.snapshot.note(f"{PATH}: {problem}")
    data = table(content, "data")
    return Contract(
        template=_text(content.get("template")),
        unit=_text(content.get("unit")) or "row",
        id=_text(content.get("id")),
        corpus=_text(content.get("corpus")).strip("./"),
        shipped=_text(data.get("sha256")),
        words=_texts(data.get("words")),
        capabilities={
            name: said
            for name, said in table(content, "capabilities").items()
            if name in CAPABILITIES and (said is True or (isinstance(said, str) and said.strip()))
        },
        blocks={path: _texts(names) for path, names in table(content, "blocks").items()},
    )


def undeclared(repo: Repository) -> str:
    """Why the repository has no contract, such as "there is no scaffolder.toml"; "" if it has one."""
    return _read(repo)[1]


@fact
def _read(repo: Repository) -> tuple[Mapping[str, Any] | None, str]:
    """The content of the contract, or None and why it cannot be used; if there is a file, a note says that, too."""
    text = repo.snapshot.text(PATH)
    if text is None:
        return None, f"there is no {PATH}"
    try:
        content, problem = (
            load_toml(text),
            f"{PATH} does not begin with `contract = {_VERSION}`, the version that is read",
        )
    except TomlError as error:
        content, problem = {}, f"{PATH} is not TOML ({error})"
    if content.get("contract") == _VERSION:
        return content, ""
    repo.snapshot.note(f"{problem}, so it has no effect.")
    return None, problem


def lacks(repo: Repository, capability: str) -> Verdict | None:
    """The verdict on an item that needs `capability` if that is absent or not declared; None if the project has it."""
    found = contract(repo)
    if found is None:
        drafts = f"`scaffolder contract --write` drafts {PATH}, and {_HOW}"
        return unverified(f"{undeclared(repo)}, so nothing says whether {CAPABILITIES[capability]}; {drafts}")
    said = found.capabilities.get(capability)
    if said is None:
        return unverified(f"{PATH} does not say under [capabilities] whether {CAPABILITIES[capability]}; {_HOW}")
    return not_applicable(f"{PATH} says: {said}") if isinstance(said, str) else None


def _problems(content: Mapping[str, Any]) -> Iterator[str]:
    for where, keys, known in (("", content, _KEYS), ("[data] ", table(content, "data"), _DATA_KEYS)):
        for key in keys:
            if key not in known:
                yield f"{where}there is no setting {key[:40]!r}; there are {', '.join(known)}."
    for name, said in table(content, "capabilities").items():
        if name not in CAPABILITIES:
            yield f"there is no capability {name[:40]!r}; there are {', '.join(CAPABILITIES)}."
        elif said is not True and not (isinstance(said, str) and said.strip()):
            yield f"capability {name} is neither `true` nor a sentence that says why it is absent."


def _text(value: object) -> str:
    return " ".join(value.split())[:200] if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value[:_MOST_WORDS]))) if isinstance(value, list) else ()
