"""Write the adopted data: `data/NAME.csv.gz`, `data/DATASET.md`, `settings.toml` and the documents, all or none.

Everything is first written to `data/.adopting`; then each file is put in its place in one step, settings.toml last, and
only then are the former data removed. If this is interrupted, `data/.adopting/removed` stays and lists what is to go:
adopting the file again then finishes the work, without asking for a commit first.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess  # git only, with fixed arguments
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pandas as pd
from jinja2 import Environment, FileSystemLoader

from ..data import load
from ..reporting.markdown import cell, number
from ..reporting.metrics import write_text
from ..settings import FILE, SettingsError, load_settings
from ..validation import DataError
from .proposal import Proposal
from .reading import AdoptionError

DATA = Path("data")
STAGE = DATA / ".adopting"
JOURNAL = STAGE / "removed"
TEXTS = Environment(  # noqa: S701
    loader=FileSystemLoader(Path(__file__).with_name("texts")),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
MADE = ("reports/*.json", "reports/*.csv", "reports/figures/*.svg", "artifacts/model.*")  # by `make demo`, as before
SHIPPED = [
    *map(DATA.joinpath, ("shipped.md", "simulate.py", "test_simulate.py", "world.py")),
    Path("docs/screenshot.png"),
]


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


def leftovers(source: Path, written: Mapping[Path, object]) -> list[Path]:
    """What describes or makes the former data, and what an interrupted adoption was to remove: files, never folders."""
    listed = JOURNAL.read_text(encoding="utf-8", errors="replace").splitlines() if JOURNAL.exists() else []
    with suppress(SettingsError):  # there were no data, or no settings that can be read
        listed.append(load_settings().data.file)
    former = [path for path in map(Path, listed) if path.parent == DATA]  # a path can be anything: only data are data
    found = {*former, *SHIPPED, *made()}
    return sorted(
        path for path in found if path.is_file() and path not in written and path.resolve() != source.resolve()
    )


def made() -> list[Path]:
    return [path for pattern in MADE for path in Path().glob(pattern)]


def refuse_uncommitted(paths: list[Path]) -> None:
    """So that Git has what is replaced or removed. Reports and models are made again, and need no commit.

    Raises:
        AdoptionError: Git does not have it, or cannot say so.
    """
    if (git := shutil.which("git")) is None or JOURNAL.exists():
        return
    wanted = [str(path) for path in paths if path not in made()]
    command = [git, "status", "--porcelain", "--untracked-files=all", "--", *wanted]
    asked = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if asked.returncode and any((folder / ".git").exists() for folder in (Path.cwd(), *Path.cwd().parents)):
        raise AdoptionError(f"Git cannot say whether your work is safe ({asked.stderr.strip().splitlines()[0]})")
    if asked.stdout:
        names = ", ".join(line[3:] for line in asked.stdout.splitlines())
        raise AdoptionError(f"{names} would be replaced, with changes that are not in Git; commit them first")


def replace(files: Mapping[Path, bytes], removed: list[Path]) -> None:
    """Put `files` in their places, the settings last, and remove what is not needed any more."""
    STAGE.mkdir(parents=True, exist_ok=True)
    staged = {path: STAGE / str(place) for place, path in enumerate(sorted(files, key=FILE.__eq__))}
    for path, place in staged.items():
        place.write_bytes(files[path])
    write_text(JOURNAL, "\n".join(map(str, [*removed, *(path for path in files if path.suffix == ".gz")])))
    for path, place in staged.items():
        os.replace(place, path)
    for path in removed:
        path.unlink(missing_ok=True)
    shutil.rmtree(STAGE)


def _toml(value: object, *, key: bool = False) -> str:
    """JSON's strings are TOML's, but for one character; a plain key needs no quotes."""
    quoted = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value) if key and re.fullmatch(r'"[A-Za-z0-9_-]+"', quoted) else quoted
