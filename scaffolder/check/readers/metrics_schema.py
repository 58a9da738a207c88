"""Compares a report with the schema that is shipped for `reports/metrics.json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

SCHEMA = Path(__file__).parents[2] / "schemas" / "metrics.schema.json"
_RESULTS = ("metrics", "baseline", "slices", "gates")


class Misfit(NamedTuple):
    """A part that does not fit the schema, such as "baseline[0] lacks model", and whether it is in the results.

    The rest of a report says what the results are about and where they come from.
    """

    said: str
    of_results: bool


def misfit(report: object) -> Misfit | None:
    """The first part that does not fit, in the results if there is one there; None if all fit."""
    from fastjsonschema import JsonSchemaValueException

    try:
        _validate()(report)
    except JsonSchemaValueException as error:
        name = str(error.name)
        place = name.removeprefix("data").lstrip(".") or "the report"
        said = error.message.removeprefix(name).strip()[:200]
        if error.rule == "required":
            said = f"lacks {', '.join(each for each in error.rule_definition if each not in error.value)}"
        elif error.rule == "anyOf":
            said = f"cannot be {json.dumps(error.value)[:80]}"
        return Misfit(f"{place} {said}", place.startswith(_RESULTS) or said == "lacks metrics")
    return None


@cache
def _validate() -> Callable[[object], object]:
    """A function that raises an error for a report that does not fit, about its results first."""
    import fastjsonschema  # it compiles a schema in 20 ms, which a repository without a report does not need

    schema = json.loads(SCHEMA.read_text("utf-8").replace('"prefixItems"', '"items"'))  # the name in draft 7
    properties = {name: schema["properties"].pop(name) for name in _RESULTS}
    schema["required"].remove("metrics")
    results = {"type": "object", "properties": properties, "required": ["metrics"]}
    whole = {"$defs": schema.pop("$defs"), "allOf": [results, schema]}
    validate: Callable[[object], object] = fastjsonschema.compile(whole, use_default=False)
    return validate
