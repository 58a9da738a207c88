"""The parts of README.md and MODEL_CARD.md that look the same in every project: the tables of sections.jinja."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from .markdown import cell, code, estimate, number, table
from .metrics import REPORTS, Report, Slice, failures

FIGURES = REPORTS / "figures"
SCREENSHOT = Path("docs/screenshot.png")
FEW = 20  # cases: from fewer, nothing is concluded


def environment(folder: Path) -> Environment:
    """The templates of a folder, which give Markdown: there, `cell` makes foreign text harmless."""
    templates = Environment(  # noqa: S701
        loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates.filters |= {
        "number": number,
        "estimate": estimate,
        "cell": cell,
        "json": partial(json.dumps, ensure_ascii=False),
    }
    templates.globals |= {"cell": cell, "code": code, "failures": failures, "few": FEW, "table": table}
    return templates


def render(template: Template, facts: Mapping[str, Any], instead: Mapping[str, str] | None = None) -> dict[str, str]:
    """The content of every block of a template, for which the macros of sections.jinja are `sections`.

    Args:
        template: of the blocks; `-` in the name of a block is `_` there.
        facts: what the template knows.
        instead: the texts of blocks that are not rendered, because nothing was measured for them.
    """
    known = {"sections": tables, "screenshot": SCREENSHOT.exists() and SCREENSHOT.read_text("latin-1"), **facts}
    context, texts = template.new_context(known), dict(instead or {})
    blocks = {name.replace("_", "-"): block for name, block in template.blocks.items()}
    return {
        name: (texts[name] if name in texts else "".join(block(context))).strip() + "\n"
        for name, block in blocks.items()
    }


tables: Any = environment(Path(__file__).parent).get_template("sections.jinja").module


def clearly_worse(part: Slice, report: Report) -> bool:
    """Whether the slice has enough cases, and its whole interval is worse than the value for everything."""
    whole = report.metric(part.metric)
    low, high = part.ci95 or (whole.value, whole.value)
    return part.n >= FEW and (high < whole.value if whole.higher_is_better else low > whole.value)
