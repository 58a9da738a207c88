"""The names that people give to metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

SYNONYMS: dict[str, tuple[str, ...]] = {
    "roc auc": ("auc roc", "auroc", "rocauc", "auc", "area under the roc curve", "roc auc score"),
    "average precision": ("pr auc", "auc pr", "auprc", "average precision score"),
    "brier": ("brier score", "brier loss", "brier score loss"),
    "log loss": ("logloss", "cross entropy", "log loss score"),
    "accuracy": ("acc", "accuracy score"),
    "balanced accuracy": (),
    "precision": ("ppv", "positive predictive value"),
    "recall": ("sensitivity", "true positive rate", "tpr"),
    "specificity": ("true negative rate",),
    "f1": ("f1 score", "f score", "macro f1", "f1 macro"),
    "mae": ("mean absolute error",),
    "rmse": ("root mean squared error", "root mean square error"),
    "mse": ("mean squared error",),
    "mape": ("mean absolute percentage error",),
    "r2": ("r²", "r^2", "r squared", "r2 score"),
    "expected cost": ("decisions cost", "cost per decision"),
    "mrr": ("mean reciprocal rank",),
    "ndcg": (),
    "hit rate": (),
    "exact match": (),
    "faithfulness": (),
    "rouge l": (),
    "bleu": (),
    "perplexity": (),
}
_CANONICAL = {alias: name for name, aliases in SYNONYMS.items() for alias in (name, *aliases)}
_CUT = re.compile(r"[\s_\-/]+")
_AT = re.compile(r"\s*@\s*| at (?=\d)")
_CUTOFF = r"(?:\s?@\s?(?:\d+|k\b)|_at_\d+)?"


class Mention(NamedTuple):
    """A metric's name in a text."""

    metric: str  # canonical
    start: int
    end: int


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """'ROC-AUC' -> 'roc auc', 'recall_at_5' -> 'recall@5'."""
    return _AT.sub("@", " ".join(_CUT.sub(" ", text.strip().strip("`*").casefold()).split()))


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The one name of a metric, whatever it is called: 'AUROC' -> 'roc auc'."""
    plain = normal(name)
    base, at, cutoff = plain.partition("@")
    return _CANONICAL.get(base, base) + at + cutoff


def mentions(text: str, names: Mapping[str, str] = MappingProxyType({})) -> Iterator[Mention]:
    """The metrics named in `text`: the well-known ones, and the keys of `names`, which maps names to metrics."""
    for found in _pattern(frozenset(names)).finditer(text):
        yield Mention(names.get(normal(found[0])) or canonical(found[0]), found.start(), found.end())


@lru_cache(maxsize=64)
def _pattern(names: frozenset[str]) -> re.Pattern[str]:
    known = sorted({*_CANONICAL, *names}, key=lambda name: (-len(name), name))
    return re.compile(rf"(?<![\w@])(?:{'|'.join(map(_spelled, known))}){_CUTOFF}(?![\w²])", re.IGNORECASE)


def _spelled(name: str) -> str:
    """The expression of a name with any separators: that of 'roc auc' also matches 'ROC-AUC' and 'roc_auc'."""
    base, at, cutoff = name.partition("@")
    words = r"[\s_\-]*".join(map(re.escape, base.split()))
    return rf"{words}[\s_\-]*(?:@|at)[\s_\-]*{re.escape(cutoff)}" if at else words
