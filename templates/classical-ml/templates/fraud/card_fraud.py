"""Use the public card-fraud data set instead of the simulation: `python -m predictor.card_fraud creditcard.csv`.

The data set has 284,807 payments from two days in September 2013, 492 of them frauds. It was published by Worldline
and the Machine Learning Group of the Université Libre de Bruxelles. Read its licence and download it yourself from
https://www.kaggle.com/datasets/mlg-ulb/creditcardfraud. This command then writes `data/card_fraud.csv.gz` and a
settings file next to it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

import pandas as pd

from .simulate import write

COMPONENTS = [f"V{number}" for number in range(1, 29)]
COLUMNS = ["Time", *COMPONENTS, "Amount", "Class"]
NOMINAL_START = pd.Timestamp("2013-09-01")  # the data set has seconds since its first payment, not dates
DATA, SETTINGS = Path("data/card_fraud.csv.gz"), Path("data/card_fraud.toml")


class SourceError(ValueError):
    """The file is not the public card-fraud set."""


def convert(source: Path) -> pd.DataFrame:
    """Rename the columns to this project's style, and give each payment a time.

    Raises:
        SourceError: the file cannot be read as the CSV file of this data set (plain or zipped).
    """
    try:
        frame = pd.read_csv(source)
    except (OSError, ValueError) as error:
        raise SourceError(f"{source} cannot be read as a CSV file: {error}") from None
    absent = [name for name in COLUMNS if name not in frame]
    if absent:
        raise SourceError(f"{source} is not the card-fraud set: it has no column {', '.join(absent)}")
    if not set(frame["Class"].unique()) <= {0, 1}:
        raise SourceError(f"{source} is not the card-fraud set: Class has values other than 0 and 1")
    frame = frame[COLUMNS].rename(columns=str.lower)
    time = NOMINAL_START + pd.to_timedelta(frame.pop("time"), unit="s")
    frame.insert(0, "time", time)
    frame["fraud"] = frame.pop("class").map({0: "no", 1: "yes"})
    return frame


def settings(frame: pd.DataFrame, sha256: str) -> str:
    """The text of a `settings.toml` for the converted set."""
    loss = frame.loc[frame["fraud"] == "yes", "amount"].mean()
    head = f"""\
# The public card-fraud set, converted by `python -m predictor.card_fraud`.

[problem]
name = "fraud"
title = "Card fraud"
entity = "transaction"
target = "fraud"
positive = "yes"

[data]
file = "{DATA.as_posix()}"
sha256 = "{sha256}"
time = "time"
# The data set does not say when a fraud was reported, and two days are too short for a delay.
label_delay_days = 0

[training]
headline = "average_precision"

[cost]
# ASSUMPTIONS: a missed fraud costs its amount ({loss:.0f} EUR on average), a false alarm a call.
currency = "EUR"
false_positive = 10
false_negative = {loss:.0f}

[[gates]]
metric = "average_precision"
min = 0.5
"""
    amount = frame["amount"].median()
    features = [_feature("amount", "Amount of the payment", f'unit = "EUR"\nmin = 0\nexample = {amount:.2f}')]
    for name in map(str.lower, COMPONENTS):
        example = f"example = {frame[name].median():.4f}"
        features.append(_feature(name, "A principal component; its meaning is not published", example))
    return "\n".join([head, *features])


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m predictor.card_fraud", description=__doc__)
    parser.add_argument("source", type=Path, help="creditcard.csv, or the zip file it came in")
    try:
        frame = convert(parser.parse_args(arguments).source)
    except SourceError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    write(DATA, frame)
    SETTINGS.write_text(settings(frame, hashlib.sha256(DATA.read_bytes()).hexdigest()), encoding="utf-8")
    print(f"{DATA}: {len(frame):,} payments, {(frame['fraud'] == 'yes').sum():,} frauds.")
    print(f"Next: mv {SETTINGS} settings.toml, describe the data in data/DATASET.md, then run make demo.")
    return 0


def _feature(name: str, description: str, rest: str) -> str:
    return f'[[features]]\nname = "{name}"\nkind = "numeric"\ndescription = "{description}"\n{rest}\n'


if __name__ == "__main__":
    sys.exit(main())
