"""A project that predicts who leaves, and a file of its owner's, for the tests of `make adopt`."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from predictor.adoption import adopt, documents

README = """# Leavers

<!-- data:problem -->
A telecom company loses customers.

TODO(problem): who loses what?

We lose 300 a month.
<!-- /data:problem -->
<!-- measured:headline -->
85 of 100
<!-- /measured:headline -->
My own words.
"""
DATASET = "# Dataset: leavers\n\nIts publisher\nis unknown.\n"
SHIPPED = f"""<!-- data:problem -->
A telecom company
loses customers.

TODO(problem): who loses what?
<!-- /data:problem -->
{DATASET}"""
HAZARDS = """<!-- data:hazards -->
| hazard | likelihood |
| --- | --- |
| TODO(hazard): what could go wrong? | TODO(likelihood): how likely? |
<!-- /data:hazards -->
"""
OWN = f"""<!-- data:problem -->
TODO(trouble): what is wrong today?
<!-- /data:problem -->
<!-- data:unit -->
unit = "row"
<!-- /data:unit -->
{HAZARDS}"""
OLD = '[problem]\ntarget = "churn"\n[data]\nfile = "data/churn.csv.gz"\n[columns]\nage = "numeric"\n'
TOML = '# data:unit\nunit = "customer"\n# /data:unit\n\n[data]\nwords = ["telecom"]\n'
NEW = {
    "README.md",
    "scaffolder.toml",
    "settings.toml",
    "data/own.csv.gz",
    "data/DATASET.md",
    "docs/risks.md",
    "pyproject.toml",
    "own.md",
}

Use = Callable[[], int]


def write(root: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make `root` that project, and work in it."""
    texts = {"README.md": README, "scaffolder.toml": TOML, "settings.toml": OLD, "pyproject.toml": "", "own.md": OWN}
    texts |= {"docs/risks.md": f"# Risks\n\n{HAZARDS}", "data/DATASET.md": DATASET}
    texts |= {"data/shipped.md": SHIPPED, "data/simulate.py": "", "data/churn.csv.gz": "", "reports/metrics.json": "{}"}
    for name, text in texts.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):  # set while Git itself runs the tests
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(root)
    monkeypatch.setattr(documents, "OWN", root / "own.md")
    return root


def own_file(folder: Path, name: str = "height", value: str = "None", seed: int = 0) -> Path:
    random = np.random.default_rng(seed)
    numbers, target = random.random(60).round(3), np.where(random.random(60) < 0.5, "yes", "no")
    path = folder / "own.csv"
    pd.DataFrame({name: numbers, "kind": [value, "b", "c"] * 20, "late": target}).to_csv(
        path, index=False, lineterminator="\r\n"
    )
    return path


def use(source: Path, yes: bool = True) -> int:
    return adopt(source, "late", positive=None, time=None, id=None, dates=None, yes=yes)


def files(root: Path) -> dict[str, bytes]:
    found = (path for path in root.rglob("*") if path.is_file() and ".git" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def git(*words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false", *words],
        check=True,
        capture_output=True,
    )
