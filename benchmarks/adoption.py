"""Seconds that a learner waits for own data: `new --data` and `make demo` on a made-up table, beyond the installation.

    python benchmarks/adoption.py [--rows 5000] [--columns 20] [--folder DIR]

The bar is 60 s for 5,000 rows and 20 columns on two idle cores. The table has numbers, categories, gaps and a time.
"""

from __future__ import annotations

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

BAR = 60.0


def write_table(path: Path, rows: int, columns: int) -> None:
    """A CSV file whose target depends on some of its columns."""
    draw = random.Random(20261125)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["day", *(f"column_{number}" for number in range(columns - 2)), "missed"])
        for row in range(rows):
            numbers = [round(draw.gauss(0, 1), 3) for _ in range(columns // 2)]
            words = [draw.choice(["north", "south", "west", "None"]) for _ in range(columns - 2 - len(numbers))]
            risk = numbers[0] + 0.5 * numbers[1] + (words[0] == "west") + draw.gauss(0, 1)
            numbers[2:3] = [numbers[2] if draw.random() > 0.2 else ""]
            day = date(2024, 1, 1) + timedelta(days=row * 700 // rows)
            writer.writerow([day, *numbers, *words, "yes" if risk > 1 else "no"])


def timed(*command: object, cwd: Path) -> float:
    started = time.perf_counter()
    subprocess.run([str(word) for word in command], cwd=cwd, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--columns", type=int, default=20)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_table(folder / "own.csv", arguments.rows, arguments.columns)
        new = [sys.executable, "-m", "scaffolder", "new", "classical-ml", "own", "-o", folder, "--yes", "--no-git"]
        new += ["--data", folder / "own.csv", "--target", "missed", "--time", "day"]
        made, project = timed(*new, cwd=folder), folder / "own"
        print(f"installation {timed('make', 'setup', cwd=project):6.1f} s")
        seconds = [made, timed("make", "demo", cwd=project)]
        print(f"new --data   {made:6.1f} s\nmake demo    {seconds[1]:6.1f} s")
    print(f"{sum(seconds):.1f} s for {arguments.rows:,} rows of {arguments.columns} columns; the bar is {BAR:.0f} s")
    return 0 if sum(seconds) <= BAR else 1


if __name__ == "__main__":
    sys.exit(main())
