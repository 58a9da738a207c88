"""Answer validated requests: the prediction, the reasons for it, and warnings."""

from typing import Any

import numpy as np
from fastapi import HTTPException
from prometheus_client import CollectorRegistry, Counter, Summary

from ..model import Model, Row
from .schemas import Prediction, Reason, cautions, example


class Service:
    """Predicts validated rows, and counts what monitoring needs: the mean score and unusual values."""

    def __init__(self, model: Model, registry: CollectorRegistry) -> None:
        self.model, self.manifest = model, model.manifest
        self.typical = {item.name: item.typical for item in model.manifest.inputs}
        self.scores = Summary("prediction_score", "Predicted probabilities or values", registry=registry)
        self.unlike = Counter("unlike_training", "Values new to the model", ["field"], registry=registry)

    def predict(self, row: Row, top: int) -> Prediction:
        """Predict one row, with its `top` strongest reasons."""
        score, effects = explain(self.model, row, top)
        if not np.isfinite(score).all():
            raise HTTPException(422, "The model's prediction for these values is not a finite number.")
        reasons = [
            Reason(feature=name, value=row[name], typical=self.typical[name], effect=effect)
            for name, effect in effects.items()
        ]
        warnings = cautions(row, self.manifest)
        for caution in warnings:
            self.unlike.labels(caution.field).inc()
        self.scores.observe(np.max(score))
        decision = self.manifest.outcome.decision(score)
        return Prediction(**decision, reasons=reasons, warnings=warnings, model_version=self.manifest.version)

    def self_test(self) -> dict[str, str]:
        """Predict the example in the manifest; raises an error if the model cannot."""
        self.model.scores(self.model.feed([example(self.manifest)]))
        return {"model_version": self.manifest.version}


def explain(model: Model, row: Row, top: int) -> tuple[Any, dict[str, float]]:
    """The prediction for a row, and the effects of its `top` strongest inputs, in a single run of the model.

    The effect of an input is how the answer changes when it alone is replaced by its typical value in training. The
    strongest input comes first. Inputs that already have their typical value are left out.
    """
    feed = model.feed([row])
    inputs = model.manifest.inputs if top else []
    untypical = [item for item in inputs if feed[item.key][0, 0] != model.typical[item.key][0, 0]]
    variants = {key: column.repeat(len(untypical) + 1, axis=0) for key, column in feed.items()}
    for position, item in enumerate(untypical, start=1):  # the first variant is the row itself
        variants[item.key][position] = model.typical[item.key][0]
    scores = model.scores(variants)
    scaled = model.manifest.outcome.effect_scale(scores)
    effects = scaled[0] - scaled[1:]
    strongest = np.argsort(-np.abs(effects), kind="stable")[:top]
    return scores[0], {untypical[i].name: float(effects[i]) for i in strongest if effects[i]}
