"""The templates: where they are, what each is about, and the questions it asks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

from scaffolder.errors import TemplateError, shown, suggestion
from scaffolder.template.questions import Kind, Question, matches
from scaffolder.tree import File

_HOOKS = ("pre_prompt", "pre_gen_project", "post_gen_project")  # the names that cookiecutter knows
_MAX_CONFIG_BYTES = 1_000_000  # bytes of a cookiecutter.json
_MAX_VALUES = 1_000  # values in somebody else's cookiecutter.json: each is rendered with all those before it


class Trust(Enum):
    """How far a template's code is trusted."""

    BUNDLED = "bundled"  # ours: plain Jinja, no hooks
    SANDBOXED = "sandboxed"  # somebody else's: Jinja in a sandbox, no hooks or local extensions
    TRUSTED = "trusted"  # somebody else's, with --trust: everything that cookiecutter would run


class TemplateRunner(Protocol):
    """Runs a template's Jinja and patterns outside this process, as `sandbox.Worker` does."""

    def text(self, text: str, context: Mapping[str, Any]) -> str:
        """`text` with its Jinja rendered."""

    def matches(self, pattern: str, text: str) -> bool:
        """Whether all of `text` matches `pattern`."""

    def files(self, context: Mapping[str, Any], suffixes: tuple[str, ...]) -> list[tuple[str, File]]:
        """The rendered files, by path."""


@dataclass(frozen=True)
class About:
    """A template's description of itself under `_scaffolder`."""

    title: str
    summary: str = ""
    demonstrates: tuple[str, ...] = ()
    level: str = ""
    next: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Template:
    """A cookiecutter template: its folder and its cookiecutter.json.

    `private` are the variables that cookiecutter adds, such as `_template` and `_repo_dir`. `worker` is the child
    process that runs its Jinja and its patterns; without one, they run in this process. `exercises` are those that
    somebody has added to its own, by id, as a record keeps them.
    """

    name: str
    folder: Path
    config: Mapping[str, Any]
    trust: Trust = Trust.BUNDLED
    private: Mapping[str, Any] = field(default_factory=dict)
    worker: TemplateRunner | None = None
    exercises: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @cached_property
    def about(self) -> About:
        """Title, summary, skills and level."""
        entries = _dict(self.config.get("_scaffolder"))
        default_next = ("make demo", "make test") if self.trust is Trust.BUNDLED else ()
        return About(
            title=str(entries.get("title", self.name)),
            summary=str(entries.get("summary", "")),
            demonstrates=tuple(map(str, entries.get("demonstrates", ()))),
            level=str(entries.get("level", "")),
            next=tuple(map(str, entries.get("next", default_next))),
        )

    @cached_property
    def questions(self) -> Mapping[str, Question]:
        """The public questions by name, in the order they are asked."""
        prompts = _dict(self.config.get("__prompts__"))
        rules = _dict(_dict(self.config.get("_scaffolder")).get("questions"))
        return {
            name: _question(name, default, prompts.get(name), {**_dict(rules.get(name)), "matches": self._matches})
            for name, default in self.config.items()
            if not name.startswith("_")
        }

    def next_steps(self, answers: Mapping[str, Any], *, own_data: bool = False) -> tuple[str, ...]:
        """The commands to type in a project with these answers: those for its choices, then those for all projects.

        With data of its owner's, a project has what its choices could still wait for.
        """
        if own_data:
            return self.about.next
        first = (self.questions[name].next.get(str(answers[name]), ()) for name in self.questions)
        return (*(command for commands in first for command in commands), *self.about.next)

    @cached_property
    def project_folder(self) -> str:
        """The name of the folder that becomes the project, such as '{{cookiecutter.project_slug}}'."""
        for entry in sorted(self.folder.iterdir()):
            if "cookiecutter" in entry.name and self._opening in entry.name and entry.is_dir():
                return entry.name
        raise TemplateError(f"{shown(self.name)} is not a template: it has no {{{{cookiecutter.…}}}} folder.")

    @property
    def hooks(self) -> tuple[Path, ...]:
        """The programs that cookiecutter would run."""
        found = (path for path in (self.folder / "hooks").glob("*_*") if not path.name.endswith("~"))
        return tuple(sorted(path for path in found if path.stem in _HOOKS))

    @property
    def _matches(self) -> Callable[[str, str], bool]:
        return self.worker.matches if self.worker else matches

    @property
    def _opening(self) -> str:
        return str(_dict(self.config.get("_jinja2_env_vars")).get("variable_start_string", "{{"))

    def to_json(self) -> dict[str, Any]:
        """The template as JSON: what it is about, and the names of its questions."""
        about = self.about
        return {
            "name": self.name,
            "title": about.title,
            "summary": about.summary,
            "demonstrates": list(about.demonstrates),
            "level": about.level,
            "questions": list(self.questions),
        }


def _question(name: str, default: Any, prompt: Any, rules: Mapping[str, Any]) -> Question:
    kinds: dict[type, Kind] = {list: "choice", bool: "yes_no", dict: "json"}
    labels = {key: str(text) for key, text in prompt.items()} if isinstance(prompt, dict) else {}
    asked = labels.pop("__prompt__", name) if labels else prompt or name
    choices = tuple(map(str, default)) if isinstance(default, list) else ()
    if isinstance(default, list) and not choices:
        raise TemplateError(f"The template's question {shown(name)} has no choices.")
    bounds = {key: rules[key] for key in ("help", "pattern", "pattern_hint", "max_length", "matches") if key in rules}
    return Question(
        name=name,
        kind=kinds.get(type(default), "text"),
        default=choices[0] if choices else default,
        prompt=str(asked),
        choices=choices,
        labels=MappingProxyType(labels),
        reserved=tuple(rules.get("reserved", ())),
        next=MappingProxyType(_dict(rules.get("next"))),
        **bounds,
    )


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


@cache
def templates_folder() -> Path:
    """The folder of the bundled templates: inside the installed package, or next to it in a checkout."""
    package = Path(__file__).parent.parent
    installed = package / "templates"
    return installed if installed.is_dir() else package.parent / "templates"


def names() -> list[str]:
    """The names of the bundled templates, sorted."""
    return sorted(path.parent.name for path in templates_folder().glob("[!_]*/cookiecutter.json"))


@cache
def bundled(name: str) -> Template:
    """The bundled template `name`; raises `TemplateError`, with the closest name, if there is none."""
    if name not in names():
        raise TemplateError(f"There is no template {shown(name)}: {suggestion(name, names())}")
    return read(templates_folder() / name, name)


def read(folder: Path, name: str, trust: Trust = Trust.BUNDLED, private: Mapping[str, Any] | None = None) -> Template:
    """The template in `folder`; raises `TemplateError` if there is none, or a menu of several."""
    path = folder / "cookiecutter.json"
    try:
        if path.stat().st_size > _MAX_CONFIG_BYTES:
            raise TemplateError(f"The cookiecutter.json of {shown(name)} is larger than {_MAX_CONFIG_BYTES:,} bytes.")
        config = json.loads(path.read_bytes()) if trust is Trust.BUNDLED else _checked_config(path.read_bytes())
    except OSError as error:
        raise TemplateError(
            f"{shown(name)} is not a template: its cookiecutter.json cannot be read ({error.strerror})."
        ) from error
    except (ValueError, RecursionError) as error:
        raise TemplateError(f"{shown(name)} is not a template: its cookiecutter.json is not JSON ({error}).") from error
    if not isinstance(config, dict):
        raise TemplateError(f"{shown(name)} is not a template: its cookiecutter.json is not an object.")
    if menu := menu_paths(config):
        raise TemplateError(f"{shown(name)} is a menu of templates: choose one with --directory {' or '.join(menu)}.")
    return Template(name, folder, config, trust, private or {})


def _checked_config(data: bytes) -> Any:
    """Somebody else's cookiecutter.json; raises `ValueError` or `TemplateError`."""
    from scaffolder.formats.json import load_json
    from scaffolder.template.config import misfit

    config = load_json(data)
    if isinstance(config, dict) and len(config) > _MAX_VALUES:
        raise TemplateError(f"The template's cookiecutter.json has more than {_MAX_VALUES:,} values.")
    if isinstance(config, dict) and (problem := misfit(config)):
        raise TemplateError(f"The template's cookiecutter.json cannot be used: {problem}.")
    return config


def menu_paths(config: Mapping[str, Any]) -> list[str]:
    """The folders in a menu of templates (cookiecutter's `templates`, or the older `template`); none without a menu."""
    new = [str(_dict(entry).get("path", name)) for name, entry in _dict(config.get("templates")).items()]
    old = config.get("template")
    entries = [str(line).rpartition("(")[2].rstrip(") ") for line in old] if isinstance(old, list) else []
    return [path.removeprefix("./") for path in new or entries]
