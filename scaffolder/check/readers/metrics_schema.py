"""What of a report does not fit the schema that is shipped for `reports/metrics.json`."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import NamedTuple

SCHEMA = Path(__file__).parents[2] / "schemas" / "metrics.schema.json"
_RESULTS = ("metrics", "baseline", "slices", "gates")


class Misfit(NamedTuple):
    """What does not fit, such as "baseline[0] lacks model", and whether it is in the results.

    The rest of a report says what they are about and where they come from.
    """

    said: str
    of_results: bool


def misfit(report: object) -> Misfit | None:
    """The first thing that does not fit, in the results if there is one; None if all fits."""
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
    import fastjsonschema  # it makes code of a schema in 20 ms, which a repository without a report does not need

    schema = json.loads(SCHEMA.read_text("utf-8").replace('"prefixItems"', '"items"'))  # so draft 7 calls it
    properties = {name: schema["properties"].pop(name) for name in _RESULTS}
    schema["required"].remove("metrics")
    results = {"type": "object", "properties": properties, "required": ["metrics"]}
    whole = {"$defs": schema.pop("$defs"), "allOf": [results, schema]}
    validate: Callable[[object], object] = fastjsonschema.compile(whole, use_default=False)
    return validate
