"""Use the owner's rows: `make adopt DATA=rows.csv ...` shows what it will do, asks, and writes all or nothing.

rows: what is there, and what is wrong -> proposal: the days of the story -> here: show, ask and write
"""

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .. import data
from ..deploying.processes import Processes
from ..deployments import LOG
from ..drill import STORY, released_by_others
from ..reporting import blocks
from ..reporting.markdown import cell
from ..routing.config import RouterConfig
from ..serving.config import read_config
from ..settings import FILE, load_settings
from . import documents
from .proposal import plan
from .replacing import DATA, AdoptionError, agreed, leftovers, refuse_uncommitted, replace
from .rows import Roles, inputs, join, name

ROWS, OUTCOMES, SUMS = DATA / "rows.csv.gz", DATA / "outcomes.csv.gz", DATA / "SHA256SUMS"
CHANGES, CONTRACT = Path("CHANGELOG.md"), Path("scaffolder.toml")
TEXT_OF = {
    FILE: "settings.toml",
    data.TRAINING_ROWS: "training_rows.sql",
    Path("drill/training_rows_broken.sql"): "broken.sql",
    STORY: "story.toml",
}
FORMER = ("data/shipped.md", "docs/screenshot.png", "tests/test_shipped.py", "approvals/*.toml", str(LOG))
MADE = (  # by `make demo`, as before
    *("reports/*.json", "reports/*.csv", "reports/*.html", "reports/figures/*.svg"),
    *("registry/**/*", "var/**/*"),
)
MOST_SLICES, MOST_GROUPS = 2, 8
TEXTS = Environment(  # noqa: S701
    loader=FileSystemLoader(Path(__file__).with_name("texts")),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)
TEXTS.filters |= {"plain": cell, "toml": lambda value: json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")}


def adopt(source: Path, outcomes: Path | None, columns: dict[str, str], positive: str | None, *, yes: bool) -> int:
    """Replace the project's data. Returns 0, or 1 if the owner says no.

    Args:
        source: CSV, a row for each answer that will be asked for.
        outcomes: CSV with what became of them; None if these columns are in `source`.
        columns: the names of the columns with the roles id, time, known and target.
        positive: the value of the target whose probability is wanted; None if it is 0 or 1.
        yes: do not ask.

    Raises:
        AdoptionError: the files cannot be used, nobody can be asked, or work that is nowhere else would be lost.
        SettingsError, BlockError: the project's own files cannot be read.
    """
    settings, roles = load_settings(), Roles(**{role: name(column) for role, column in columns.items()})
    _refuse_releases()
    rows, without = join(source, outcomes, roles, positive)
    days = plan(rows, roles)
    found, dropped = inputs(rows, roles, rows[roles.time].str[:10] <= str(days["train_to"]))
    if found.empty:
        raise AdoptionError("no column is left that could be an input")
    groups = found.select_dtypes(exclude="number").nunique()
    files = _tables(rows, roles, found)
    facts: dict[str, Any] = {
        "roles": roles,
        "rows": rows,
        "inputs": found,
        "dropped": dropped,
        "without": without,
        "plan": days,
        "slices": list(groups[groups.between(2, MOST_GROUPS)].index[:MOST_SLICES]),
        "positive": positive or "1",
        "source": " and ".join(path.name for path in (source, outcomes) if path),
        "settings": settings,
        "sums": files[SUMS].decode().splitlines(),
        "sha256": sha256(files[SUMS]).hexdigest(),
    }
    files |= {path: _text(template, facts) for path, template in TEXT_OF.items()}
    files |= _documents(_text("dataset.md", facts).decode(), files[FILE], settings.data.unit)
    former = leftovers([settings.data.file, settings.data.outcomes], [*FORMER, *MADE], source, files)
    removed = [path for path in former if outcomes is None or path.resolve() != outcomes.resolve()]
    refuse_uncommitted(files, removed, MADE)
    shown = [path for path in removed if path.parts[0] not in ("registry", "var")]
    if not agreed(_text("preview.txt", {**facts, "written": files, "removed": shown}).decode(), yes):
        return 1
    replace(files, removed, FILE)
    print("Done. Next: make demo; read settings.toml, answer what is left as TODO in the documents, and commit.")
    print("README.md and MODEL_CARD.md keep their title: change it if it does not fit any more.")
    return 0


def _refuse_releases() -> None:
    """What runs, and what people have released, is not thrown away."""
    processes = Processes(read_config(RouterConfig))
    if any(map(processes.alive, ("router", "champion", "canary"))):
        raise AdoptionError("the service of this project runs; stop it first: make down")
    if others := released_by_others():
        raise AdoptionError(
            f"{LOG} holds releases by {others}, whose versions would be removed from registry/; "
            "adopt in a fresh copy of this repository"
        )


def _tables(rows: pd.DataFrame, roles: Roles, found: pd.DataFrame) -> dict[Path, bytes]:
    """The two files of data/, and the list of their hashes."""
    days = {column: rows[column].str[:10] for column in (roles.time, roles.known)}
    made = pd.concat([rows[[roles.id]].assign(**{roles.time: days[roles.time]}), found], axis=1)
    made[data.ARRIVAL] = made[roles.time]  # data.py wants this column
    known = rows[[roles.id, roles.known, roles.target]].assign(**{roles.known: days[roles.known]})
    tables = {ROWS: made.sort_values([roles.time, roles.id]), OUTCOMES: known.sort_values([roles.known, roles.id])}
    files = {
        path: gzip.compress(table.to_csv(index=False, lineterminator="\n").encode(), mtime=0)
        for path, table in tables.items()
    }
    return files | {SUMS: data.sums({str(path): content for path, content in files.items()}).encode()}


def _documents(description: str, settings: bytes, unit: str) -> dict[Path, bytes]:
    files = documents.rewritten(description, FILE, settings)
    contract = (files.get(CONTRACT) or CONTRACT.read_bytes()).decode()
    changes = blocks.read_document(CHANGES)
    empty = dict.fromkeys(blocks.read(changes, CHANGES), documents.NOT_YET)
    return files | {
        CONTRACT: contract.replace(f'\nid = "{unit}"\n', '\nid = "row"\n').encode(),
        CHANGES: blocks.rewrite(changes, empty, CHANGES).encode(),
    }


def _text(template: str, facts: dict[str, Any]) -> bytes:
    return TEXTS.get_template(f"{template}.jinja").render(facts).encode()
