"""The page at `/`, rendered from the manifest."""

import json
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..model import Manifest
from ..reporting.markdown import number
from .schemas import example


def render_page(manifest: Manifest, *, site: bool = False) -> str:
    """Render the page: HTML without inline scripts or styles, with all values escaped.

    In a `site`, which `make site` writes, the model is in the browser, and there is no service.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = number
    return (
        environment.get_template("page.html")
        .render(
            manifest=manifest,
            method=method(manifest),
            request=json.dumps(example(manifest), indent=2, ensure_ascii=False),
            site=site,
        )
        .replace("\r", "&#13;")  # a browser would read a bare one, in a name or a choice, as \n
    )


def method(manifest: Manifest) -> str:
    """How to read the effects of inputs."""
    return (
        "The effect of an input is this answer minus the answer with that input alone replaced by its typical "
        f"training value (the median or, of a category, the mode), in {manifest.outcome.effect_unit}. "
        "Effects describe the model, not causes. If inputs interact, their effects do not add up."
    )
