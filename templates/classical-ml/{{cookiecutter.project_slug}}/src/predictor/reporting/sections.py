"""The parts of README.md and MODEL_CARD.md that look the same in every project: the tables of sections.jinja."""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from .markdown import cell, estimate, number, table, tame
from .metrics import REPORTS, Report, Slice

FIGURES = REPORTS / "figures"
FEW = 20  # cases: from fewer, nothing is concluded


def environment(folder: Path) -> Environment:
    """The templates of a folder, which give Markdown: there, `cell` makes foreign text harmless."""
    found = Environment(  # noqa: S701
        loader=FileSystemLoader(folder), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    dumped = partial(json.dumps, ensure_ascii=False)
    found.filters |= {"number": number, "estimate": estimate, "cell": cell, "tame": tame, "json": dumped}
    found.globals |= {"table": table, "few": FEW}
    return found


def render(template: Template, facts: Mapping[str, Any]) -> dict[str, str]:
    """The content of every block of a template."""
    context = template.new_context(dict(facts))
    return {name.replace("_", "-"): "".join(block(context)).strip() + "\n" for name, block in template.blocks.items()}


tables: Any = environment(Path(__file__).parent).get_template("sections.jinja").module


def clearly_worse(one: Slice, report: Report) -> bool:
    """Whether the slice has enough cases, and its whole interval is worse than the value for everything."""
    if one.ci95 is None or one.n < FEW:
        return False
    whole = report.metric(one.metric)
    return one.ci95[1] < whole.value if whole.higher_is_better else one.ci95[0] > whole.value
