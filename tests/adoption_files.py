"""Files as strangers export them, each hard in a way of its own, for the kind of data `table`."""

from __future__ import annotations

import csv
import gzip
import io
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import duckdb

TEMPLATES = Path(__file__).parents[1] / "templates"
Row = dict[str, str]
Write = Callable[[Path, list[Row]], None]


def csv_text(rows: list[Row], delimiter: str = ",") -> str:
    file = io.StringIO(newline="")
    writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue()


def plain(path: Path, rows: list[Row]) -> None:
    path.write_text(csv_text(rows), encoding="utf-8", newline="")


def semicolons(path: Path, rows: list[Row]) -> None:
    """As a German spreadsheet exports: decimal commas, points between thousands."""
    commas = [{name: german(value) for name, value in row.items()} for row in rows]
    path.write_text(csv_text(commas, ";"), encoding="utf-8-sig", newline="")


def german(value: str) -> str:
    if "." not in value:
        return value
    return f"{float(value):,.2f}".translate(str.maketrans(",.", ".,"))


def as_pandas_does(path: Path, rows: list[Row]) -> None:
    """With its index, and with a unit and a name of Python's own."""
    more = [{"": str(place), **row, "fee": f"{row['fee']} €", "self": row["Age"]} for place, row in enumerate(rows)]
    plain(path, more)


def in_gzip(path: Path, rows: list[Row]) -> None:
    path.write_bytes(gzip.compress(csv_text(rows).encode()))


def in_parquet(path: Path, rows: list[Row]) -> None:
    plain(path.with_suffix(".csv"), rows)
    duckdb.read_csv(str(path.with_suffix(".csv"))).write_parquet(str(path))


def visits(count: int) -> list[Row]:
    """Appointments at a clinic, of which some are missed: an identifier, a constant, numbers, categories, a date."""
    draw = random.Random(count)
    return [_visit(place, draw) for place in range(count)]


def _visit(place: int, draw: random.Random) -> Row:
    wait, reminded = draw.randrange(60), draw.choice(["call", "letter", "none"])
    chance = 1 / (1 + math.exp(2.5 - wait / 12 + (reminded == "call")))
    return {
        "booking": f"B{place:07}",
        "Café": draw.choice(["Nord", "Süd", "West"]),
        "reminder": reminded,
        "wait days": str(wait),
        "distance": f"{draw.expovariate(1 / 20):.2f}",
        "fee": f"{draw.gammavariate(4, 400):.2f}",
        "Age": str(draw.randrange(18, 90)),
        "country": "DE",
        "missed": "yes" if draw.random() < chance else "no",
    }


def dated(rows: list[Row], form: str) -> list[Row]:
    start = date(2025, 1, 1)
    return [{**row, "day": (start + timedelta(days=place // 8)).strftime(form)} for place, row in enumerate(rows)]


def mostly_empty(rows: list[Row]) -> list[Row]:
    draw = random.Random(1)
    return [{**row, "Age": "" if draw.random() < 0.6 else row["Age"]} for row in rows]


def with_none(rows: list[Row]) -> list[Row]:
    words = {"none": "None", "call": "NA", "letter": "letter"}
    return [{**row, "reminder": words[row["reminder"]]} for row in rows]


def of_patients(rows: list[Row]) -> list[Row]:
    return [{**row, "who": f"patient {place % 400}"} for place, row in enumerate(rows)]


def noted(rows: list[Row]) -> list[Row]:
    """With a sentence of somebody at the desk, which tells a little of the wait."""
    draw = random.Random(6)
    words = "called asked for the doctor again about a bill and was told that it takes some more time".split()
    return [
        {**row, "note": " ".join(draw.choice([*words, f"week{int(row['wait days']) // 7}"]) for _ in range(12))}
        for row in rows
    ]


def amounts(rows: list[Row]) -> list[Row]:
    draw = random.Random(2)
    return [{**row, "missed": f"{float(row['wait days']) * 3 + draw.gauss(50, 20):.1f}"} for row in rows]


def three_classes(rows: list[Row]) -> list[Row]:
    """The reminder that was sent, which the wait tells in part."""
    draw = random.Random(3)
    return [{**row, "missed": _class(int(row["wait days"]) + draw.randrange(30), 30)} for row in rows]


def twelve_classes(rows: list[Row]) -> list[Row]:
    """Nine classes, and three that are rare."""
    draw = random.Random(4)
    found = [{**row, "missed": _class(int(row["wait days"]) + draw.randrange(20), 9)} for row in rows]
    rare = [f"rare {place % 3}" for place in range(15)]
    return [{**row, "missed": name} for row, name in zip(found, rare, strict=False)] + found[15:]


def codes(rows: list[Row]) -> list[Row]:
    return [{**row, "missed": row["missed"].removeprefix("class ")} for row in three_classes(rows)]


def _class(value: int, width: int) -> str:
    return f"class {value // width}"


def with_shops(rows: list[Row]) -> list[Row]:
    draw = random.Random(5)
    return [{**row, "shop": f"shop {min(draw.randrange(104), draw.randrange(104)):03}"} for row in rows]


def change_notes(count: int) -> list[Row]:
    """The latest notes on changes in Python that domain-capstone has: which are about something else than its library?"""
    [path] = TEMPLATES.glob("domain-capstone/*/data/*changes.csv.gz*")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[-count:]
    return [{"text": row["text"], "size": str(len(row["text"])), "missed": _other(row["queue"])} for row in rows]


def _other(queue: str) -> str:
    return "no" if queue == "library" else "yes"


@dataclass(frozen=True)
class Kind:
    """A file, the options that go with it, and what the program must say of it."""

    name: str  # of the file
    rows: Callable[[], list[Row]]
    write: Write = plain
    words: Mapping[str, str] = field(default_factory=dict)
    says: str = ""
    refused: bool = False


KINDS = [
    Kind("semicolons.csv", lambda: visits(1500), semicolons, says="divided by semicolons"),
    Kind(
        "days_first.csv", lambda: dated(visits(1500), "%d/%m/%Y"), words={"time": "day"}, says="ordered by 'day' (2025-"
    ),
    Kind("pandas.csv", lambda: visits(1500), as_pandas_does, says="without the sign or unit '€'"),
    Kind("table.parquet", lambda: visits(1500), in_parquet),
    Kind("mostly_empty.csv", lambda: mostly_empty(visits(1500)), says="is empty in"),
    Kind(
        "none.csv",
        lambda: with_none(of_patients(visits(1500))),
        words={"group": "who"},
        says="may depend on each other",
    ),
    Kind("amounts.csv", lambda: dated(noted(amounts(visits(1500))), "%Y-%m-%d"), says="on average"),
    Kind("small.csv", lambda: visits(200)),
    Kind("large.csv.gz", lambda: visits(300_000), in_gzip),
    Kind("classes.csv", lambda: noted(three_classes(visits(1500))), says="'missed' is '"),
    Kind("twelve.csv", lambda: twelve_classes(visits(2000)), says="left out, since a class needs 20 rows"),
    Kind("codes.csv", lambda: codes(visits(1000)), words={"task": "classification"}, says="'missed' is '"),
    Kind("shops.csv", lambda: with_shops(visits(1500)), says="values: the 50 most frequent are told apart"),
    Kind(
        "unclear_days.csv",
        lambda: dated(visits(90), "%d/%m/%Y"),
        words={"time": "day"},
        says="--dates day-first or --dates month-first",
        refused=True,
    ),
]

NOTES = Kind("notes.csv", lambda: change_notes(800), says="'text' (text)")


def put(kind: Kind, folder: Path) -> Path:
    """Write the file into the folder."""
    path = folder / kind.name
    kind.write(path, kind.rows())
    return path
