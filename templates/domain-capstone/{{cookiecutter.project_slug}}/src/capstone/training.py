"""Train the model to serve. Read `train` from top to bottom.

    load -> add what people decided -> fit -> answer the validation cases -> choose the limit -> save

Test cases are not used here. Nothing is refitted at the end, so every reported number describes the served file.
"""

import hashlib
from datetime import UTC, datetime

import numpy as np
import pandas as pd

from . import answering, artifacts, data, domain, policy, reviewed, technique
from .answering import Answered
from .data import Cases, Dataset
from .manifest import Input, Manifest, Value, describe_inputs, plain
from .reporting.metrics import REPORTS, write_json
from .reporting.run import describe_run
from .settings import Settings


def train(settings: Settings) -> Manifest:
    """Train and save the model; also write `reports/training.json`.

    Raises:
        DataError: the data cannot be used.
    """
    started, dataset = datetime.now(UTC), data.load(settings)
    training, added, left_out = with_reviewed(dataset, reviewed.read(settings), settings)
    inputs = describe_inputs(technique.asked(dataset.train, settings).frame, settings)  # a review makes nothing usual
    model = technique.fit(training, dataset.validation, settings)

    answered = answering.answer(model, dataset.train, dataset.validation, inputs, settings)
    limit = answering.choose_limit(answered, settings)
    answered = answered.up_to(limit)
    accepted, losses = answered.accepted, answered.losses

    content = artifacts.packed(model)
    run = describe_run(
        "python -m capstone train",
        started,
        seed=settings.training.seed,
        data_sha256=dataset.facts["sha256"],
        rows=dataset.facts["rows"],
    )
    manifest = Manifest(
        settings=settings,
        inputs=inputs,
        rule=domain.RULE,
        limit=limit,
        version=hashlib.sha256(content).hexdigest()[:12],
        model_sha256=hashlib.sha256(content).hexdigest(),
        data_sha256=run.data_sha256,
        trained_cases=len(training),
        reviewed_cases=added,
        left_out=left_out,
        commit=run.commit,
        examples=examples(answered, limit, inputs),
    )
    artifacts.save(content, manifest)
    record = {
        "run": run.model_dump(),
        "limit": limit,
        "reviewed": added,
        "left_out": left_out,
        "rows": {name: part["rows"] for name, part in dataset.facts["splits"].items()},
        "validation": {
            "coverage": round(float(accepted.mean()), 4),
            "risk": float(f"{losses.mean():.6g}"),
            "accepted_risk": float(f"{losses[accepted].mean():.6g}") if accepted.any() else None,
        },
    }
    write_json(REPORTS / "training.json", record)
    return manifest


def with_reviewed(dataset: Dataset, decided: Cases | None, settings: Settings) -> tuple[Cases, int, int]:
    """The training cases with those that people decided; how many were added, and how many left out.

    A decided case with the inputs of a validation or test case is left out: it would tell the model an answer that it
    is measured on.
    """
    if decided is None:
        return dataset.train, 0, 0
    columns = list(settings.columns)
    kept = pd.concat([dataset.validation.frame, dataset.test.frame])[columns].drop_duplicates()
    known = decided.frame[columns].merge(kept, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    new = decided.some(decided.frame.index[~known])
    frame = pd.concat([dataset.train.frame, new.frame])
    return Cases(frame, pd.concat([dataset.train.outcomes, new.outcomes])), len(new), len(decided) - len(new)


def examples(answered: Answered, limit: float | None, inputs: list[Input]) -> list[dict[str, Value]]:
    """The surest case up to the limit of uncertainty, and the middle one of those above it, if there are such."""
    places = np.argsort(answered.ours["uncertainty"].to_numpy(), kind="stable")
    places = places[~answered.reserved[places]]
    uncertainty = answered.ours["uncertainty"].to_numpy()[places]
    sure, doubtful = np.split(places, [int(policy.within(uncertainty, limit).sum())])
    chosen = [*sure[:1], *doubtful[len(doubtful) // 2 :][:1]]
    return plain(answered.cases.frame.iloc[chosen], inputs)
