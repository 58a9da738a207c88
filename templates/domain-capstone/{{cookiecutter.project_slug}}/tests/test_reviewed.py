"""What people decided comes back as training cases, whatever characters it holds."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import settings as tried
from hypothesis import strategies as st

import toy_case
from capstone import reviewed
from capstone.audit import AuditLog
from capstone.data import DataError
from capstone.reviewed import ABOUT, collect, read, write
from toy_case import CLEAR, VERSION, Kind

SETTINGS = toy_case.settings()
HEADER = '"parcel","weight","city","note","outcome","reviewer","reviewed_at","review_reason","model_version"\n'


def decided(log: AuditLog, case: str, inputs: dict[str, Any], answer: object, reason: str | None = None) -> None:
    log.append("answered", case, {"inputs": inputs, "decision": {"accepted": False, "model_version": VERSION}})
    said = {"answer": answer, "reason": reason, "reviewer": 'Ada, "A."', "model_version": VERSION}
    log.append("overridden" if reason else "accepted", case, said)


def test_accepted_and_overridden_answers_are_rows(log: AuditLog, tmp_path: Path) -> None:
    decided(log, "one", CLEAR, "send")
    log.append("answered", "waits", {"inputs": CLEAR, "decision": {"accepted": False, "model_version": VERSION}})
    decided(log, "two", {**CLEAR, "weight": None}, "keep", "=1+1, 'so'\n\"it\" is \r\n")
    found = collect(log, SETTINGS)
    assert list(found) == ["parcel", "weight", "city", "note", "outcome", *ABOUT]
    assert list(found["parcel"]) == ["one", "two"]
    assert list(found["outcome"]) == ["send", "keep"]
    assert found.iloc[1][["reviewer", "review_reason", "model_version"]].tolist() == [
        'Ada, "A."',
        "=1+1, 'so'\n\"it\" is \r\n",
        VERSION,
    ]
    assert found.iloc[0]["reviewed_at"].endswith("+00:00")

    assert write(log, SETTINGS, tmp_path) == 2
    cases = read(SETTINGS, tmp_path)
    assert cases is not None
    assert cases.frame.index.tolist() == cases.outcomes.index.tolist() == ["one", "two"]
    assert cases.frame.index.name == "parcel"
    assert cases.frame["weight"].dtype == np.float64
    assert cases.frame["weight"].isna().tolist() == [False, True]
    assert cases.frame.iloc[0].to_dict() == CLEAR
    assert cases.outcomes.tolist() == ["send", "keep"]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=a\n=b"])
def test_words_of_people_are_no_formulas_and_inputs_are_as_they_were(
    log: AuditLog, tmp_path: Path, formula: str
) -> None:
    decided(log, "one", {**CLEAR, "note": formula}, "send", formula)
    decided(log, "two", CLEAR, "send", "a = b")
    write(log, SETTINGS, tmp_path)
    written = pd.read_csv(tmp_path / reviewed.FILE, dtype=str)
    assert written["review_reason"].tolist() == [f"'{formula}", "a = b"]
    cases = read(SETTINGS, tmp_path)
    assert cases is not None
    assert cases.frame["note"].tolist() == [formula, CLEAR["note"]]


def test_nothing_was_decided_yet(log: AuditLog, tmp_path: Path) -> None:
    assert read(SETTINGS, tmp_path) is None
    assert write(log, SETTINGS, tmp_path) == 0
    assert (tmp_path / reviewed.FILE).read_text() == HEADER
    assert read(SETTINGS, tmp_path) is None


@pytest.mark.parametrize(("kind", "answer", "target"), [("number", 4.25, "days"), ("ranking", "shop", "outcome")])
def test_other_techniques(log: AuditLog, tmp_path: Path, kind: Kind, answer: object, target: str) -> None:
    settings = toy_case.settings(kind)
    decided(log, "one", CLEAR, answer)
    write(log, settings, tmp_path)
    cases = read(settings, tmp_path)
    assert cases is not None
    assert (cases.outcomes.name, cases.outcomes.tolist()) == (target, [answer])


def test_cases_with_other_inputs_are_left_out(log: AuditLog) -> None:
    decided(log, "old", {"weight": 1.0}, "send")
    decided(log, "new", CLEAR, "send")
    assert collect(log, SETTINGS)["parcel"].tolist() == ["new"]


ROW = '"one","2.5","Bern","x","send","Ada","2026-01-01T00:00:00+00:00","","v"\n'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", r"No columns to parse from file"),
        ("a,b\n1,2\n", "are in the"),
        (HEADER + '"one","2.5\n', "EOF inside string"),
        (HEADER + ROW.replace("2.5", "two"), "could not convert string"),
        (HEADER + ROW.replace("send", "burn"), "a value of outcome is not among problem.options"),
        (HEADER + ROW.replace("send", ""), "a value of outcome is not among problem.options"),
        (b"\xff\xfe", "can't decode byte"),
    ],
)
def test_a_file_that_does_not_fit_is_refused(tmp_path: Path, content: str | bytes, sentence: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / reviewed.FILE).write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(DataError, match=sentence):
        read(SETTINGS, tmp_path)


text = st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)


@tried(max_examples=30)
@given(rows=st.lists(st.tuples(st.none() | st.floats(-1e30, 1e30), text, text, text), min_size=1, max_size=4))
def test_any_values_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, str, str, str]]) -> None:
    folder = tmp_path_factory.mktemp("any")
    log = toy_case.log(folder)
    for place, (weight, city, note, reason) in enumerate(rows):
        decided(log, str(place), {"weight": weight, "city": city, "note": note}, "keep", reason)
    write(log, SETTINGS, folder)
    cases = read(SETTINGS, folder)
    assert cases is not None
    weights = cases.frame["weight"].astype(object).where(cases.frame["weight"].notna(), None)
    found = list(zip(weights, cases.frame["city"], cases.frame["note"], strict=True))
    assert found == [(weight, city, note) for weight, city, note, _ in rows]


def test_a_frame_is_like_that_of_the_data(log: AuditLog, tmp_path: Path) -> None:
    decided(log, "one", {**CLEAR, "city": None}, "send")
    write(log, SETTINGS, tmp_path)
    cases = read(SETTINGS, tmp_path)
    other = pd.DataFrame({"weight": [1.0], "city": pd.Series(["Bern"], dtype=str), "note": pd.Series(["x"], dtype=str)})
    assert cases is not None
    assert cases.frame.isna().to_numpy().tolist() == [[False, True, False]]
    assert cases.frame.dtypes.tolist() == other.dtypes.tolist()
