"""Classifiers that need no language model: the most frequent label, rules, neighbours, and a linear model."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from .. import encoders
from ..benchmark import Labelled
from ..bootstrap import Array
from ..errors import BenchError
from ..settings import Section

Classifier = Callable[[str], tuple[str, float | None]]  # text -> label and confidence, 0 to 1


class Rule(Section):
    label: str
    words: list[str] = Field(min_length=1)  # a star stands for any further letters

    @property
    def pattern(self) -> re.Pattern[str]:
        words = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in self.words)
        return re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE)


class ClassifierOptions(Section):
    kind: Literal["majority", "rules", "neighbours", "logistic"]
    embedder: encoders.Name = "minilm"
    k: int = Field(default=10, ge=1)  # neighbours
    c: float = Field(default=3.0, gt=0)  # of the linear model: the larger, the closer to the training cases
    rules: list[Rule] = Field(default=[])  # the first with a word that is in the text decides


def fit(options: ClassifierOptions, train: Sequence[Labelled]) -> Classifier:
    """A classifier that has seen the training cases.

    Raises:
        BenchError: there are none.
    """
    if not train:
        raise BenchError(f"the classifier {options.kind} needs cases of the split train, and there are none")
    return FITS[options.kind](options, train)


def _majority(_options: ClassifierOptions, train: Sequence[Labelled]) -> Classifier:
    ((label, count),) = Counter(case.label for case in train).most_common(1)
    return lambda _text: (label, count / len(train))


def _rules(options: ClassifierOptions, train: Sequence[Labelled]) -> Classifier:
    otherwise, _ = _majority(options, train)("")
    rules = [(rule.label, rule.pattern) for rule in options.rules]
    return lambda text: (next((label for label, pattern in rules if pattern.search(text)), otherwise), None)


def _neighbours(options: ClassifierOptions, train: Sequence[Labelled]) -> Classifier:
    """The label with the greatest sum of similarities among the `k` nearest training cases."""
    vectors = encoders.embedded(options.embedder, [case.text for case in train])
    labels, codes = np.unique([case.label for case in train], return_inverse=True)

    def classify(text: str) -> tuple[str, float | None]:
        similar = vectors @ encoders.query(options.embedder, text, asks=False)
        nearest = np.argsort(-similar, kind="stable")[: options.k]
        votes = np.bincount(codes[nearest], np.maximum(similar[nearest], 0), len(labels))
        return str(labels[votes.argmax()]), float(votes.max() / max(votes.sum(), 1e-9))

    return classify


def _logistic(options: ClassifierOptions, train: Sequence[Labelled]) -> Classifier:
    vectors = encoders.embedded(options.embedder, [case.text for case in train])
    labels, codes = np.unique([case.label for case in train], return_inverse=True)
    weights = fit_logistic(vectors.astype(np.float64), codes, len(labels), options.c)

    def classify(text: str) -> tuple[str, float | None]:
        chances = _softmax(
            _with_one(encoders.query(options.embedder, text, asks=False)[None].astype(np.float64)) @ weights
        )[0]
        return str(labels[chances.argmax()]), float(chances.max())

    return classify


def fit_logistic(inputs: Array, codes: NDArray[np.intp], classes: int, c: float, steps: int = 500) -> Array:
    """Weights [inputs + 1, classes] of multinomial logistic regression with an L2 penalty; the last row is unpenalised.

    Minimises the sum of the log losses times `c`, plus half the squared weights, as scikit-learn does, by Nesterov's
    accelerated gradient descent (1983). `inputs` are [cases, inputs], `codes` the numbers of the cases' classes.
    """
    x, wanted = _with_one(inputs), np.eye(classes)[codes]
    penalty = np.append(np.full(inputs.shape[1], 1 / c), 0.0)[:, None]
    step = 1 / (np.linalg.norm(x, 2) ** 2 / 2 + 1 / c)  # the softmax's curvature is at most 1/2
    weights: Array = np.zeros((x.shape[1], classes))
    ahead = weights
    for count in range(steps):
        gradient = x.T @ (_softmax(x @ ahead) - wanted) + penalty * ahead
        before, weights = weights, ahead - step * gradient
        ahead = weights + count / (count + 3) * (weights - before)
    return weights


def _with_one(inputs: Array) -> Array:
    return np.hstack([inputs, np.ones((len(inputs), 1))])


def _softmax(scores: Array) -> Array:
    found: Array = np.exp(scores - scores.max(axis=1, keepdims=True))
    found /= found.sum(axis=1, keepdims=True)
    return found


FITS = {"majority": _majority, "rules": _rules, "neighbours": _neighbours, "logistic": _logistic}
