"""Real runs of the templates, in memory: the stored runs in data/, laid over freshly generated projects."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from rendered import Files, fresh

DATA = Path(__file__).parent / "data"
PAGES = ("README.md", "MODEL_CARD.md")
RUNS = {
    "churn": ("classical-ml", {"project_name": "Churn predictor"}),
    "assistant": ("rag-assistant", {"project_name": "Python help desk"}),
}

_BLOCK = re.compile(rb"(?:<!--|#) measured:([\w-]+)(?: -->)?\n.*?(?:<!--|#) /measured:\1(?: -->)?\n", re.DOTALL)


def after_run(name: str) -> Files:
    """A project after `make demo` and `make load`: reports, artifacts and measured blocks; no number was ever typed."""
    return dict(_after_run(name))


@cache
def _after_run(name: str) -> Files:
    template, given = RUNS[name]
    files = fresh(template, **given)
    folder = DATA / f"{name}_run"
    run = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for page in PAGES:
        blocks = {match[1]: match[0] for match in _BLOCK.finditer(run.pop(page))}
        files[page] = _BLOCK.sub(lambda match, blocks=blocks: blocks.get(match[1], match[0]), files[page])
    return files | run
