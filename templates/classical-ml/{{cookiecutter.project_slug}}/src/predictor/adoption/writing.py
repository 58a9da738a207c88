"""What `make adopt` writes of a table: `data/NAME.csv.gz`, settings.toml, and the text of DATASET.md."""

import hashlib
import tempfile
from contextlib import suppress
from pathlib import Path

from ..data import load
from ..settings import FILE, SettingsError, load_settings
from ..validation import DataError
from .columns import data_file
from .proposal import Proposal
from .replacing import DATA, AdoptionError
from .wording import text

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
    file, packed = data_file(proposal.columns, source)
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
            # After the semicolon follows what to do in settings.toml, which nobody has yet.
            raise AdoptionError(f"this table{ordered} cannot be used: {str(error).partition('; ')[0]}") from None
    return files, text("dataset.md", **facts, source=source, form=form)


def former(_: dict[Path, bytes]) -> list[str]:
    with suppress(SettingsError):  # there were no data, or no settings that can be read
        return [load_settings().data.file]
    return []
