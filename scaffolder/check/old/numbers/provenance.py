"""Where a run's numbers come from, compared with the data that lie here and with what the documents cite."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.numbers.claims import label
from scaffolder.check.numbers.metrics import Run
from scaffolder.check.numbers.printed import read_json
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.readers.toml import settings

MOST_FILES = 40
SHORTEST = 12  # characters of a hash that name it

_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_SUMS = ("data/SHA256SUMS", "SHA256SUMS", "data/*.sha256")
_SUM = re.compile(r"([0-9a-f]{64}) [ *](\S.*)")
_DATA = ("data/*", "data/**/*", "*.csv", "*.csv.gz", "*.jsonl", "*.parquet")


class DataFile(NamedTuple):
    """The file that a run's hash belongs to: a fact, or a problem."""

    path: str
    fact: str
    problem: str = ""


def unrecorded(run: Run) -> list[str]:
    """What the run does not record."""
    found = []
    if run.command is None:
        found.append("run.command is not recorded")
    if run.seed is None:
        found.append("run.seed is not recorded")
    if run.commit is None:
        found.append("run.commit is not recorded: the run was not made from a commit")
    elif not _COMMIT.fullmatch(run.commit):
        found.append(f"run.commit {run.commit[:20]!r} is no commit")
    if run.data_sha256 is None or not _SHA256.fullmatch(run.data_sha256):
        found.append("run.data_sha256 is not recorded")
    return found


def data_file(run: Run, snapshot: Snapshot) -> DataFile:
    """The data file whose bytes have the run's hash; a list of hashes (`sha256sum`) stands for the files in it.

    Data that a program of the repository makes need not be here: then the settings name the file, no hash is
    pinned there, and the file is what `.gitignore` leaves out or what is not committed.
    """
    part = settings(snapshot).get("data")
    named = part.get("file") if isinstance(part, dict) else None
    pinned = part.get("sha256") if isinstance(part, dict) else None
    candidates = (
        [named] if isinstance(named, str) and snapshot.is_file(named) else list(snapshot.glob(*_DATA)[:MOST_FILES])
    )
    for path in (*snapshot.glob(*_SUMS), *candidates):
        if snapshot.sha256(path) == run.data_sha256:
            return DataFile(
                path, f"its SHA-256 is {(run.data_sha256 or '')[:SHORTEST]}…, as recorded", _changed(path, snapshot)
            )
    if candidates and isinstance(named, str) and snapshot.is_file(named):
        return DataFile(named, "", "its SHA-256 is not the one that the run recorded: it was measured on other data")
    maker = snapshot.find("src/*/simulate.py", "**/simulate*.py", "**/generate*.py", "**/make_data*.py")
    if isinstance(named, str) and pinned is None and maker:
        return DataFile(maker, f"{named} is made by this program, so its hash cannot be compared here")
    if isinstance(pinned, str) and pinned == run.data_sha256:
        return DataFile("settings.toml", f"the hash is the one of {named}, which is fetched")
    return DataFile(named if isinstance(named, str) else "data", "", "no data file here has the recorded SHA-256")


def _changed(path: str, snapshot: Snapshot) -> str:
    """What is wrong with the files of a list of hashes; nothing for any other file."""
    if path not in snapshot.glob(*_SUMS):
        return ""
    folder = path.rpartition("/")[0]
    for wanted, name in _SUM.findall(snapshot.text(path) or ""):
        listed = f"{folder}/{name}" if folder else name
        if snapshot.sha256(listed) != wanted:
            return f"{listed} is not as {path} lists it: the run was measured on other data"
    return ""


def altered_models(run: Run, snapshot: Snapshot) -> Iterator[Evidence]:
    """Models that are not the file whose hash their manifest holds, or that were trained on other data."""
    for path in snapshot.glob("artifacts/*.json", "models/*.json", "model/*.json")[:MOST_FILES]:
        manifest = read_json(snapshot, path)
        hashes = manifest if isinstance(manifest, dict) else {}
        model = path.removesuffix(".json") + ".onnx"
        recorded, data = hashes.get("onnx_sha256"), hashes.get("data_sha256")
        if isinstance(recorded, str) and snapshot.is_file(model) and snapshot.sha256(model) != recorded:
            yield Evidence(f"its SHA-256 is not the one in {path}: it is not the model that was trained", model)
        if isinstance(data, str) and run.data_sha256 and data != run.data_sha256:
            yield Evidence("the model was trained on other data than the run measured", path)


def miscited(run: Run, documents: list[Document]) -> list[Evidence]:
    """Where a document cites another commit, seed, command, hash or number of rows, or none cites the hash."""
    found = [evidence for document in documents for evidence in _miscited(run, document)]
    cited = run.data_sha256 and any(run.data_sha256[:SHORTEST] in document.text for document in documents)
    if run.data_sha256 and not cited and documents:
        found.append(Evidence("the hash of the data is not shown", documents[0].path))
    return found


def _miscited(run: Run, document: Document) -> Iterator[Evidence]:
    expected = {
        "commit": run.commit,
        "seed": None if run.seed is None else str(run.seed),
        "rows": None if run.rows is None else f"{run.rows:,}",
        "command": run.command,
        "data sha 256": run.data_sha256,
        "data": run.data_sha256,
        "data hash": run.data_sha256,
    }
    for table in document.tables:
        if len(table.header) != 2:
            continue
        for row, line in zip(table.rows, table.row_lines, strict=False):
            name = " ".join(re.findall(r"[a-z0-9]+", plain(row[0]).casefold()))
            wanted = expected.get(name) if len(row) == 2 else None
            if wanted and not _cites(plain(row[1]), wanted):
                yield Evidence(
                    f"{label(row[0])} is {plain(row[1])[:40]}, and the run's is {wanted[:40]}", document.path, line
                )


def _cites(shown: str, wanted: str) -> bool:
    if any(_stands_in(a, b) for a, b in ((wanted, shown), (wanted.replace(",", ""), shown.replace(",", "")))):
        return True
    return any(len(part) >= 7 and wanted.startswith(part) for part in re.findall(r"[0-9a-f]+", shown))


def _stands_in(wanted: str, shown: str) -> bool:
    return re.search(rf"(?<![\w.]){re.escape(wanted)}(?!\w)", shown) is not None
