"""Line by line, with the columns of the query by name and without a dictionary."""

import hashlib
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service import registry
from service.store import DATABASE, connect

QUERY = """
SELECT p.at, p.slot, p.day, p.score, p.inputs, p.version, p.reference, o.outcome, o.known_on
FROM predictions AS p
LEFT OUTER JOIN outcomes AS o ON o.reference = p.reference
WHERE p.id = :wanted
"""


def trace(prediction: str, settings: Settings) -> str:
    with closing(connect()) as database:
        row = database.execute(QUERY, {"wanted": prediction}).fetchone()
    if not row:
        raise LineageError(f"{DATABASE} has no prediction {prediction!r}; its id is in the answer to the request")
    at, slot, day, score, inputs, version, reference, outcome, known_on = row
    when = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=at)
    lines = [
        ("prediction", prediction),
        ("answered", f"{when.strftime('%Y-%m-%d %H:%M:%S')} UTC by the {slot}, for the day {day}"),
        ("probability", f"{score:.4f}"),
        ("inputs", inputs),
    ]
    try:
        entry = registry.open_registry(settings).version(version)
        lines += _known(version, entry)
    except registry.RegistryError as error:
        lines += [("version", f"{version}: {error}")]
    lines.append((settings.data.unit, "the caller gave no reference" if reference is None else reference))
    became = "not known" if outcome is None else f"{settings.data.target} = {outcome}, known on {known_on}"
    lines.append(("outcome", became))
    return "\n".join(name.ljust(14) + text for name, text in lines)


def _known(version: str, entry: registry.Entry) -> list[tuple[str, str]]:
    tags, now = entry.tags, ", ".join(entry.aliases)
    commit = tags["commit"] if "commit" in tags else "unknown: it was trained outside a repository"
    period = f"{tags['trained_from']} to {tags['trained_to']}"
    return [
        ("version", f"{version}, {tags['candidate']} (now: {now if now else 'no alias'})"),
        ("model", "SHA-256 " + tags["model_sha256"]),
        ("code", "commit " + commit),
        ("data", f"{SUMS}, SHA-256 {tags['data_sha256']}" + _compared(SUMS, tags["data_sha256"])),
        ("rows", f"{int(tags['rows']):,} of {period}, with the outcomes known by {tags['known_until']}"),
        ("chosen by", f"{tags['sql']}, SHA-256 {tags['sql_sha256']}" + _compared(tags["sql"], tags["sql_sha256"])),
    ]


def _compared(path: str, digest: str) -> str:
    try:
        content = Path(path).read_bytes()
    except FileNotFoundError:
        return " (not in this folder)"
    return " (the file here)" if hashlib.sha256(content).hexdigest() == digest else " (the file here is another one)"
