"""The made-up world behind the simulated card payments: who pays what, where and when, and who steals.

The mechanism, in the order of cause and effect:

1. Cardholders pay at favourite merchants near home, mostly by day, with amounts typical of them.
2. Thieves use a stolen card for some days. Bold thieves buy expensive things at night; careful thieves imitate the
   owner by day. Careful thieves become more common with time, so the future differs somewhat from the past.
3. Merchants are compromised for some days; part of the payments there are inflated.
4. Owners find out after at most `LABEL_DELAY_DAYS`. Some frauds are never noticed, and some honest payments
   are disputed: labels are wrong in both directions.
5. The features (simulate.py) are what the bank knew at the moment of payment: the payment, the card's own past, and the
   frauds that had been reported at that merchant by then.

If you know who holds the card and which merchant is compromised, payments are independent, so Bayes' rule gives the
probability of a fraud label. It is in the column `oracle`: no model can rank payments better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

START = np.datetime64("2025-01-01T00:00:00")
DAYS, WARM_UP_DAYS = 150, 30  # the first days only fill the aggregates
CARDS, MERCHANTS, FAVOURITES = 1_000, 400, 12
LABEL_DELAY_DAYS = 7
THEFTS, COMPROMISES = 200, 40
INFLATED = 0.4  # share of payments at a compromised merchant
MISSED, DISPUTED = 0.10, 0.0004  # frauds never reported; honest payments reported as fraud
SPREAD = 0.6  # of the logarithm of an amount around its typical value
DAY = 86_400
FAR_FUTURE = 10_000 * DAY

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

CATEGORIES = ["groceries", "fuel", "restaurant", "clothing", "electronics", "travel", "online", "gift cards"]
REMOTE = np.array([name in {"online", "gift cards"} for name in CATEGORIES])
POPULARITY = np.array([0.30, 0.12, 0.20, 0.10, 0.06, 0.04, 0.16, 0.02])
TYPICAL_AMOUNT = np.log([35.0, 45.0, 28.0, 60.0, 150.0, 220.0, 40.0, 50.0])
# One row each for the owner, the bold thief and the careful one.
TASTE = np.array(
    [
        [1, 1, 1, 1, 1, 1, 1, 1],
        [0.2, 0.5, 0.3, 1, 8, 6, 3, 12],
        [0.8, 0.6, 0.6, 1.5, 2.5, 1, 3, 4],
    ]
)
RAISE = np.array([0.0, 0.8, 0.15])  # of the logarithm of the amount
PAYMENTS_A_DAY = np.array([0.0, 2.0, 0.8])  # the owner's own rate differs from card to card
OWNER, BOLD, CAREFUL = range(3)
INFLATION, INFLATION_SPREAD = 0.7, 0.7


@dataclass(frozen=True)
class World:
    """What stays the same: cards, merchants, and who goes where."""

    rate: Floats  # the owner's payments a day, one for each card
    scale: Floats  # of the logarithm of the owner's amounts
    category: Integers  # of each merchant
    distance: Floats  # kilometres from each card's home to each merchant
    choice: Floats  # [actor, card, merchant]: probability that a payment goes there
    hours: Floats  # [actor, hour]: probability of each hour of the day


@dataclass(frozen=True)
class Hidden:
    """What nobody can observe: who holds each card and which merchants are compromised, day by day."""

    holder: Integers  # [card, day]: OWNER, or the kind of thief who has the card as well
    card_found: Integers  # [card, day]: the second at which the owner finds out
    compromised: NDArray[np.bool_]  # [merchant, day]


def make_world(random: np.random.Generator) -> World:
    category = random.choice(len(CATEGORIES), MERCHANTS, p=POPULARITY)
    homes, shops = random.uniform(0, 100, (CARDS, 1, 2)), random.uniform(0, 100, (1, MERCHANTS, 2))
    distance = np.sqrt(((homes - shops) ** 2).sum(axis=2))
    pull = random.gamma(1.0, size=(CARDS, MERCHANTS)) * np.exp(-np.where(REMOTE[category], 25, distance) / 15)
    favourite = pull >= np.sort(pull, axis=1)[:, [-FAVOURITES]]
    popular = random.gamma(2.0, size=MERCHANTS)
    taste = TASTE[:, category] * popular
    anywhere = np.repeat((taste / taste.sum(axis=1, keepdims=True))[:, None, :], CARDS, axis=1)
    choice = anywhere.copy()
    choice[OWNER] = 0.85 * favourite / FAVOURITES + 0.15 * anywhere[OWNER]
    hour = np.arange(24)
    by_day = np.exp(-(((hour - 14) / 4.5) ** 2)) + 0.02
    by_night = np.exp(-((((hour - 1 + 12) % 24 - 12) / 5.0) ** 2)) + 0.15
    hours = np.stack([by_day, by_night, by_day])
    return World(
        rate=random.gamma(3.0, 0.6 / 3.0, CARDS),
        scale=random.normal(0, 0.4, CARDS),
        category=category,
        distance=np.where(REMOTE[category], 0, distance),
        choice=choice,
        hours=hours / hours.sum(axis=1, keepdims=True),
    )


def make_hidden(random: np.random.Generator) -> Hidden:
    holder = np.full((CARDS, DAYS), OWNER)
    card_found = np.full((CARDS, DAYS), FAR_FUTURE)
    for card, first in random.integers([CARDS, DAYS], size=(THEFTS, 2)):
        end = first + random.integers(1, LABEL_DELAY_DAYS)
        holder[card, first:end] = CAREFUL if random.random() < 0.2 + 0.4 * first / DAYS else BOLD
        card_found[card, first:end] = end * DAY
    compromised = np.zeros((MERCHANTS, DAYS), dtype=bool)
    for merchant, first in random.integers([MERCHANTS, DAYS], size=(COMPROMISES, 2)):
        compromised[merchant, first : first + random.integers(7, 22)] = True
    return Hidden(holder, card_found, compromised)


def pay(random: np.random.Generator, world: World, hidden: Hidden, *, thief: bool) -> pd.DataFrame:
    """The payments of all owners, or of all thieves."""
    rate = PAYMENTS_A_DAY[hidden.holder] if thief else np.repeat(world.rate[:, None], DAYS, axis=1)
    counts = random.poisson(rate)
    card, day = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    actor = hidden.holder[card, day] if thief else np.full(len(card), OWNER)
    merchant = _draw(random, world.choice.reshape(-1, MERCHANTS), actor * CARDS + card)
    hour = _draw(random, world.hours, actor)
    typical = _typical(world, card, merchant) + RAISE[actor]
    return pd.DataFrame(
        {
            "card": card,
            "merchant": merchant,
            "second": day * DAY + hour * 3600 + random.integers(3600, size=len(card)),
            "log_amount": random.normal(typical, SPREAD),
            "fraud": thief,
        }
    )


def inflate(random: np.random.Generator, payments: pd.DataFrame, hidden: Hidden) -> pd.DataFrame:
    """Raise the amounts of some honest payments at compromised merchants."""
    bad = hidden.compromised[payments["merchant"], payments["second"] // DAY] & ~payments["fraud"]
    bad &= random.random(len(payments)) < INFLATED
    extra = random.normal(INFLATION, INFLATION_SPREAD, len(payments))
    return payments.assign(fraud=payments["fraud"] | bad, log_amount=payments["log_amount"] + extra * bad)


def report(random: np.random.Generator, payments: pd.DataFrame, hidden: Hidden) -> pd.DataFrame:
    """Labels as the bank gets them: late, and with both kinds of error."""
    day = payments["second"] // DAY
    delay = random.integers(1, LABEL_DELAY_DAYS * DAY, len(payments))
    found = np.minimum(hidden.card_found[payments["card"], day], payments["second"] + delay)
    noticed = random.random(len(payments)) >= MISSED
    disputed = random.random(len(payments)) < DISPUTED
    return payments.assign(label=np.where(payments["fraud"], noticed, disputed), reported=found)


def oracle(payments: pd.DataFrame, world: World, hidden: Hidden) -> Floats:
    """Probability of a fraud label, by Bayes' rule over everyone who could have made the payment."""
    card, merchant, day = payments["card"], payments["merchant"], payments["second"] // DAY
    hour = payments["second"] % DAY // 3600
    thief = hidden.holder[card, day]
    above = payments["log_amount"] - _typical(world, card, merchant)
    owner = world.rate[card] * world.choice[OWNER, card, merchant] * world.hours[OWNER, hour]
    inflated = INFLATED * hidden.compromised[merchant, day]
    honest = owner * (1 - inflated) * _density(above, 0.0, SPREAD)
    raised = owner * inflated * _density(above, INFLATION, np.hypot(SPREAD, INFLATION_SPREAD))
    stolen = PAYMENTS_A_DAY[thief] * world.choice[thief, card, merchant] * world.hours[thief, hour]
    stolen = stolen * _density(above, RAISE[thief], SPREAD)
    fraud = (raised + stolen) / (honest + raised + stolen)
    return np.asarray(fraud * (1 - MISSED) + (1 - fraud) * DISPUTED)


def _typical(world: World, card: Integers, merchant: Integers) -> Floats:
    return np.asarray(world.scale[card] + TYPICAL_AMOUNT[world.category[merchant]])


def _density(value: Floats, mean: float | Floats, spread: float) -> Floats:
    return np.asarray(np.exp(-0.5 * ((value - mean) / spread) ** 2) / spread)


def _draw(random: np.random.Generator, distributions: Floats, which: Integers) -> Integers:
    """Draw one outcome for each number in `which`, from that row of `distributions`."""
    outcomes = distributions.shape[1]
    cumulative = distributions.cumsum(axis=1) / distributions.sum(axis=1, keepdims=True)
    steps = (cumulative + np.arange(len(distributions))[:, None]).ravel()
    drawn = np.searchsorted(steps, which + random.random(len(which)), side="right") - which * outcomes
    return np.asarray(drawn.clip(0, outcomes - 1))
