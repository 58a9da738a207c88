"""The kinds of data that a template can take, and what every kind has in common.

A template says in its cookiecutter.json, under `_scaffolder.data`, which kind it takes:

    "data": {
        "kind": "table",
        "answers": {"use_case": "own"},
        "about": ["settings.toml", "data/*"],
        "made": ["reports/*"],
    }

`answers` are the answers that own data imply. `about` are the files that are about the data as a whole, so that new
data replace them; `made` are files that runs made from the data. `running` are files that a process of the project
holds locked as long as it lives, and `people` names a log of what people did:

        "running": ["var/*.pid"],
        "people": {"log": "reports/deployments.jsonl", "who": "who", "but": ["test"]}

It has JSON lines, with a name under the key `who`; `but` are names that are no people. Data are not exchanged while a
process runs, or if people did something. Each kind may have further keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from scaffolder.errors import ScaffolderError, shown, suggestion
from scaffolder.template.answers import Data
from scaffolder.template.catalog import Template
from scaffolder.template.lint_picks import OwnData

MODULES = {
    "table": "scaffolder.adopt.table",
    "outcomes": "scaffolder.adopt.outcomes",
    "cases": "scaffolder.adopt.cases",
    "documents": "scaffolder.adopt.documents",
}
ABOUT = ("settings.toml", "data/*")  # the files about the data, where a template does not say it
_PLAIN = re.compile(r"[^\W_][^\x00-\x1f\x7f-\x9f{}\\<>`\"$|*_\[\]#~^=]*")  # safe in Markdown, TOML and Python texts
_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,12})?", re.ASCII)
_MOST = 200  # characters


class AdoptionError(ScaffolderError):
    """Data that cannot be used; the message says what is wrong, where, and what to do."""


@dataclass(frozen=True)
class About:
    """Something that only the owner knows of the data: how to ask for it, and what is said if nobody answers."""

    prompt: str
    default: str = ""
    help: str = "Press Enter if you do not know it yet."
    number: bool = False  # whether the answer must be a number that is not negative


@dataclass(frozen=True)
class Options:
    """The options that describe the data."""

    target: str | None = None
    time: str | None = None
    no_time: bool = False  # whether no column orders the rows
    group: str | None = None
    no_group: bool = False  # whether no column groups the rows
    id: str | None = None
    known: str | None = None
    positive: str | None = None
    dates: str | None = None  # day-first or month-first
    task: str | None = None  # classification or regression
    without: tuple[str, ...] = ()  # columns to leave out
    questions: Path | None = None
    documents: Path | None = None
    outcomes: Path | None = None
    about: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class Adoption:
    """The data as a template takes them.

    `preview` are lines that show a person each choice with its reason. `to_know` are lines for the end, when the data
    are in the project.
    """

    data: Data
    preview: tuple[str, ...]
    name: str = ""  # of the file or folder
    to_know: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """The contract of a template on the data that it takes."""

    kind: str
    answers: Mapping[str, Any]
    about: tuple[str, ...]
    made: tuple[str, ...]
    running: tuple[str, ...]
    people: Mapping[str, Any]
    more: Mapping[str, Any]  # the keys of the kind


def contract(template: Template) -> Contract | None:
    """The template's contract on data; None if it takes no data of its owner's."""
    entries = template.config.get("_scaffolder")
    found = entries.get("data") if isinstance(entries, dict) else None
    if not isinstance(found, dict) or "kind" not in found:
        return None
    if found["kind"] not in MODULES:
        raise AdoptionError(
            f"{template.name} takes a kind of data called {shown(found['kind'])}, which this scaffolder does not know: "
            f"{suggestion(str(found['kind']), MODULES)}"
        )
    common = {"kind", "answers", "about", "made", "running", "people"}
    about, made, running = (
        tuple(found.get(key, other)) for key, other in (("about", ABOUT), ("made", ()), ("running", ()))
    )
    people = found.get("people", {})
    if people and not {"log", "who"} <= people.keys():
        raise AdoptionError(f"{template.name} names people in its `data`, but not both `log` and `who`.")
    for pattern in (*about, *made, *running, people.get("log", "")):
        if not isinstance(pattern, str) or pattern.startswith("/") or ".." in pattern.split("/"):
            raise AdoptionError(f"{template.name} names {shown(pattern)} as a file of its data, which is outside.")
    return Contract(
        found["kind"],
        found.get("answers", {}),
        about,
        made,
        running,
        people,
        {key: value for key, value in found.items() if key not in common},
    )


def wanted(template: Template) -> Contract:
    """The template's contract on data; raises `AdoptionError` if it takes none."""
    if (found := contract(template)) is None:
        raise AdoptionError(f"{template.name} takes no data of your own: 'scaffolder list' names the templates.")
    return found


def known_about(kind: str) -> Mapping[str, About]:
    """The questions of a kind to the owner of the data, by name."""
    known: Mapping[str, About] = import_module(MODULES[kind]).ABOUT
    return known


def fitting_about(template: Template, source: Path, options: Options) -> Mapping[str, About]:
    """Those of the questions that fit the data in `source`, as far as the kind looks; raises `AdoptionError`."""
    asked = _checked(template, options)
    module = import_module(MODULES[asked.kind])
    found: Mapping[str, About] = module.ABOUT
    return module.fitting(source, options, asked.more) if hasattr(module, "fitting") else found


def needed(kind: str) -> tuple[str, ...]:
    """The options without which the kind cannot read its data."""
    found: tuple[str, ...] = import_module(MODULES[kind]).NEEDED
    return found


def adopt(
    template: Template, source: Path, options: Options, former: Mapping[str, Any] = MappingProxyType({})
) -> Adoption:
    """Read the owner's data in `source`, as the template takes them.

    `former` are the choices by which the project was about the template's data before, so that the texts can still name
    the words of those; it is empty for a new project.

    Raises:
        AdoptionError: the data cannot be used, or an option does not fit them.
    """
    asked = _checked(template, options)
    found: Adoption = import_module(MODULES[asked.kind]).adopt(source, options, asked.more)
    facts = {**found.data.facts, "former": dict(former), "told": dict(options.about)}
    return replace(found, data=replace(found.data, facts=facts), name=source.name)


def examples(template: Template) -> tuple[OwnData, ...]:
    """Examples of the data that the template takes, one for each kind of target; with them it can be tried."""
    asked = contract(template)
    if asked is None:
        return ()
    targets = [{"targets": [one]} for one in asked.more.get("targets", ())] or [{}]
    return tuple(_example(asked, {**asked.more, **one}) for one in targets)


def _example(asked: Contract, more: Mapping[str, Any]) -> OwnData:
    module = import_module(MODULES[asked.kind])
    with TemporaryDirectory(prefix="scaffolder-") as folder:
        found: Adoption = module.adopt(*module.example(Path(folder), more), more)
    return OwnData(asked.kind, {**found.data.facts, "former": {}, "told": {}}, asked.answers, sorted(found.data.files))


def _checked(template: Template, options: Options) -> Contract:
    """The template's contract; raises `AdoptionError` for options that do not fit it."""
    asked = wanted(template)
    _refuse_untaken(asked.kind, options)
    for name, text in options.about.items():
        _check_about(name, text, known_about(asked.kind))
    return asked


def _refuse_untaken(kind: str, options: Options) -> None:
    """Raise `AdoptionError` for an option that says nothing of this kind of data."""
    takes: tuple[str, ...] = import_module(MODULES[kind]).TAKES
    for name, value in vars(options).items():
        if value and name not in (*takes, "about"):
            raise AdoptionError(
                f"{_flag(name)} says nothing of these data: leave it out. What describes them is "
                f"{', '.join(map(_flag, takes))}."
            )


def _flag(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def check_answer(about: About, text: str) -> str:
    """Why a text of the owner is no answer; "" if it is one."""
    if text and about.number and not _NUMBER.fullmatch(text):
        return "it must be a number, such as 20 or 0.5"
    return check_text(text)


def check_text(text: str) -> str:
    """Why a text of the owner cannot stand in every document; "" if it can."""
    if len(text) > _MOST:
        return f"it may have at most {_MOST} characters"
    if text and not (text.isprintable() and _PLAIN.fullmatch(text)):
        return 'it must be one line that starts with a letter or digit, without { } < > \\ ` " $ | * _ [ ] # ~ ^ ='
    return ""


def _check_about(name: str, text: str, known: Mapping[str, About]) -> None:
    if name not in known:
        raise AdoptionError(f"--about {shown(name)} is nothing that is asked of these data: {suggestion(name, known)}")
    if problem := check_answer(known[name], text):
        raise AdoptionError(f"--about {name}={text} cannot be used: {problem}.")
