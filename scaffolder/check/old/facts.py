"""What items may ask about one repository: a fact is a function whose parameters name other facts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import Any

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.markdown import Document, document

MAX_DOCUMENTS = 60

HOMES: dict[str, str] = {
    # fact -> the module of this package, in its family, that has the function of that name
    "record": "words.origin",
    "pristine": "words.origin",
    "live": "readers.web",
    "readme": "engine.facts",
    "model_card": "engine.facts",
    "documents": "engine.facts",
    "pyproject": "engine.facts",
    "stubs": "words.placeholders",
    "config": "engine.config",
    "metrics": "numbers.metrics",
    "settings": "readers.toml",
    "claims": "numbers.claims",
    "predictions": "readers.csv",
    "errors_csv": "readers.csv",
    "recomputed": "numbers.recompute",
    "tests": "shipping.tests_ast",
    "images": "readers.images",
    "diagrams": "diagrams.drawings",
    "broken_links": "readers.links",
    "dockerfile": "readers.dockerfile",
    "compose": "readers.compose",
    "workflows": "readers.workflow",
    "makefile": "readers.make",
    "env_example": "shipping.env",
    "code_env_reads": "shipping.env",
    "secrets": "shipping.secrets",
    "modules": "readers.python",
    "ci_runs": "shipping.ci",
    "routes": "shipping.endpoints",
    "endpoint_tests": "shipping.endpoints",
    "measured": "numbers.measured",
    "data_counts": "numbers.data_counts",
    "load": "numbers.load",
    "latencies": "numbers.load",
    "alerts": "watching.alerts",
    "signals": "watching.signals",
    "drift_checks": "watching.drift",
    "versions": "watching.versions",
    "columns": "readers.columns",
    "today": "watching.plans",
}


class Facts:
    """The facts about one repository, each computed once and only if somebody asks.

    `online` says whether live addresses may be asked. A fact that fails fails again, at no cost, for each
    item that wants it. Any fact can be set from outside before it is asked for, as tests do.
    """

    def __init__(self, snapshot: Snapshot, online: bool = False) -> None:
        self.snapshot = snapshot
        self.online = online
        self._failed: dict[str, Exception] = {}

    def __getattr__(self, name: str) -> Any:
        if name not in HOMES:
            raise AttributeError(f"there is no fact {name!r}")
        if name in self._failed:
            raise self._failed[name]
        function, wanted = _function(name)
        try:
            value = function(**{parameter: getattr(self, parameter) for parameter in wanted})
        except Exception as error:
            self._failed[name] = error
            raise
        setattr(self, name, value)
        return value


@cache
def _function(name: str) -> tuple[Callable[..., Any], tuple[str, ...]]:
    function = getattr(import_module(f"scaffolder.check.{HOMES[name]}"), name)
    return function, function.__code__.co_varnames[: function.__code__.co_argcount]


def readme(documents: tuple[Document, ...], snapshot: Snapshot) -> Document | None:
    """The README, wherever GitHub would look for it."""
    path = snapshot.find("README.md", "README.markdown", "README", ".github/README.md", "docs/README.md")
    return _document(documents, path)


def model_card(documents: tuple[Document, ...], snapshot: Snapshot) -> Document | None:
    """The model card."""
    names = ("MODEL_CARD.md", "MODEL-CARD.md", "MODELCARD.md")
    return _document(documents, snapshot.find(*names, *(f"**/{name}" for name in names)))


def _document(documents: tuple[Document, ...], path: str | None) -> Document | None:
    return next((document for document in documents if document.path == path), None)


def documents(snapshot: Snapshot, settings: dict[str, Any]) -> tuple[Document, ...]:
    """The Markdown files: README and model card, then those nearest to the top, at most `MAX_DOCUMENTS`.

    What an assistant answers from is data: its links, rollbacks and contacts are not those of the repository.
    """
    corpus = settings.get("corpus")
    folder = str(corpus.get("folder", "")).strip("./") if isinstance(corpus, dict) else ""
    data = (f"{folder}/",) if folder not in ("", "docs") else ()
    found = snapshot.glob("*.md", "*.markdown", "README", "**/*.md")
    paths = sorted((path for path in found if not (path.startswith(data) or _is_data(path))), key=_weight)
    texts = ((path, snapshot.text(path)) for path in paths[:MAX_DOCUMENTS])
    return tuple(document(path, text) for path, text in texts if text is not None)


def _is_data(path: str) -> bool:
    """Whether it lies in a folder of data/ and does not describe it."""
    folders, name = path.lower().split("/")[:-1], path.rpartition("/")[2].lower()
    return len(folders) > 1 and folders[0] == "data" and not name.startswith(("readme", "dataset", "datasheet"))


def _weight(path: str) -> tuple[bool, int, str]:
    return not path.rpartition("/")[2].lower().startswith(("readme", "model")), path.count("/"), path


def pyproject(snapshot: Snapshot) -> dict[str, Any]:
    """`pyproject.toml` as a dictionary; empty if there is none or it does not parse, which a note says."""
    from scaffolder.check.readers.toml import TomlError, load_toml

    try:
        return load_toml(snapshot.text("pyproject.toml") or "")
    except TomlError as error:
        snapshot.note(f"pyproject.toml is not TOML: {error}")
        return {}
