"""Measure how long an answer takes: `make load`."""

import json
from itertools import repeat

from .manifest import read_manifest
from .serving.latency import SERVICE, LoadError, Request, Target, measure, server
from .serving.schemas import example


def run() -> None:
    """Measure, print a table and write reports/load.json.

    Raises:
        LoadError: there is no model, or a server does not start or does not answer as it should.
    """
    try:
        manifest = read_manifest()
    except FileNotFoundError as error:
        raise LoadError(f"{error.filename} does not exist; train a model first: make train") from None
    row = json.dumps(example(manifest)).encode()
    with server(SERVICE, "PREDICTOR_", "/health") as port:
        kinds = {"predict": "/predict?reasons=0", "predict_with_reasons": "/predict"}
        targets = {kind: Target(port, repeat(Request(path, row))) for kind, path in kinds.items()}
        measure(targets, {"model_version": manifest.version})
