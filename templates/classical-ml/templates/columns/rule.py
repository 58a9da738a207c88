"""The best simple rule, which a model has to beat: a decision tree of two levels that can be said in a sentence.

# <text>
A question has two answers, such as "is the age above 40?", "is the city Bonn?" or "has the note the word late?". The
rule asks one, and then a second one that depends on the first answer. All combinations of questions are tried on the
training rows.
# </text>
# <plain>
A question has two answers, such as "is the age above 40?" or "is the city Bonn?". The rule asks one, and then a second
one that depends on the first answer. All combinations of questions are tried on the training rows.
# </plain>
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from . import features
from .bootstrap import Array, Rows
from .decision import Mask, Task
from .dependent import rounded
# <text>
from .inputs import MISSING, Input, NumericInput, TextInput
# </text>
# <plain>
from .inputs import MISSING, Input, NumericInput
# </plain>
from .outcome import Outcome
from .reporting import sections
from .reporting.markdown import cell

NAME = "simple rule"
BOUNDS = np.linspace(0.05, 0.95, 19)  # the quantiles of a number that a question may be about
FEWEST_ROWS = 5  # with the same two answers
MOST_ROWS = 20_000  # of more, only so many choose the questions
MOST_QUESTIONS = 300  # of more, only those that tell most by themselves are combined


class Question(NamedTuple):
    # <text>
    """Is a number above this value, is a category this one, or is this word in a text?"""
    # </text>
    # <plain>
    """Is a number above this value, or is a category this one?"""
    # </plain>

    item: Any  # of the inputs
    value: float | str

    def ask(self, table: pd.DataFrame) -> Mask:
        values = table[self.item.key]
        # <text>
        if isinstance(self.item, TextInput):
            return np.array([f" {self.value} " in f" {text} " for text in values])
        # </text>
        return np.asarray(values == self.value if isinstance(self.value, str) else values > self.value)

    def answered(self, answer: int, *, gaps: bool) -> tuple[str, str, float | str]:
        """What holds if the answer is no (0) or yes (1), such as `("city", "is not {}", "Bonn")`.

        `gaps` says whether rows without a number come here, too.
        """
        item, value = self.item, self.value
        # <text>
        if isinstance(item, TextInput):
            return item.name, "has the word {}" if answer else "lacks the word {}", value
        # </text>
        if isinstance(value, str):
            others = [choice for choice in item.choices if choice != value]
            if not answer and len(others) == 1 and not item.nullable:
                return item.name, "is {}", others[0]
            return item.name, "is {}" if answer else "is not {}", value
        said = " ".join(["is", "above" if answer else "at most", "{}", *item.unit.split()])
        return item.name, f"{said}{' (or missing)' if gaps and item.nullable else ''}", value


@dataclass(frozen=True)
class Rule:
    first: Question
    second: tuple[Question, Question]  # after a no, after a yes
    values: Array  # what is predicted after no and no, no and yes, yes and no, yes and yes

    def leaves(self, table: pd.DataFrame) -> Rows:
        """Which of the values is predicted for each row."""
        no, yes = (question.ask(table) for question in self.second)
        return np.where(self.first.ask(table), 2 + yes, 0 + no)

    def predict(self, table: pd.DataFrame) -> Array:
        return np.asarray(self.values[self.leaves(table)])

    def say(self, outcome: Outcome, task: Task) -> str:
        """The rule as a sentence, in Markdown; the rows in the settings' words."""
        said = [task.say(value, outcome) for value in self.values]
        if len(set(said)) == 1:
            return said[0]
        cases = {
            answer: dict.fromkeys(
                self.where(leaf, task.settings.words, alike=answer == said[leaf ^ 1])
                for leaf in range(4)
                if said[leaf] == answer
            )
            for answer in said
            if answer != task.unsaid
        }
        return "; ".join(f"{cell(answer)} {', or '.join(where)}" for answer, where in cases.items())

    def cases(self) -> dict[str, list[float]]:
        # <two number>
        """All that is predicted, for the rows in these words."""
        # </two number>
        # <several>
        """All that is predicted, the share of each class, for the rows in these words."""
        # </several>
        values = [[rounded(value) for value in np.atleast_1d(predicted)] for predicted in self.values]
        return {self.where(leaf, {}, alike=values[leaf] == values[leaf ^ 1]): values[leaf] for leaf in range(4)}

    def where(self, leaf: int, words: dict[str, dict[str, str]], *, alike: bool) -> str:
        """The rows of a leaf in words, which hold for no others; of two that are `alike`, those of both."""
        then, now = divmod(leaf, 2)
        first, second = (self.first, then), (self.second[then], now)
        last = {"numeric": now == then, "categorical": now == 1}.get(self.first.item.kind, False)  # says all
        enough = last and self.first.item == second[0].item
        steps = [first] if alike else [second] if enough else [first, second]
        above = [question.item for question, answer in steps if answer]  # a row without this number is elsewhere
        said = [question.answered(answer, gaps=question.item not in above) for question, answer in steps]
        return str(sections.tables.where(words, said))


def as_written(frame: pd.DataFrame, inputs: list[Input]) -> pd.DataFrame:
    """Raw rows as the rule sees them: as the model does, but with the numbers of the file, which people compare."""
    numbers = {item.key: frame[item.name] for item in inputs if isinstance(item, NumericInput)}
    return features.table(frame, inputs).assign(**numbers)


def fit(table: pd.DataFrame, y: Array, inputs: list[Input], task: Task) -> Rule:
    """The questions that cost least on these rows, and the averages of the rows with the same answers."""
    some = np.random.default_rng(task.settings.training.seed).permutation(len(table))[:MOST_ROWS]
    rule = choose(list(questions(table, inputs)), table.iloc[some], task.leaf_sums(y[some]), task)
    leaves, values = rule.leaves(table), []
    for leaf in range(4):  # where no row is, the average of those with the same first answer
        rows = next(mask for mask in (leaves == leaf, leaves // 2 == leaf // 2, leaves >= 0) if mask.any())
        values.append(task.average(y[rows]))
    return replace(rule, values=np.array(values))


def choose(asked: list[Question], table: pd.DataFrame, sums: Array, task: Task) -> Rule:
    """The two levels of questions with the smallest loss; `sums` holds what the loss of some rows is computed from."""

    def loss(leaf: Array) -> Array:
        rows = leaf[..., 0]
        return np.where((rows > 0) & (rows < FEWEST_ROWS), np.inf, task.leaf_loss(leaf))

    answers = np.column_stack([question.ask(table) for question in asked]).astype(np.float64)
    whole, single = sums.sum(axis=0), answers.T @ sums
    best = np.argsort(loss(single) + loss(whole - single), kind="stable")[:MOST_QUESTIONS]
    answers, single = answers[:, best], single[best]
    both = np.stack([answers.T @ (answers * column[:, None]) for column in sums.T], axis=-1)  # yes to both
    after_yes = loss(both) + loss(single[:, None] - both)
    after_no = loss(single - both) + loss(whole - single[:, None] - single + both)
    first = np.argmin(after_yes.min(axis=1) + after_no.min(axis=1))
    no, yes = (asked[best[np.argmin(losses[first])]] for losses in (after_no, after_yes))
    return Rule(asked[best[first]], (no, yes), np.zeros(0))


def questions(table: pd.DataFrame, inputs: list[Input]) -> Iterator[Question]:
    """All that a rule may ask."""
    for item in inputs:
        if isinstance(item, NumericInput):
            values = table[item.key].quantile(BOUNDS, interpolation="lower").map(lambda bound: float(f"{bound:.10g}"))
        # <text>
        elif isinstance(item, TextInput):
            values = pd.Series(item.words)
        # </text>
        else:
            values = pd.Series([*item.choices, *([MISSING] if item.nullable else [])])
        yield from (Question(item, value) for value in values.unique())
