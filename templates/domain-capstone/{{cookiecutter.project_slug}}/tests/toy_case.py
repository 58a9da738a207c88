"""A small service for tests: parcels that are kept or sent, with a decider that needs no trained model.

`options`: a number, a category and a text give one of three answers. `number`: the same inputs give a number.
`ranking`: the answers are not known beforehand.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from fastapi.testclient import TestClient

from capstone import explain, reviewers
from capstone.audit import AuditLog
from capstone.deciding import Decider, Decision, strongest
from capstone.manifest import Array, CategoricalInput, Input, Manifest, NumericInput, TextInput, Value
from capstone.serving.app import Config, create_app
from capstone.settings import Settings

Kind = Literal["options", "number", "ranking"]

VERSION = "0123456789ab"
CLEAR: dict[str, Value] = {"weight": 2.5, "city": "Bern", "note": "A small box.\nHandle with care."}
DOUBTFUL: dict[str, Value] = {"weight": None, "city": "Basel", "note": "Nobody knows what is in it. " * 20}
ANSWERED = {"inputs": {"note": 'Zürich, "x"\n'}, "decision": {"accepted": False, "model_version": "v1"}}
REVIEW = {"answer": "keep", "reason": None, "reviewer": "A", "model_version": "v1"}
PROBLEMS: dict[Kind, dict[str, Any]] = {
    "options": {"target": "outcome", "options": ["send", "ask", "keep"]},
    "number": {"target": "days", "unit": "days"},
    "ranking": {"target": ""},
}


def settings(kind: Kind = "options", **sections: Mapping[str, Any]) -> Settings:
    """Settings of the small case; keywords replace a section."""
    own: dict[str, Any] = {
        "problem": {"title": "Parcels", "decision": "What becomes of a parcel?", "case": "parcel", "cases": "parcels"},
        "data": {"file": "data/parcels.csv.gz", "sha256": "0" * 64, "id": "parcel"},
        "columns": {"weight": "numeric", "city": "categorical", "note": {"kind": "text", "longest": 1000}},
        "training": {"headline": "accuracy"},
        "policy": {"most_risk": 0.1},
        "monitoring": {"most_overridden": 0.3, "least_reviews": 5},
    }
    own["problem"] |= PROBLEMS[kind]
    return Settings.model_validate({**own, **sections})


def manifest(kind: Kind = "options") -> Manifest:
    weight: dict[str, Any] = {"description": "Weight on the scales.", "unit": "kg", "min": 0, "max": 100}
    return Manifest(
        settings=settings(kind),
        inputs=[
            NumericInput(name="weight", nullable=True, typical=3, seen=(0.5, 20), **weight),
            CategoricalInput(name="city", choices=["Basel", "Bern"], nullable=False, typical="Bern"),
            TextInput(name="note", description="What the sender wrote", longest=1000),
        ],
        rule="heavier than 10 kg",
        limit=0.2,
        version=VERSION,
        model_sha256="1" * 64,
        data_sha256="2" * 64,
        trained_cases=400,
        reviewed_cases=0,
        commit=None,
        examples=[CLEAR, DOUBTFUL],
    )


class SmallDecider(Decider):
    """Is sure of a parcel if its weight is known; sends it if it is light."""

    def __init__(self, kind: Kind = "options") -> None:
        super().__init__(None, manifest(kind))
        self.kind, self.broken = kind, False

    def decide(self, case: Mapping[str, Value], top: int = 5) -> Decision:
        weight = case["weight"]
        uncertainty = 0.4 if weight is None else 0.05
        light = weight is None or float(weight) < 10
        names = {"options": ["send", "ask", "keep"], "ranking": ["door", "shop", "locker"], "number": []}[self.kind]
        ordered = names if light else names[::-1]
        accepted = uncertainty <= 0.2
        return Decision.model_validate(
            {
                "answer": ordered[0] if ordered else 3.5,
                "options": [
                    {"name": name, "chance": chance}
                    for name, chance in zip(ordered, (1 - uncertainty, uncertainty, 0), strict=bool(ordered))
                ],
                "interval": None if ordered else (2.0, 6.5),
                "uncertainty": uncertainty,
                "limit": 0.2,
                "accepted": accepted,
                "why": [] if accepted else ["the uncertainty, 0.4, is above the limit of 0.2"],
                "reasons": [{"input": "weight", "value": weight, "effect": 0.25}][:top],
                "warnings": {} if case["city"] in ("Basel", "Bern") else {"city": "it was not seen in training"},
                "model_version": VERSION,
            }
        )

    def self_test(self) -> None:
        if self.broken:
            raise ArithmeticError("a secret reason")


def config(folder: Path, **changes: Any) -> Config:
    files = {"database": folder / "audit.db", "reviewers": folder / "reviewers.toml"}
    return Config(allowed_hosts="testserver", **{**files, **changes})


def client(folder: Path, kind: Kind = "options", **changes: Any) -> TestClient:
    """Ada Lovelace, who reviews, at a service whose log lies in `folder`; keywords change its configuration."""
    chosen = config(folder, **changes)
    token = {"authorization": f"Bearer {reviewers.add('Ada Lovelace', chosen.reviewers)}"}
    return TestClient(create_app(chosen, SmallDecider(kind)), raise_server_exceptions=False, headers=token)


def ask(client: TestClient, body: Mapping[str, Value] = DOUBTFUL) -> str:
    """The address of the review of a new case."""
    return f"/cases/{client.post('/cases', json=body).json()['case']}/review"


def log(folder: Path) -> AuditLog:
    """The log of the service above."""
    return AuditLog(folder / "audit.db")


def reasons(
    strength: Callable[[pd.DataFrame], Array], case: Mapping[str, Value], inputs: Sequence[Input], top: int
) -> list[tuple[str, Value, float]]:
    """The reasons of a case, from a model of which only the strength of the answer is known."""
    changes = explain.changes(case, inputs)
    strengths = strength(pd.DataFrame([case, *(one.case for one in changes)]))
    return [(one.input, one.value, one.effect) for one in strongest(changes, strengths, top)]
