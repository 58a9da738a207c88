"""Write `site/`: recorded cases as a page, for a host that only hands out files."""

import json
from pathlib import Path
from shutil import copy, copytree, rmtree
from typing import Any

from .. import data, technique
from ..deciding import Decider
from ..manifest import plain
from ..settings import Settings
from .page import render_page
from .web import STATIC

SITE, WEB = Path("site"), Path("web")
CASES = 12


def write(settings: Settings) -> int:
    """Replace `site/` by the first test cases with the service's answers; returns how many there are.

    Raises:
        ModelError: there is no usable model.
        DataError: the data cannot be used.
    """
    decider = Decider.load()
    recorded = record(decider, settings)
    rmtree(SITE, ignore_errors=True)
    copytree(STATIC, SITE / "static")
    copy(WEB / "recorded.js", SITE / "static")
    (SITE / "recorded.json").write_text(json.dumps(recorded, ensure_ascii=False), encoding="utf-8")
    page = render_page("recorded.html", decider.manifest)
    (SITE / "index.html").write_text(page, encoding="utf-8", newline="\n")
    return len(recorded)


def record(decider: Decider, settings: Settings) -> list[dict[str, Any]]:
    """The inputs of each case, the decision, and the right answer, where a column has it."""
    test = technique.asked(data.load(settings).test, settings)
    test = test.some(~test.frame[[one.name for one in decider.manifest.inputs]].duplicated())
    rows = plain(test.frame.head(CASES), decider.manifest.inputs)
    actual = test.outcomes.head(CASES).tolist()
    return [
        {
            "inputs": row,
            "decision": decider.decide(row).model_dump(),
            "actual": right if settings.problem.target else None,
        }
        for row, right in zip(rows, actual, strict=True)
    ]
