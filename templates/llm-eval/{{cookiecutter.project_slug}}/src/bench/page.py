"""The page with everything that a run found: the file `reports/report.html`, and the page of the service."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from .error_analysis import RIGHT, Example
from .evaluation.comparison import Comparison, sentence
from .figures import captions, ranked
from .leaderboards import Board, Entry, EvaluationReport
from .reporting.markdown import number
from .reporting.sections import FIGURES
from .scoring import METRICS

FILES = Path(__file__).parent
STATIC = FILES / "serving" / "static"
MOST_EXAMPLES = 200  # on the page; errors go first
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
for kind, tag in {
    "heading_open": "<p><strong>",
    "heading_close": "</strong></p>",
    "link_open": "<a>",
    "th_open": "<th>",
    "td_open": "<td>",
}.items():
    MARKDOWN.add_render_rule(kind, lambda *_, tag=tag: tag)


def render_page(report: EvaluationReport, examples: Sequence[Example], title: str, *, inline: bool) -> str:
    """The page as HTML in which all texts are escaped.

    Args:
        report: what was measured.
        examples: the cases of the lead with both answers, in the order in which people should see them.
        title: of the benchmark.
        inline: whether the page holds its style, script and figures, so that it is one file. If not, it takes them
            from `/static/` and `/figures/`: it then has neither inline style nor script, and no style attributes.
    """
    templates = Environment(
        loader=FileSystemLoader(FILES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return templates.get_template("page.html").render(
        FUNCTIONS,
        known_metrics=METRICS,
        report=report,
        title=title,
        style=_own("style.css", "page.css") if inline else "",
        script=_own("page.js") if inline else "",
        figure=_data if inline else "/figures/{}.svg".format,
        digest=digest,
        examples=sorted(examples, key=lambda one: one.kind == RIGHT)[:MOST_EXAMPLES],
        total=len(examples),
    )


def compared(board: Board, system: str) -> Comparison | None:
    """The comparison of a system with its baseline; None for a baseline."""
    return next((one for one in board.comparisons if one.system == system), None)


def price(board: Board, entry: Entry) -> float:
    """Money for 1,000 cases, each asked once."""
    return 1000 * entry.price / (entry.n * board.experiment.repeats)


def markdown(text: str) -> Markup:
    """Markdown as HTML without images, addresses and styles, in which tags are escaped and headings are bold."""
    return Markup(MARKDOWN.render(text))  # noqa: S704


# What page.html and the Markdown of report.py call.
FUNCTIONS = {one.__name__: one for one in (captions, compared, markdown, number, price, ranked, sentence)}


def digest(text: str) -> str:
    """The hash by which a content security policy allows an inline script or style."""
    return "sha256-" + b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _own(*names: str) -> Markup:
    """Files of this package, which need no escaping."""
    return Markup("\n").join(Markup((STATIC / name).read_text(encoding="utf-8")) for name in names)  # noqa: S704


def _data(name: str) -> str:
    """A figure as an address that holds all of it."""
    return "data:image/svg+xml;base64," + b64encode((FIGURES / f"{name}.svg").read_bytes()).decode()
