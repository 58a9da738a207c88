"""How well a column tells the target: one that tells almost all was probably known only afterwards.

Each row is told from the rows whose values are nearest to its own: three below and three above, and not itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scaffolder.adopt.table.rows import Rows

SAMPLE = 20_000  # rows are enough to see a leak
TOO_GOOD = 0.988  # ROC AUC or R²: from here on, a column is left out
SUSPICIOUS = 0.955  # and from here on, warned of
_FEWEST_FILLED = 50  # rows, so that a column with gaps is looked at where it is filled
_FEWEST_OF_A_CLASS = 20  # of those rows
_FEWEST = 3  # rows of a class, so that anything can be told
_SCORES = """
    WITH listed AS (SELECT rowid AS row, [{values}] AS values, [{outcomes}] AS outcomes FROM {rows}),
    valued AS (SELECT row, outcomes, unnest(values) AS value, unnest(range(len(values))) AS place FROM listed),
    cells AS (SELECT *, unnest(outcomes) AS outcome, unnest(range(len(outcomes))) AS kind FROM valued),
    guessed AS (
        SELECT place, kind, outcome, avg(outcome) OVER (
            PARTITION BY place, kind ORDER BY value NULLS FIRST, row
            ROWS BETWEEN 3 PRECEDING AND 3 FOLLOWING EXCLUDE CURRENT ROW) AS guess
        FROM cells),
    ranked AS (
        SELECT *, rank() OVER (PARTITION BY place, kind ORDER BY guess)
            + (count(*) OVER (PARTITION BY place, kind, guess) - 1) / 2 AS rank
        FROM guessed),
    scores AS (
        SELECT place, kind, count(*) FILTER (outcome = 1) AS ones, count(*) AS n,
            (sum(rank) FILTER (outcome = 1) - ones * (ones + 1) / 2) / nullif(ones * (n - ones), 0) AS auc,
            1 - sum((outcome - guess) ** 2) / nullif(var_pop(outcome) * n, 0) AS r2
        FROM ranked GROUP BY place, kind)
    SELECT CASE
        WHEN NOT {classes} THEN coalesce(r2, 0)
        WHEN least(ones, n - ones) < {fewest} THEN 0.5
        ELSE auc
    END FROM scores ORDER BY place, kind"""


@dataclass(frozen=True)
class Verdict:
    """How well a column tells the target, and how well it tells each class; `where` says if it is not everywhere."""

    score: float
    classes: Sequence[float]
    where: str = ""


@dataclass(frozen=True)
class Judge:
    """Judges columns on rows in an order of chance.

    `outcomes` are SQL of the target: a number, or for each of its `classes` 1 and 0.
    """

    rows: Rows
    outcomes: Sequence[str]
    classes: bool

    def column(self, value: str) -> Verdict:
        """The verdict on SQL of a column's values; one that tells almost all where it is filled is judged by that."""
        [told] = self._scores(self.rows, [value])
        score = sum(told) / len(told)
        filled = self._where_filled(value, told)
        if filled > max(score, SUSPICIOUS):
            return Verdict(filled, told, " where it is filled")
        return Verdict(score, told)

    def _where_filled(self, value: str, everywhere: Sequence[float]) -> float:
        """The score on the rows that have a value, class by class if that is better; 0 if these rows are too few."""
        rows = self.rows.only(f"{value} IS NOT NULL")
        ones = ", ".join(f"count(*) FILTER ({outcome} = 1)" for outcome in self.outcomes)
        known, *counts = rows.one(f"count(*), {ones}")
        if known < _FEWEST_FILLED or known == self.rows.count():
            return 0.0
        [told] = self._scores(rows, [value])
        enough = [not self.classes or min(count, known - count) >= _FEWEST_OF_A_CLASS for count in counts]
        best = [max(pair) if usable else pair[0] for *pair, usable in zip(everywhere, told, enough, strict=True)]
        return sum(best) / len(best)

    def _scores(self, rows: Rows, values: Sequence[str]) -> list[list[float]]:
        """The score of each of the values for each outcome: ROC AUC of a class, or R² of a number."""
        query = _SCORES.format(
            values=", ".join(values),
            outcomes=", ".join(self.outcomes),
            rows=rows.relation(),
            classes=self.classes,
            fewest=_FEWEST,
        )
        scores = [score for (score,) in rows.connection.execute(query).fetchall()]
        width = len(self.outcomes)
        return [scores[start : start + width] for start in range(0, len(scores), width)]
