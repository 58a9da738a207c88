"""The pages `/` and `/review`, rendered once from the manifest."""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..explain import METHOD
from ..manifest import Input, Manifest, NumericInput, TextInput
from ..reporting.markdown import number


def render_page(page: str, manifest: Manifest) -> str:
    """Render a page: HTML without inline scripts or styles, with all values escaped."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"hint": _hint, "json": json.dumps, "number": number}
    inputs = [
        {"name": one.name, "label": one.name.replace("_", " "), "unit": getattr(one, "unit", "")}
        for one in manifest.inputs
    ]
    known = {"manifest": manifest, "problem": manifest.settings.problem, "inputs": inputs, "method": METHOD}
    # A browser would read a bare \r, in a name or a choice, as \n.
    return environment.get_template(page).render(known).replace("\r", "&#13;")


def _hint(item: Input) -> str:
    """What an input means, and which values it may have; "" if nothing is known."""
    parts = [item.description.rstrip(".")]
    if isinstance(item, NumericInput):
        parts.append(_range(item))
    if isinstance(item, TextInput):
        parts.append(f"at most {item.longest:,} characters")
    elif item.nullable:
        parts.append("may be left empty")
    return "; ".join(filter(None, parts))


def _range(item: NumericInput) -> str:
    if item.min is not None and item.max is not None:
        return f"{_number(item.min)} to {_number(item.max)} {item.unit}".strip()
    return f"trained on {_number(item.seen[0])} to {_number(item.seen[1])} {item.unit}".strip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
