"""Make data/fraud.csv.gz: SYNTHETIC card payments, because no real data set may be shipped.

Run it from the repository's root: `python data/simulate.py`. How the payments come about is in world.py.
"""

from __future__ import annotations

import gzip
import io
from pathlib import Path

import numpy as np
import pandas as pd

from world import (
    CATEGORIES,
    DAY,
    FAR_FUTURE,
    REMOTE,
    START,
    WARM_UP_DAYS,
    Integers,
    World,
    inflate,
    make_hidden,
    make_world,
    oracle,
    pay,
    report,
)

FILE = Path("data/fraud.csv.gz")
SEED = 20260901


def simulate(seed: int = SEED) -> pd.DataFrame:
    """All payments after the warm-up, in order of time. The same seed gives the same rows."""
    random = np.random.default_rng(seed)
    world = make_world(random)
    hidden = make_hidden(random)
    payments = pd.concat([pay(random, world, hidden, thief=False), pay(random, world, hidden, thief=True)])
    payments = payments.sort_values("second", kind="stable", ignore_index=True)
    payments = report(random, inflate(random, payments, hidden), hidden)
    table = features(payments, world).assign(oracle=oracle(payments, world, hidden).round(6))
    return table[payments["second"] >= WARM_UP_DAYS * DAY].reset_index(drop=True)


def features(payments: pd.DataFrame, world: World) -> pd.DataFrame:
    """What the bank knew at the moment of each payment, in order of time."""
    by_card = payments.sort_values(["card", "second"], kind="stable")
    key = by_card["card"].to_numpy() * FAR_FUTURE + by_card["second"].to_numpy()
    amount = np.exp(by_card["log_amount"].to_numpy()).round(2).clip(0.5)
    spent = np.concatenate([[0.0], amount.cumsum()])
    position = np.arange(len(key))
    first = np.searchsorted(key, by_card["card"].to_numpy() * FAR_FUTURE)
    day_ago, week_ago = (np.searchsorted(key, key - days * DAY) for days in (1, 7))
    day_ago, week_ago = np.maximum(day_ago, first), np.maximum(week_ago, first)
    with np.errstate(invalid="ignore"):
        usual = (spent[position] - spent[first]) / (position - first)
    since_last = np.where(position > first, np.diff(key, prepend=key[0]) / 60, np.nan)
    category = world.category[by_card["merchant"]]
    when = START + by_card["second"].to_numpy().astype("timedelta64[s]")
    table = pd.DataFrame(
        {
            "time": when,
            "card": by_card["card"],
            "merchant": by_card["merchant"],
            "amount": amount,
            "category": np.take(CATEGORIES, category),
            "channel": np.where(REMOTE[category], "remote", "in person"),
            "hour": by_card["second"] % DAY // 3600,
            "distance_km": world.distance[by_card["card"], by_card["merchant"]].round(1),
            "new_merchant": np.where(by_card.duplicated(["card", "merchant"]), "no", "yes"),
            "amount_to_usual": (amount / usual).round(3),
            "minutes_since_last": since_last.round(1),
            "payments_24h": position - day_ago,
            "payments_7d": position - week_ago,
            "spent_24h": (spent[position] - spent[day_ago]).round(2),
            "merchant_reports_30d": _reports(payments, by_card, days=30),
            "fraud": np.where(by_card["label"], "yes", "no"),
        }
    )
    return table.sort_index()


def write(path: Path, table: pd.DataFrame) -> None:
    """Write a gzipped CSV file; the same table gives the same bytes."""
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as file:
        file.write(table.to_csv(index=False, lineterminator="\n").encode())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())


def _reports(payments: pd.DataFrame, rows: pd.DataFrame, *, days: int) -> Integers:
    """Frauds at the merchant in the last `days` that were reported before each row's moment."""
    frauds = payments[payments["label"]]
    known = np.sort(frauds["merchant"].to_numpy() * FAR_FUTURE + frauds["reported"].to_numpy())
    now = rows["merchant"].to_numpy() * FAR_FUTURE + rows["second"].to_numpy()
    earliest = np.maximum(now - days * DAY, rows["merchant"].to_numpy() * FAR_FUTURE)
    return np.asarray(np.searchsorted(known, now) - np.searchsorted(known, earliest))


def main() -> None:
    table = simulate()
    write(FILE, table)
    print(f"{FILE}: {len(table):,} SYNTHETIC payments, {(table['fraud'] == 'yes').mean():.2%} labelled fraud")


if __name__ == "__main__":
    main()
