"""Decides by patterns of the inputs, and has no annotated types."""

from pydantic import ConfigDict, create_model

from ..inputs import CategoricalInput, NumericInput


def _made(item: Input) -> tuple[Any, dict[str, Any]]:
    said = [item.description] if item.description else []
    match item:
        case NumericInput():
            ends = {
                "ge": item.min if item.min is not None else -LARGEST,
                "le": item.max if item.max is not None else LARGEST,
            }
            return float, {**ends, "allow_inf_nan": False, "description": " in ".join([*said, item.unit])}
        case _:
            more = {"json_schema_extra": {"x-choices": list(item.choices)}}
            said = [*said, "such as " + " or ".join(item.choices)]
            return str, {**more, "min_length": 1, "max_length": LONGEST, "description": ", ".join(said)}


def row_model(manifest: Manifest) -> type[BaseModel]:
    fields: dict[str, Any] = {}
    for item in manifest.inputs:
        kind, rules = _made(item)
        shared = {"alias": item.name, "title": item.name, "examples": [item.example]}
        if item.nullable:
            fields[item.key] = (kind | None, Field(default=None, **shared, **rules))
        else:
            fields[item.key] = (kind, Field(**shared, **rules))
    title = manifest.entity[:1].upper() + manifest.entity[1:].lower()
    config = ConfigDict(title=title, extra="forbid", strict=True, json_schema_extra={"example": example(manifest)})
    return create_model("Row", __config__=config, **fields)


def cautions(row: Mapping[str, Any], manifest: Manifest) -> list[Caution]:
    reasons = {item.name: unlike_training(row[item.name], item) for item in manifest.inputs}
    return [Caution(field=name, reason=reason) for name, reason in reasons.items() if reason is not None]


def unlike_training(value: Any, item: Input) -> str | None:
    match item:
        case _ if value is None:
            return None
        case CategoricalInput():
            known = {*item.choices, OTHER}
            return None if value in known else f"{value!r} is new to the model and treated as '{OTHER}'"
        case _:
            if item.seen[0] <= value <= item.seen[1]:
                return None
            low, high = item.seen
            return f"{value:g} is outside the range seen in training, {low:g} to {high:g}"
