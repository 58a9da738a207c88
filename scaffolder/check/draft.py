"""A draft of `scaffolder.toml` for a repository that has none: what was found, with its place, for a person to read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from scaffolder.check.contract import CAPABILITIES, PATH
from scaffolder.check.documents import documents, model_card
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import FactError
from scaffolder.check.readers.csv import errors_csv, predictions
from scaffolder.check.readers.imports import imported
from scaffolder.check.readers.metrics import PATH as METRICS
from scaffolder.check.readers.metrics import latency_path, metrics
from scaffolder.check.readers.python import modules
from scaffolder.errors import TargetError, one_line
from scaffolder.formats.toml import as_toml

_TABLES = ("*.csv", "*.parquet", "data/**/*.csv", "data/**/*.csv.gz", "data/**/*.parquet", "data/**/*.jsonl")
_MODELS = tuple(f"**/*.{ending}" for ending in ("onnx", "skops", "joblib", "pkl", "pickle", "pt", "safetensors", "h5"))
_IMAGES = ("Dockerfile", "Containerfile", "**/Dockerfile", "**/Containerfile")
_SERVERS = {"fastapi", "flask", "starlette", "django", "litestar", "aiohttp", "sanic", "gradio", "streamlit"}
_WATCHERS = {"evidently", "nannyml", "alibi_detect", "whylogs"}
_HEAD = f"""\
# Drafted from what was found in this repository. Read every line, and correct it: only you know whether it is so.
# `true` means that the project has this; otherwise write one sentence that says why it is not needed here.
# `scaffolder check` reads this file, {PATH}; docs/contract.md of scaffolder explains each key.
contract = 1
"""


def draft(repo: Repository) -> str:
    """The text of a contract. What was found is declared, with its place; the rest is commented out.

    Raises `TargetError` if the repository has a contract, which must not be lost.
    """
    if repo.snapshot.is_file(PATH):
        raise TargetError(f"There is a {PATH} already: `scaffolder check` says what is wrong with it, if anything is.")
    parts = [_HEAD + "\n".join(_rows(repo)), "[capabilities]\n" + "\n".join(_capabilities(repo))]
    if blocks := _blocks(repo):
        parts.append("\n".join(["# The parts that a program writes, by document.", "[blocks]", *blocks]))
    return "\n\n".join(parts) + "\n"


def _rows(repo: Repository) -> Iterator[str]:
    """The keys about a row of the predictions."""
    yield '# unit = "customer"  # the singular noun for one row of reports/predictions.csv and reports/errors.csv'
    rows = predictions(repo) or errors_csv(repo)
    if rows and rows.header:
        yield f"id = {as_toml(rows.header[0][:200])}{_said(f'the first column of {rows.path}')}"
    else:
        yield '# id = "row"  # the column of these files that names a row'


def _capabilities(repo: Repository) -> Iterator[str]:
    for name, meaning in CAPABILITIES.items():
        place = _FINDERS[name](repo)
        yield f"{name} = true{_said(place)}" if place else f"# {name} = true  # not found: {meaning}"


def _said(place: str) -> str:
    """A comment that says where something was found."""
    return f"  # found: {one_line(place)[:200]}"


def _blocks(repo: Repository) -> list[str]:
    found = []
    for page in documents(repo):
        names = list(dict.fromkeys(block.measured for block in page.blocks if block.measured))
        if names:
            found.append(f"{as_toml(page.path)} = {as_toml(names)}")
    return found


def _slices(repo: Repository) -> str:
    try:
        found = metrics(repo)
    except FactError:
        return ""
    return f"slices in {METRICS}" if found and found.slices else ""


def _latency(repo: Repository) -> str:
    path = latency_path(repo)
    return path if repo.snapshot.is_file(path) else ""


def _model(repo: Repository) -> str:
    card = model_card(repo)
    return card.path if card else repo.snapshot.find(*_MODELS) or ""


def _imported(names: set[str]) -> Callable[[Repository], str]:
    """A function that finds the first import of one of the packages; those of tests do not count."""

    def place(repo: Repository) -> str:
        for module in modules(repo):
            for name, line in () if module.is_test else imported(module):
                if (package := name.partition(".")[0]) in names:
                    return f"{module.path}:{line} imports {package}"
        return ""

    return place


_FINDERS: Mapping[str, Callable[[Repository], str]] = {
    "measures": lambda repo: METRICS if repo.snapshot.is_file(METRICS) else "",
    "predictions": lambda repo: rows.path if (rows := predictions(repo)) else "",
    "slices": _slices,
    "columns": lambda repo: repo.snapshot.find(*_TABLES) or "",
    "model": _model,
    "serves": _imported(_SERVERS),
    "container": lambda repo: repo.snapshot.find(*_IMAGES) or "",
    "latency": _latency,
    "drift": _imported(_WATCHERS),
}
