"""Takes an outcome of 0 for none."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from service.registry import RegistryError, open_registry
from service.store import DATABASE, connect

STORED = "SELECT * FROM predictions LEFT JOIN outcomes USING (reference) WHERE id = ?"


def trace(prediction: str, settings: Settings) -> str:
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
        "outcome": f"{settings.data.target} = {found['outcome']}, known on {known}" if found["outcome"] else "not known",
    }
    return "\n".join(f"{name:<14}{value}" for name, value in facts.items())


def _version(version: str, settings: Settings) -> dict[str, str]:
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
    if not Path(path).is_file():
        return " (not in this folder)"
    same = hashlib.sha256(Path(path).read_bytes()).hexdigest() == digest
    return " (the file here)" if same else " (the file here is another one)"
