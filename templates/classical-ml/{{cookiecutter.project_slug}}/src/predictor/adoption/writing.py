"""What `make adopt` writes of a table: `data/NAME.csv.gz`, settings.toml, and the texts for people."""

import gzip
import hashlib
import json
import re
import tempfile
from contextlib import suppress
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader

from ..data import load
from ..reporting.markdown import cell, number
from ..settings import FILE, SettingsError, load_settings
from ..validation import DataError
from .proposal import Proposal
from .replacing import DATA, AdoptionError

TEXTS = Environment(  # noqa: S701
    loader=FileSystemLoader(Path(__file__).with_name("texts")),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
FORMER = (  # what describes or makes data of ours
    *("data/shipped.md", "data/simulate.py", "data/test_simulate.py", "data/world.py"),
    "docs/screenshot.png",
)
MADE = ("reports/*.json", "reports/*.csv", "reports/figures/*.svg", "artifacts/model.*")  # by `make demo`, as before


def contents(proposal: Proposal, source: Path, form: str) -> tuple[dict[Path, bytes], str]:
    """The data file and the settings; and the text of DATASET.md.

    Raises:
        AdoptionError: `make data` would refuse these data.
    """
    table = pd.DataFrame({name: column.cells for name, column in proposal.columns.items()}).to_csv(
        index=False,
        lineterminator="\r\n",  # then a lone \r is quoted, too
    )
    name = re.sub(r"[^a-z0-9]+", "_", source.name.partition(".")[0].lower())[:80].strip("_") or "table"
    packed, file = gzip.compress(table.encode(), mtime=0), DATA / f"{name}.csv.gz"
    facts = {"proposal": proposal, "file": file.as_posix(), "sha256": hashlib.sha256(packed).hexdigest()}
    files = {file: packed, FILE: text("settings.toml", **facts).encode()}
    with tempfile.TemporaryDirectory() as root:
        Path(root, DATA).mkdir()
        for path, content in files.items():
            Path(root, path).write_bytes(content)
        try:
            load(load_settings(root / FILE), Path(root))
        except DataError as error:
            ordered = f", ordered by {proposal.time!r}," if proposal.time else ""
            reason = str(error).partition("; ")[0]  # then follows what to do in settings.toml, which nobody has yet
            raise AdoptionError(f"this table{ordered} cannot be used: {reason}") from None
    return files, text("dataset.md", **facts, source=source, form=form)


def text(name: str, **values: object) -> str:
    TEXTS.filters |= {"quoted": repr, "number": number, "share": "{:.1%}".format, "plain": cell, "toml": _toml}
    return TEXTS.get_template(f"{name}.jinja").render(**values)


def former() -> list[str]:
    with suppress(SettingsError):  # there were no data, or no settings that can be read
        return [load_settings().data.file]
    return []


def _toml(value: object, *, key: bool = False) -> str:
    """JSON's strings are TOML's, but for one character; a plain key needs no quotes."""
    quoted = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value) if key and re.fullmatch(r'"[A-Za-z0-9_-]+"', quoted) else quoted
