"""The page at `/`, rendered once from the manifest."""

from __future__ import annotations

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..manifest import CategoricalInput, Input, Manifest
from .schemas import About, example


def render_page(manifest: Manifest, about: About) -> str:
    """Render the page: HTML without inline scripts or styles, with all values escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["words"] = _words
    environment.filters["number"] = _number
    environment.globals["hint"] = _hint
    return environment.get_template("page.html").render(
        manifest=manifest,
        about=about,
        request=json.dumps(example(manifest), indent=2, ensure_ascii=False),
    )


def _hint(item: Input) -> str:
    """What an input means, and which values it may have."""
    parts = [item.description]
    if not isinstance(item, CategoricalInput):
        if item.min is not None and item.max is not None:
            parts.append(f"{_spaced(item.min)} to {_spaced(item.max)} {item.unit}".strip())
        elif item.unit:
            parts.append(f"in {item.unit}")
    if item.nullable:
        parts.append("may be left empty")
    return "; ".join(parts)


def _words(name: str) -> str:
    """`monthly_charges` -> `Monthly charges`."""
    spaced = name.replace("_", " ").strip()
    return spaced[:1].upper() + spaced[1:]


def _number(value: float) -> str:
    """`1200.0` -> `1200`, `0.25` -> `0.25`: as an input field takes it."""
    return f"{value:.0f}" if value == int(value) else repr(value)


def _spaced(value: float) -> str:
    """`10000000.0` -> `10,000,000`."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.6g}"
