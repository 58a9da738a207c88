"""A table of the owner's, for the tests of `make adopt` in the project of telecom.py."""

from pathlib import Path

import numpy as np
import pandas as pd

from any_package.adoption import adopt


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
