"""A draft of `scaffolder.toml` for a repository that has none: what its files show, for a person to read."""

from __future__ import annotations

from collections.abc import Mapping

from scaffolder.check.contract import CAPABILITIES, PATH
from scaffolder.check.documents import MODEL_CARD
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.metrics import LATENCY
from scaffolder.check.readers.metrics import PATH as METRICS
from scaffolder.errors import TargetError, one_line

_MODELS = tuple(f"**/*.{ending}" for ending in ("onnx", "skops", "joblib", "pkl", "pickle", "pt", "safetensors", "h5"))
_FILES: Mapping[str, tuple[str, ...]] = {
    "measures": (METRICS,),
    "predictions": ("reports/predictions.csv", "**/predictions.csv"),
    "columns": ("*.csv", "*.parquet", "data/**/*.csv", "data/**/*.csv.gz", "data/**/*.parquet", "data/**/*.jsonl"),
    "model": (MODEL_CARD, "**/*model*card*", *_MODELS),
    "container": ("Dockerfile", "Containerfile", "**/Dockerfile", "**/Containerfile"),
    "latency": LATENCY,
}
"""The files by which a capability is known; of the others, only a person can tell."""
_HEAD = f"""\
# Drafted from the names of the files in this repository. Read every line: only you know whether it is so.
# `true` means that the project has this; otherwise write one sentence that says why it is not needed here.
# `scaffolder check` reads this file, {PATH}; docs/contract.md of scaffolder explains each key.
contract = 1

# unit = "customer"  # the singular noun for one row of reports/predictions.csv and reports/errors.csv
# id = "row"  # the column of these files that names a row

[capabilities]
"""


def draft(repo: Repository) -> str:
    """The text of a contract. What a file shows is declared, with its place; the rest is commented out.

    Raises `TargetError` if the repository has a contract, which must not be lost.
    """
    if repo.snapshot.is_file(PATH):
        raise TargetError(f"There is a {PATH} already: `scaffolder check` says what is wrong with it, if anything is.")
    return _HEAD + "".join(f"{_declared(repo, name)}\n" for name in CAPABILITIES)


def _declared(repo: Repository, name: str) -> str:
    place = repo.snapshot.find(*_FILES.get(name, ()))
    if place is None:
        return f"# {name} = true  # if {CAPABILITIES[name]}"
    return f"{name} = true  # found: {one_line(place)[:200]}"
