"""The origin of a run's numbers, compared with the data in the repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.documents import README, measured_pages, model_card
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, flawed
from scaffolder.check.item import Item
from scaffolder.check.measured_blocks import nothing_measured
from scaffolder.check.readers.data_files import settings
from scaffolder.check.readers.metrics import PATH, Run, metrics, parsed
from scaffolder.check.readers.values import table
from scaffolder.results.finding import Evidence, Level

MOST_FILES = 40
SHORTEST = 12  # characters of a hash that are enough to identify it

_COMMIT = re.compile(r"[0-9a-f]{7,64}", re.IGNORECASE)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)
_SUMS = ("data/SHA256SUMS", "SHA256SUMS", "data/*.sha256")
_SUM = re.compile(r"([0-9a-f]{64}) [ *](\S.*)")
_DATA = ("data/*", "data/**/*", "*.csv", "*.csv.gz", "*.jsonl", "*.parquet")
_MAKERS = ("src/*/simulate.py", "**/simulate*.py", "**/generate*.py", "**/make_data*.py")


class Provenance(Item):
    """Provenance of the run: its command, seed, commit and data hash, which is that of the data in the repository."""

    id = "provenance"
    level = Level.BUILDER
    needs = "measures"
    source = "Google's ML Test Score, Infra 1: training is reproducible; Hugging Face model card: training details"

    def check(self, repo: Repository) -> Verdict:
        """Write beside the results the command, the seed, the commit and the hash of the data that they come from.

        A result that nobody can trace to code and data is a rumour.

        Commit the code, then run `make demo`: it records command, seed, commit and data hash, and shows them. They
        belong in `run` of reports/metrics.json and into README.md, or a page that scaffolder.toml lists.
        """
        measured = metrics(repo)
        if measured is None:
            return nothing_measured(repo)
        run = measured.run
        problems = [Evidence(what, PATH) for what in _unrecorded(run)]
        found = _data(run, repo) if run.data_sha256 else None
        if found and found.problem:
            problems.append(Evidence(found.problem, found.path))
        problems += _altered_models(run, repo)
        pages = [page for page in (*measured_pages(repo), model_card(repo)) if page]
        if run.data_sha256 and not any(run.data_sha256[:SHORTEST] in page.text for page in pages):
            problems.append(Evidence("the hash of the data is not shown", pages[0].path if pages else README))
        if problems or found is None:
            return flawed(*problems)
        recorded = f"`{run.command}` at {(run.commit or '')[:SHORTEST]}, seed {run.seed}"
        return done(Evidence(recorded, PATH), Evidence(found.fact, found.path))


class _Data(NamedTuple):
    """The file that a run's hash belongs to: a fact, or a problem."""

    path: str
    fact: str = ""
    problem: str = ""


def _unrecorded(run: Run) -> Iterator[str]:
    if run.command is None:
        yield "run.command is not recorded"
    if run.seed is None:
        yield "run.seed is not recorded"
    if run.commit is None:
        yield "run.commit is not recorded: the run was not made from a commit"
    elif not _COMMIT.fullmatch(run.commit):
        yield f"run.commit {run.commit[:20]!r} is not a commit"
    if run.data_sha256 is None or not _SHA256.fullmatch(run.data_sha256):
        yield "run.data_sha256 is not recorded"


def _data(run: Run, repo: Repository) -> _Data:
    """The data file whose bytes have the run's hash; a list of hashes (`sha256sum`) stands for the files in it.

    Data that a program of the repository makes need not be here: then the settings name the file and no hash.
    """
    snapshot = repo.snapshot
    data = table(settings(repo), "data")
    named, pinned = data.get("file"), data.get("sha256")
    here = isinstance(named, str) and snapshot.is_file(named)
    candidates = (named,) if here else snapshot.glob(*_DATA)
    for path in (*snapshot.glob(*_SUMS), *candidates[:MOST_FILES]):
        if snapshot.sha256(path) == run.data_sha256:
            return _Data(
                path, f"its SHA-256 is {(run.data_sha256 or '')[:SHORTEST]}…, as recorded", _changed(path, repo)
            )
    snapshot.first(candidates, MOST_FILES, "files of data")  # only those that were looked for in vain are told
    if isinstance(named, str) and here:
        return _Data(named, problem="its SHA-256 is not the one that the run recorded: it was measured on other data")
    maker = snapshot.find(*_MAKERS)
    if isinstance(named, str) and pinned is None and maker:
        return _Data(maker, f"{named} is made by this program, so its hash cannot be compared here")
    if isinstance(pinned, str) and pinned == run.data_sha256:
        return _Data("settings.toml", f"the hash is that of {named}, which is fetched")
    return _Data(named if isinstance(named, str) else "data", problem="no data file here has the recorded SHA-256")


def _changed(path: str, repo: Repository) -> str:
    """The first problem with the files in a list of hashes; "" if there is none, or for any other file."""
    if path not in repo.snapshot.glob(*_SUMS):
        return ""
    folder = path.rpartition("/")[0]
    for wanted, name in _SUM.findall(repo.snapshot.text(path) or ""):
        listed = f"{folder}/{name}" if folder else name
        if repo.snapshot.sha256(listed) != wanted:
            return f"{listed} is not as {path} lists it: the run was measured on other data"
    return ""


def _altered_models(run: Run, repo: Repository) -> Iterator[Evidence]:
    """Models that are not the file whose hash their manifest holds, or that were trained on other data."""
    found = repo.snapshot.glob("artifacts/*.json", "models/*.json", "model/*.json")
    for path in repo.snapshot.first(found, MOST_FILES, "files beside models"):
        manifest = parsed(repo, path)
        hashes = manifest if isinstance(manifest, dict) else {}
        model = path.removesuffix(".json") + ".onnx"
        recorded, data = hashes.get("onnx_sha256"), hashes.get("data_sha256")
        if isinstance(recorded, str) and repo.snapshot.is_file(model) and repo.snapshot.sha256(model) != recorded:
            yield Evidence(f"its SHA-256 is not the one in {path}: it is not the model that was trained", model)
        if isinstance(data, str) and run.data_sha256 and data != run.data_sha256:
            yield Evidence("the model was trained on other data than the run measured", path)
