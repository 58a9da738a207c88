"""A project like this one with a few of its cases, so that tests take seconds."""

import gzip
import re
from hashlib import sha256
from pathlib import Path

import pandas as pd

from capstone import technique
from capstone.settings import Settings, load_settings

ROOT = Path(__file__).resolve().parents[1]
CASES = 900
SETTINGS = load_settings(ROOT / "settings.toml")
MOST_RISK = 10 * SETTINGS.policy.most_risk  # few cases show no less


def write(folder: Path) -> Settings:
    """Write settings.toml and the data file of a small project into `folder`; its gates are left out."""
    packed = gzip.compress(few().to_csv(index=False).encode(), mtime=0)
    text = (ROOT / "settings.toml").read_text(encoding="utf-8")
    text = text.replace(SETTINGS.data.sha256, sha256(packed).hexdigest())
    text = re.sub(r"^\[gates\][^\[]*", "", text, flags=re.MULTILINE)
    text = re.sub(r"^min_rows = .*$", "min_rows = 20", text, flags=re.MULTILINE)
    text = re.sub(
        r"^headline = .*$", f'headline = "{next(iter(technique.scores(SETTINGS)))}"', text, flags=re.MULTILINE
    )
    text = re.sub(r"^most_risk = .*$", f"most_risk = {MOST_RISK}", text, flags=re.MULTILINE)
    (folder / SETTINGS.data.file).parent.mkdir(parents=True, exist_ok=True)
    (folder / SETTINGS.data.file).write_bytes(packed)
    (folder / "settings.toml").write_text(text, encoding="utf-8")
    return load_settings(folder / "settings.toml")


def few() -> pd.DataFrame:
    """Cases at even distances, of whole groups if there are groups, as text."""
    frame = pd.read_csv(ROOT / SETTINGS.data.file, dtype=str, keep_default_na=False)
    step = max(1, len(frame) // CASES)
    if SETTINGS.data.group is None or SETTINGS.data.time is not None:
        return frame.iloc[::step]
    groups, _ = pd.factorize(frame[SETTINGS.data.group])
    return frame[groups % step == 0]
