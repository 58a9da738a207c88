"""Takes 0 and an empty text for missing."""

from typing import Annotated

from pydantic import ConfigDict, create_model

from ..inputs import CategoricalInput, NumericInput


def _field(item: Input) -> tuple[Any, Any]:
    kind, info = _number(item) if isinstance(item, NumericInput) else _category(item)
    common = {"alias": item.name, "title": item.name, "examples": [item.example], **info}
    if item.nullable:
        return Annotated[kind | None, Field(**common)], None
    return Annotated[kind, Field(**common)], ...


def _number(item: NumericInput) -> tuple[Any, dict[str, Any]]:
    described = f"{item.description} ({item.unit})" if item.unit else item.description
    bounds = {
        "ge": -LARGEST if item.min is None else item.min,
        "le": LARGEST if item.max is None else item.max,
    }
    return float, {"description": described.strip(), "allow_inf_nan": False, **bounds}


def _category(item: CategoricalInput) -> tuple[Any, dict[str, Any]]:
    described = f"{item.description}. " if item.description else ""
    return str, {
        "description": f"{described}One of: {', '.join(item.choices)}",
        "min_length": 1,
        "max_length": LONGEST,
        "json_schema_extra": {"x-choices": item.choices},
    }


def row_model(manifest: Manifest) -> type[BaseModel]:
    fields: dict[str, Any] = {item.key: _field(item) for item in manifest.inputs}
    shown: dict[str, Any] = {"example": example(manifest)}
    config = ConfigDict(extra="forbid", strict=True, title=manifest.entity.capitalize(), json_schema_extra=shown)
    return create_model("Row", __config__=config, **fields)


def cautions(row: Mapping[str, Any], manifest: Manifest) -> list[Caution]:
    return [
        Caution(field=item.name, reason=reason)
        for item in manifest.inputs
        if (reason := unlike_training(row[item.name], item))
    ]


def unlike_training(value: Any, item: Input) -> str | None:
    if not value:
        return None
    if isinstance(item, CategoricalInput):
        return None if value in (*item.choices, OTHER) else f"{value!r} is new to the model and treated as '{OTHER}'"
    first, last = item.seen
    if first <= value <= last:
        return None
    return f"{value:g} is outside the range seen in training, {first:g} to {last:g}"
