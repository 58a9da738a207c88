"""Measure how long an answer takes, compared with an endpoint that does nothing: `make load`."""

from __future__ import annotations

import json
from typing import Any

from .manifest import Manifest, read_manifest
from .serving.latency import LoadError, Request, compare


def run() -> dict[str, Any]:
    """Measure, print a table and write reports/load.json.

    Raises:
        LoadError: there is no model, or a server does not start or does not answer as it should.
    """
    manifest = _manifest()
    row = json.dumps({item.name: item.example for item in manifest.inputs}).encode()
    requests = {
        "predict": Request("/predict?reasons=0", row),
        "predict_with_reasons": Request("/predict", row),
    }
    return compare(requests, model_version=manifest.version)


def _manifest() -> Manifest:
    try:
        return read_manifest()
    except FileNotFoundError as error:
        raise LoadError(f"{error.filename} does not exist; train a model first: make train") from None
