"""A small table with its settings, so that no test depends on the data of this repository.

A row is a customer on a day. What is to be predicted, toy_target.py says.
"""

import gzip
import hashlib
import json
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import chdir, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import Pipeline

import toy_target
from predictor import bootstrap, evaluation, features, training
from predictor.decision import Task
from predictor.inputs import Input
from predictor.reporting.metrics import write_json
from predictor.settings import Settings

ROOT = Path(__file__).parents[1]  # of the repository: its code and documents, not its data
FILE = "data/toy.csv.gz"
ROWS = 400
NEVER_SEEN = "never seen before"
# <text>
WORDS = ["Late", "late,", "größer", "日本語", "l'été", "café", "refund", "<b>", "</textarea>"]
# </text>

Row = dict[str, Any]

SECTIONS: dict[str, dict[str, Any]] = {
    "data": {"file": FILE},
    "columns": {
        "age": {"kind": "numeric", "description": "Age at signing", "unit": "years", "min": 0, "max": 120},
        "spent": "numeric",
        "plan": "categorical",
        "city": "categorical",
        # <text>
        "note": "text",
        # </text>
    },
    "slices": {"columns": ["plan", "age", "region"], "min_rows": 15},
    "words": {
        "plan": {"is basic": "on the basic plan", "is not {}": "on another plan than {}"},
        "age": {"{}": "whose age {}"},
    },
}
QUICK = {"folds": 3, "search_iterations": 2, "seed": 7}


@dataclass(frozen=True)
class Project:
    """A repository in which everything has been run once."""

    folder: Path
    settings: Settings
    pipeline: Pipeline  # what was converted


def settings(**sections: Mapping[str, Any]) -> Settings:
    """Settings of the toy table; keywords add to a section, or change it."""
    target = toy_target.SECTIONS
    names = {**SECTIONS, **target, **sections, "training": {}}
    changed = {name: {**SECTIONS.get(name, {}), **target.get(name, {}), **sections.get(name, {})} for name in names}
    return Settings.model_validate({**changed, "training": {**QUICK, **changed["training"]}})


def task(**sections: Mapping[str, Any]) -> Task:
    return Task(settings(**sections))


def table(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    """Inputs that say something, but not everything, about the target. `NA` is a plan, not a gap."""
    random = np.random.default_rng(seed)
    gap = random.random((2, rows)) < 0.1
    # <text>
    notes = np.random.default_rng(seed).choice([*WORDS, *"😀!"], (rows, 8))
    # </text>
    frame = pd.DataFrame(
        {
            "day": pd.date_range("2024-01-01", periods=rows).strftime("%Y-%m-%d"),
            "age": random.uniform(18, 90, rows).round(3),
            "spent": np.where(gap[0], np.nan, random.gamma(2.0, 20.0, rows).round(2)),
            "plan": random.choice(["basic", "plus", "NA"], rows),
            "city": np.where(gap[1], None, random.choice(["Aachen", "Bonn"], rows)),  # type: ignore[call-overload]
            # <text>
            "note": [" ".join(words[: count % 9]) or None for count, words in enumerate(notes)],
            # </text>
            "region": random.choice(["north", "south"], rows),
        }
    )
    return frame.assign(**toy_target.columns(frame, random))


def put(root: Path, content: pd.DataFrame | bytes) -> str:
    """Write the data file below `root`; returns its SHA-256."""
    if isinstance(content, pd.DataFrame):
        content = gzip.compress(content.to_csv(index=False).encode(), mtime=0)
    path = root / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return hashlib.sha256(content).hexdigest()


def run(root: Path, chosen: Settings, rows: pd.DataFrame) -> Project:
    """Read, train and evaluate with `root` as the repository's root."""
    put(root, rows)
    (root / "settings.toml").write_text(toml(chosen.model_dump(exclude_none=True)), encoding="utf-8")
    convert, fitted = features.to_onnx, []

    def keep(pipeline: Pipeline, inputs: list[Input]) -> bytes:
        fitted.append(pipeline)
        return convert(pipeline, inputs)

    with chdir(root), few_resamples(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(features, "to_onnx", keep)
        training.train(chosen)
        evaluation.evaluate(chosen)
        # test_cli.py measures it.
        write_json(Path("reports/latency.json"), {"answers": 200, "cpus": 2, "p50": 1.5, "p95": 2.5})
    return Project(root, chosen, *fitted)


@contextmanager
def few_resamples() -> Iterator[None]:
    """Most of an evaluation's time goes into intervals, and how wide they are, test_bootstrap.py looks at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bootstrap, "RESAMPLES", 100)
        yield


def documents(root: Path) -> dict[str, list[str]]:
    """Copy the documents of this repository; returns the names of their measured blocks."""
    blocks: dict[str, list[str]] = tomllib.loads((ROOT / "scaffolder.toml").read_text(encoding="utf-8"))["blocks"]
    for name in ["scaffolder.toml", *blocks]:
        (root / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, root / name)
    return blocks


def toml(values: Mapping[str, Any], *path: str) -> str:
    """Values as TOML, whose strings, numbers and lists look as in JSON."""
    tables = {name: value for name, value in values.items() if isinstance(value, dict)}
    name = [f"[{'.'.join(json.dumps(part, ensure_ascii=False) for part in path)}]"] if path else []
    lines = [
        f"{json.dumps(key)} = {json.dumps(values[key], ensure_ascii=False)}" for key in values if key not in tables
    ]
    return "\n".join([*name, *lines, *(toml(value, *path, one) for one, value in tables.items())])


def requests(chosen: Settings, rows: pd.DataFrame, count: int, seed: int, unknown: float = 0.0) -> list[Row]:
    """Rows of `count` random cells of each column, gaps where it has some, a share of categories never seen."""
    random = np.random.default_rng(seed)
    drawn = pd.DataFrame(
        {name: random.choice(rows[name].astype(object), count) for name in chosen.columns}, dtype=object
    )
    for name in chosen.names("categorical"):
        drawn.loc[random.random(count) < unknown, name] = NEVER_SEEN
    records: list[Row] = drawn.where(drawn.notna(), None).to_dict("records")
    return records
