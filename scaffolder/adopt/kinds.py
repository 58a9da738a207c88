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

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import Any

from scaffolder.adopt.kind import About, Adoption, AdoptionError, Kind, Options, check_answer
from scaffolder.adopt.outcomes import outcomes_kind
from scaffolder.adopt.table import table_kind
from scaffolder.adopt.texts import cases_kind, documents_kind
from scaffolder.errors import shown, suggestion
from scaffolder.template.catalog import Template
from scaffolder.template.lint_picks import OwnData

KINDS: Mapping[str, Kind] = {
    "table": table_kind.KIND,
    "outcomes": outcomes_kind.KIND,
    "cases": cases_kind.KIND,
    "documents": documents_kind.KIND,
}
ABOUT = ("settings.toml", "data/*")  # the files about the data, where a template does not say it
_COMMON = {"kind", "answers", "about", "made", "running", "people"}  # keys of each contract


@dataclass(frozen=True)
class Contract:
    """The contract of a template on the data that it takes."""

    name: str  # of the kind
    answers: Mapping[str, Any]
    about: tuple[str, ...]
    made: tuple[str, ...]
    running: tuple[str, ...]
    people: Mapping[str, Any]
    more: Mapping[str, Any]  # the keys of the kind

    @property
    def kind(self) -> Kind:
        """The kind of data."""
        return KINDS[self.name]


def contract(template: Template) -> Contract | None:
    """The template's contract on data; None if it takes no data of its owner's."""
    entries = template.config.get("_scaffolder")
    declared = entries.get("data") if isinstance(entries, dict) else None
    if not isinstance(declared, dict) or "kind" not in declared:
        return None
    name = declared["kind"]
    if name not in KINDS:
        raise AdoptionError(
            f"{template.name} takes a kind of data called {shown(name)}, which this scaffolder does not know: "
            f"{suggestion(str(name), KINDS)}"
        )
    found = Contract(
        name,
        declared.get("answers", {}),
        tuple(declared.get("about", ABOUT)),
        tuple(declared.get("made", ())),
        tuple(declared.get("running", ())),
        declared.get("people", {}),
        {key: value for key, value in declared.items() if key not in _COMMON},
    )
    if found.people and not {"log", "who"} <= found.people.keys():
        raise AdoptionError(f"{template.name} names people in its `data`, but not both `log` and `who`.")
    for pattern in (*found.about, *found.made, *found.running, found.people.get("log", "")):
        if not isinstance(pattern, str) or pattern.startswith("/") or ".." in pattern.split("/"):
            raise AdoptionError(f"{template.name} names {shown(pattern)} as a file of its data, which is outside.")
    return found


def wanted(template: Template) -> Contract:
    """The template's contract on data; raises `AdoptionError` if it takes none."""
    if (found := contract(template)) is None:
        raise AdoptionError(f"{template.name} takes no data of your own: 'scaffolder list' names the templates.")
    return found


def fitting_about(template: Template, source: Path, options: Options) -> Mapping[str, About]:
    """Those of the questions that fit the data in `source`, as far as the kind looks; raises `AdoptionError`."""
    asked = _checked(template, options)
    return asked.kind.fitting(source, options, asked.more) if asked.kind.fitting else asked.kind.about


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
    adoption = asked.kind.adopt(source, options, asked.more)
    facts = {**adoption.data.facts, "former": dict(former), "told": dict(options.about)}
    return replace(adoption, data=replace(adoption.data, facts=facts), name=source.name)


def examples(template: Template) -> tuple[OwnData, ...]:
    """Examples of the data that the template takes, one for each kind of target; with them it can be tried."""
    asked = contract(template)
    if asked is None:
        return ()
    targets = [{"targets": [target]} for target in asked.more.get("targets", ())] or [{}]
    return tuple(_example(asked, {**asked.more, **chosen}) for chosen in targets)


def _example(asked: Contract, more: Mapping[str, Any]) -> OwnData:
    with TemporaryDirectory(prefix="scaffolder-") as folder:
        data = asked.kind.adopt(*asked.kind.example(Path(folder), more), more).data
    return OwnData(asked.name, {**data.facts, "former": {}, "told": {}}, asked.answers, sorted(data.files))


def _checked(template: Template, options: Options) -> Contract:
    """The template's contract; raises `AdoptionError` for options that do not fit it."""
    asked = wanted(template)
    _refuse_untaken(asked.kind, options)
    for name, text in options.about.items():
        _check_about(name, text, asked.kind.about)
    return asked


def _refuse_untaken(kind: Kind, options: Options) -> None:
    """Raise `AdoptionError` for an option that says nothing of this kind of data."""
    for name, value in vars(options).items():
        if value and name not in (*kind.takes, "about"):
            raise AdoptionError(
                f"{_flag(name)} says nothing of these data: leave it out. What describes them is "
                f"{', '.join(map(_flag, kind.takes))}."
            )


def _flag(option: str) -> str:
    return f"--{option.replace('_', '-')}"


def _check_about(name: str, text: str, known: Mapping[str, About]) -> None:
    if name not in known:
        raise AdoptionError(f"--about {shown(name)} is nothing that is asked of these data: {suggestion(name, known)}")
    if problem := check_answer(known[name], text):
        raise AdoptionError(f"--about {name}={text} cannot be used: {problem}.")
