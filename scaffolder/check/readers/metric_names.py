"""The names that people give to metrics."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

SYNONYMS: dict[str, tuple[str, ...]] = {
    "roc auc": ("auc roc", "auroc", "rocauc", "auc", "area under the roc curve", "roc auc score"),
    "average precision": ("pr auc", "auc pr", "auprc", "average precision score"),
    "brier": ("brier score", "brier loss", "brier score loss"),
    "log loss": ("logloss", "cross entropy", "log loss score"),
    "accuracy": ("acc", "accuracy score"),
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
}
_OTHERS = (  # without another name that many people use
    *("map50", "map", "iou", "miou", "dice", "mcc", "kappa", "wer", "cer", "silhouette", "wape", "smape", "rmsle"),
    *("balanced accuracy", "ndcg", "hit rate", "exact match", "faithfulness", "rouge l", "bleu", "perplexity"),
    *("groundedness", "win rate", "pass rate", "genauigkeit", "acurácia", "precisão", "exactitud", "exactitude"),
    *("précision", "rappel", "准确率", "正解率", "정확도", "точность", "akurasi", "doğruluk"),
)
_CANONICAL = {alias: name for name, aliases in SYNONYMS.items() for alias in (name, *aliases)}
_CUT = re.compile(r"[\s_\-/]+")
_AT = re.compile(r"\s*@\s*| at (?=\d)")
_SPLIT = r"(?:(?:train|test|val|valid|validation|eval|cv|mean)_){0,2}"  # the rows that were measured: "test_roc_auc"
_CUTOFF = r"(?:\s?@\s?(?:\d+|k\b)|_at_\d+)?"


class Mention(NamedTuple):
    """A metric's name in a text."""

    metric: str  # canonical
    start: int
    end: int


@lru_cache(maxsize=4096)
def canonical(name: str) -> str:
    """The one name of a metric, whatever it is called: 'AUROC' -> 'roc auc', 'recall_at_5' -> 'recall@5'."""
    plain = _AT.sub("@", " ".join(_CUT.sub(" ", name.strip().strip("`*").casefold()).split()))
    base, at, cutoff = plain.partition("@")
    return _CANONICAL.get(base, base) + at + cutoff


def mentions(text: str) -> Iterator[Mention]:
    """The metrics named in `text`."""
    for found in _pattern().finditer(text):
        yield Mention(canonical(found["name"]), found.start(), found.end())


@cache
def _pattern() -> re.Pattern[str]:
    """The expression of all names, with any separators: that of 'roc auc' also matches 'ROC-AUC' and 'roc_auc'."""
    known = sorted({*_CANONICAL, *_OTHERS}, key=lambda name: (-len(name), name))
    spelled = (r"[\s_\-]*".join(map(re.escape, name.split())) for name in known)
    return re.compile(rf"(?<![\w@]){_SPLIT}(?P<name>(?:{'|'.join(spelled)}){_CUTOFF})(?![\w²])", re.IGNORECASE)
