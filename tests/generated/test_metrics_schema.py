"""The shipped JSON Schema of reports/metrics.json describes the model that generated projects use."""

import json
from pathlib import Path

from any_package.reporting.metrics import Report

ROOT = Path(__file__).parents[2]


def test_the_schema_is_that_of_the_shared_model() -> None:
    shipped = json.loads((ROOT / "scaffolder" / "schemas" / "metrics.schema.json").read_text())
    assert shipped == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **json.loads(json.dumps(Report.model_json_schema())),
    }
