"""Trace one prediction to the version that made it, and that version to its code and rows."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from .registry import RegistryError, open_registry
from .settings import Settings
from .store import DATABASE, connect

SUMS = "data/SHA256SUMS"
STORED = "SELECT * FROM predictions LEFT JOIN outcomes USING (reference) WHERE id = ?"


class LineageError(ValueError):
    """The prediction cannot be traced; the message says why."""


def trace(prediction: str, settings: Settings) -> str:
    """What is known of a prediction, as lines of text; `prediction` is the id that came with the answer.

    The answer stands in the table `predictions` (`at` in unix seconds), and what became of its row in `outcomes`, under
    the same `reference`; one query reads both. The outcome may be unknown, and the caller may have given no reference,
    in which case the lines say `not known` and `the caller gave no reference`:

        prediction    4bf92f3577b34da6
        answered      2024-01-03 12:00:00 UTC by the champion, for the day 2024-01-03
        probability   0.2500
        inputs        {"distance": 21.0}
        ...           the lines of `_version`
        parcel        7
        outcome       late = 1, known on 2024-01-20

    `parcel` is `settings.data.unit`, and `late` is `settings.data.target`.

    Raises:
        LineageError: there is no such prediction.
        RegistryError, StoreError: the registry or the database cannot be read.
    """
    with closing(connect()) as database:
        database.row_factory = sqlite3.Row
        found = database.execute(STORED, [prediction]).fetchone()
    if found is None:
        raise LineageError(f"{DATABASE} has no prediction {prediction!r}; its id is in the answer to the request")
    answered, known = datetime.fromtimestamp(found["at"], UTC), found["known_on"]
    facts = {
        "prediction": found["id"],
        "answered": f"{answered:%Y-%m-%d %H:%M:%S} UTC by the {found['slot']}, for the day {found['day']}",
        "probability": f"{found['score']:.4f}",
        "inputs": found["inputs"],
        **_version(found["version"], settings),
        settings.data.unit: found["reference"] or "the caller gave no reference",
        "outcome": f"{settings.data.target} = {found['outcome']}, known on {known}" if known else "not known",
    }
    return "\n".join(f"{name:<14}{value}" for name, value in facts.items())


def _version(version: str, settings: Settings) -> dict[str, str]:
    """What the registry says of the version that made a prediction, which need not be one that serves now.

    The tags of its entry are `candidate`, `model_sha256`, `data_sha256`, `rows`, `trained_from`, `trained_to`,
    `known_until`, `sql`, `sql_sha256` and, if it was trained in a repository, `commit`. Without such an entry, the only
    line is `version`, and gives the reason: `9: lateness has no version '9'; it has 1, 2, 3`.

        version       3, logistic (now: champion), or (now: no alias)
        model         SHA-256 9f86d0...
        code          commit 2b608f... or: commit unknown: it was trained outside a repository
        data          data/SHA256SUMS, SHA-256 aaaa... and what `_same` says of the file
        rows          1,300 of 2023-07-01 to 2023-10-31, with the outcomes known by 2023-11-01
        chosen by     sql/training_rows.sql, SHA-256 cccc... and what `_same` says of the file
    """
    try:
        entry = open_registry(settings).version(version)
    except RegistryError as error:
        return {"version": f"{version}: {error}"}
    tags = entry.tags
    return {
        "version": f"{version}, {tags['candidate']} (now: {', '.join(entry.aliases) or 'no alias'})",
        "model": f"SHA-256 {tags['model_sha256']}",
        "code": f"commit {tags.get('commit', 'unknown: it was trained outside a repository')}",
        "data": f"{SUMS}, SHA-256 {tags['data_sha256']}{_same(SUMS, tags['data_sha256'])}",
        "rows": f"{int(tags['rows']):,} of {tags['trained_from']} to {tags['trained_to']}, "
        f"with the outcomes known by {tags['known_until']}",
        "chosen by": f"{tags['sql']}, SHA-256 {tags['sql_sha256']}{_same(tags['sql'], tags['sql_sha256'])}",
    }


def _same(path: str, digest: str) -> str:
    """Whether the file in this folder is still the one that the version was made with, by its SHA-256.

    ` (the file here)`, ` (the file here is another one)`, or ` (not in this folder)`.
    """
    if not Path(path).is_file():
        return " (not in this folder)"
    same = hashlib.sha256(Path(path).read_bytes()).hexdigest() == digest
    return " (the file here)" if same else " (the file here is another one)"
