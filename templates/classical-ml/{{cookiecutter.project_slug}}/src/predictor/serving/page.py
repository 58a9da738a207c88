"""The page at `/`, rendered once from the manifest."""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..manifest import LONGEST_TEXT, DateInput, Input, Manifest, NumericInput, TextInput
from ..reporting.markdown import number
from .schemas import example


def render_page(manifest: Manifest, explanation: str, *, site: bool = False) -> str:
    """Render the page: HTML without inline scripts or styles, with all values escaped.

    `explanation` says how to read the reasons. In a `site`, the model is in the browser, and there is no service.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"hint": _hint, "number": number}
    request = json.dumps(example(manifest), indent=2, ensure_ascii=False)
    return (
        environment.get_template("page.html")
        .render(manifest=manifest, explanation=explanation, request=request, site=site, longest=LONGEST_TEXT)
        .replace("\r", "&#13;")  # a browser would read a bare one, in a name or a choice, as \n
    )


def _hint(item: Input) -> str:
    """What an input means, and which values it may have; "" if nothing is known."""
    parts = [
        item.description.rstrip("."),
        _range(item) if isinstance(item, NumericInput) else "",
        f"trained on {item.seen[0]} to {item.seen[1]}" if isinstance(item, DateInput) else "",
        f"the model knows {len(item.words):,} words" if isinstance(item, TextInput) else "",
        "may be left empty" if item.nullable else "",
    ]
    return "; ".join(filter(None, parts))


def _range(item: NumericInput) -> str:
    if item.min is not None and item.max is not None:
        return f"{_number(item.min)} to {_number(item.max)} {item.unit}".strip()
    return f"trained on {_number(item.seen[0])} to {_number(item.seen[1])} {item.unit}".strip()


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"  # 2009, since it may be a year
