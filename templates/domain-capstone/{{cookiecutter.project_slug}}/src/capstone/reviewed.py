"""`data/reviewed.csv`: the cases that people decided, as rows of the next training.

Its limit: people review almost only cases that the policy referred, so these rows are not a sample of all cases. A
model that is trained on many of them sees too many doubtful ones. And a person who reads the model's answer first tends
to agree with it. So the test cases never come from here.
"""

import csv
from pathlib import Path
from typing import Any

import pandas as pd

from .audit import AuditLog, Event
from .data import Cases, DataError, numbers
from .reporting.metrics import write_text
from .settings import Settings

FILE = Path("data/reviewed.csv")
ABOUT = ["reviewer", "reviewed_at", "review_reason", "model_version"]  # beside id, inputs and outcome


def collect(log: AuditLog, settings: Settings) -> pd.DataFrame:
    """One row for each case that a person accepted or overrode, the oldest review first.

    Cases with other inputs than those in the settings, from before they were changed, are left out.
    """
    rows = [
        _row(answer, review, settings)
        for answer, review in reversed(log.cases("reviewed"))
        if set(answer.content["inputs"]) == set(settings.columns)
    ]
    return pd.DataFrame(rows, columns=_columns(settings), dtype=object)


def write(log: AuditLog, settings: Settings, root: Path = Path()) -> int:
    """Write the rows of the log; returns how many there are.

    What a person wrote and a spreadsheet would take for a formula gets an apostrophe. Inputs and outcome stay as they
    are, because they are read back.
    """
    found = collect(log, settings)
    harmless = found.replace(dict.fromkeys(ABOUT, r"^(?=[=+\-@\t\r\n])"), "'", regex=True)
    # All is quoted: a text may hold any character.
    write_text(root / FILE, harmless.to_csv(index=False, quoting=csv.QUOTE_ALL, lineterminator="\n"))
    return len(found)


def read(settings: Settings, root: Path = Path()) -> Cases | None:
    """The rows as training cases; None if there are none yet.

    Raises:
        DataError: a column is missing, or a value does not fit the settings.
    """
    target = _columns(settings)[-1 - len(ABOUT)]
    try:
        frame = pd.read_csv(root / FILE, dtype=str, keep_default_na=False, na_values=[""])[_columns(settings)]
        frame = frame.astype(dict.fromkeys(numbers(settings), float))
    except FileNotFoundError:
        return None
    except (KeyError, ValueError) as error:
        raise DataError(f"{FILE} does not fit settings.toml ({error}); write it again: make collect") from None
    if settings.problem.options and not frame[target].isin(settings.problem.options).all():
        raise DataError(f"{FILE}: a value of {target} is not among problem.options; write it again: make collect")
    cases = frame.set_index(settings.data.id)
    return Cases(cases[list(settings.columns)], cases[target]) if len(cases) else None


def _row(answer: Event, review: Event, settings: Settings) -> list[Any]:
    inputs, said = [answer.content["inputs"][name] for name in settings.columns], review.content
    about = [said["reviewer"], review.at, said["reason"], said["model_version"]]
    return [answer.case_id, *inputs, said["answer"], *about]


def _columns(settings: Settings) -> list[str]:
    return [settings.data.id, *settings.columns, settings.problem.target or "outcome", *ABOUT]
