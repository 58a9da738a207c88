"""The columns of a repository's data, and which of them tell who somebody is."""

from __future__ import annotations

import csv
import json
import re
import zlib
from collections.abc import Iterator

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.formats.toml import TomlError, load_toml

MAX_FILES = 12
MAX_HEADER = 20_000  # bytes

_PLACES = (
    *("data/*.csv", "data/*.tsv", "data/*.csv.gz", "data/*.jsonl"),
    *("data/**/*.csv", "data/**/*.csv.gz", "data/**/*.jsonl", "*.csv", "*.jsonl"),
)

_PERSONAL = re.compile(
    r"(?:^|_)(?:(?:e?mail|phone|mobile)(?:_?(?:number|no|address))?$"
    r"|(?:street|postcode|zip|zipcode|ssn|passport|iban|birth|birthday|birthdate|dob|gender|sex|age|race|ethnic\w*"
    r"|religion|nationality|citizen\w*|marital\w*|married|spouse|dependents|children|disability|disabled|pregnan\w*"
    r"|income|salary|occupation|latitude|longitude|geo|gps|ip|cc_num|card_number|insurance_id|diagnosis|medical\w*)"
    r"|(?:first|last|full|sur|given|user|customer|client|patient|person|employee|student|applicant|holder)_?name"
    r"|(?:user|customer|client|patient|person|employee|student|applicant|member|card|account|policy|household|device)"
    r"_?(?:id|number|no|key))(?:_|$)|^name$"
)


@fact
def columns(repo: Repository) -> tuple[str, ...]:
    """The names of the columns in the data files, or of the features in a settings file."""
    names = [name for path in _tables(repo.snapshot) for name in _header(repo.snapshot, path)]
    return tuple(dict.fromkeys(names or _features(repo.snapshot)))


def personal(columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns whose names tell who somebody is, or belong to a person's private life."""
    return tuple(name for name in columns if _PERSONAL.search(re.sub(r"(?<=[a-z])(?=[A-Z])|\W+", "_", name).lower()))


def _tables(snapshot: Snapshot) -> tuple[str, ...]:
    return snapshot.glob(*_PLACES)[:MAX_FILES]


def _header(snapshot: Snapshot, path: str) -> list[str]:
    data = snapshot.data(path) or b""
    if path.lower().endswith(".gz"):
        try:
            data = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, MAX_HEADER)
        except zlib.error:
            return []
    line = data[:MAX_HEADER].decode("utf-8-sig", "replace").splitlines()[:1]
    if path.lower().endswith(".jsonl"):
        return _keys(line)
    try:
        names = next(csv.reader(line, delimiter="\t" if ".tsv" in path else ","), [])
    except csv.Error:
        return []
    return [name for name in names if not re.fullmatch(r"[-\d.]*", name)]


def _keys(line: list[str]) -> list[str]:
    """The fields of the first record."""
    try:
        record = json.loads("".join(line))
    except (ValueError, RecursionError):
        return []
    return list(record) if isinstance(record, dict) else []


def _features(snapshot: Snapshot) -> Iterator[str]:
    for path in snapshot.glob("settings*.toml", "config*.toml", "*.toml"):
        try:
            features = load_toml(snapshot.text(path) or "").get("features", [])
        except TomlError:
            continue
        for feature in features if isinstance(features, list) else ():
            if isinstance(feature, dict) and isinstance(feature.get("name"), str):
                yield feature["name"]
