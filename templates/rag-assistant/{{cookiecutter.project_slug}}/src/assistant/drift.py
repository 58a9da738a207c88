"""Do people ask what the assistant was measured on? `make drift` compares the confidence of live and test questions.

The population stability index over bins of confidence (N. Siddiqi, Credit Risk Scorecards, 2006): the sum of
(live - test) ln(live / test), above 0.25 a shift. Few questions exceed that by chance: without a shift the index is
distributed like (1/n + 1/m) chi-squared (B. Yurdakul and J. Naranjo, Journal of Risk Model Validation 14(4), 2020), so
the limit is the larger of the two.
"""

import csv
from collections.abc import Sequence
from http.client import HTTPException
from itertools import pairwise
from pathlib import Path
from urllib.request import urlopen

import numpy as np
from prometheus_client.parser import text_string_to_metric_families

from .bootstrap import Array
from .errors import AssistantError, Unavailable

REFERENCE = Path("reports/predictions.csv")
METRIC = "answer_confidence"
LEAST = 50  # live questions from which on the index says anything
SHIFTED, CHI2_95 = 0.25, 16.919  # the 95th percentile with 9 degrees of freedom, for 10 bins
RAREST = 1e-4  # share of an empty bin, whose logarithm would be infinite


def drift(address: str) -> tuple[str, bool]:
    """What the service at `address` has been asked since it started, in a sentence, and whether that is a shift.

    Raises:
        Unavailable: the service does not answer.
        AssistantError: nothing has been measured yet.
    """
    edges, live = live_counts(address)
    if not REFERENCE.exists():
        raise AssistantError(f"{REFERENCE} does not exist; run: make evaluate")
    with REFERENCE.open(encoding="utf-8", newline="") as file:
        test = np.histogram([float(row["confidence"]) for row in csv.DictReader(file)], [0, *edges])[0]
    if live.sum() < LEAST:
        return f"Not known yet: {live.sum():.0f} of the {LEAST} questions since the start that are needed.", False
    index, limit = psi(live, test), max(SHIFTED, (1 / live.sum() + 1 / test.sum()) * CHI2_95)
    shifted = index > limit
    verdict = "other questions than it was measured on" if shifted else "like the test questions"
    return f"PSI {index:.3f} of {live.sum():.0f} questions since the start, limit {limit:.3f}: {verdict}.", shifted


def live_counts(address: str) -> tuple[list[float], Array]:
    """The upper edges of the bins, and how many answers fell into each.

    Raises:
        Unavailable: the service does not answer.
    """
    try:
        with urlopen(f"{address}/metrics", timeout=10) as answer:  # noqa: S310  # the owner's own service
            families = list(text_string_to_metric_families(answer.read().decode()))
    except (OSError, ValueError, HTTPException) as error:
        raise Unavailable(f"no service answers at {address}; start it with: make serve", str(error)) from None
    samples = [one for family in families if family.name == METRIC for one in family.samples if "le" in one.labels]
    found = [(float(one.labels["le"]), one.value) for one in samples if one.labels["le"] != "+Inf"]
    below = [0.0, *(count for _, count in found)]
    return [edge for edge, _ in found], np.array([after - before for before, after in pairwise(below)])


def psi(live: Sequence[float] | Array, test: Sequence[float] | Array) -> float:
    """The population stability index of two lists of counts over the same bins; 0 if their shares are equal."""
    now, then = (np.maximum(np.array(counts) / np.sum(counts), RAREST) for counts in (live, test))
    return float(np.sum((now - then) * np.log(now / then)))
