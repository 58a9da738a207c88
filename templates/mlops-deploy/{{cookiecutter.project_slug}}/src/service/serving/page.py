"""The page at `/`: which version serves, how it came to serve, and a form to ask it."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..deployments import LOG, Log
from ..manifest import Manifest
from ..reporting.metrics import read_json

HERE = Path(__file__).parent
DRILL = Path("drill.json")
TIMELINE = Path("figures/timeline.svg")
MOST_LINES = 20  # of the deployment log


def environment(folder: Path) -> Environment:
    """The pages in a folder, in which all values are escaped."""
    return Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


TEMPLATE = environment(HERE).get_template("page.html")


def render_page(version: str, manifest: Manifest, slot: str, reports: Path) -> str:
    """Render the page: HTML without inline scripts or styles, with all values escaped."""
    return TEMPLATE.render(
        version=version,
        manifest=manifest,
        slot=slot,
        drill=read_json(reports / DRILL) if (reports / DRILL).is_file() else {},
        deployments=Log(reports / LOG.name).lines()[: -MOST_LINES - 1 : -1],
        has_timeline=(reports / TIMELINE).is_file(),
    )
