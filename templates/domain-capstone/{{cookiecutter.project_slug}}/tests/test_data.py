"""The cases are checked, and divided without a case or a group in two splits."""

import gzip
import re
from collections.abc import Callable
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capstone import data
from capstone.data import DataError
from capstone.settings import Settings
from toy_project import SETTINGS

DATA = SETTINGS.data
NUMBERS = SETTINGS.names("numeric")


def rewritten(settings: Settings, change: Callable[[pd.DataFrame], pd.DataFrame | None]) -> Settings:
    """Change the data file, and the settings so that they describe it."""
    path = Path(DATA.file)
    frame = pd.read_csv(path, dtype=str, keep_default_na=False)
    changed = change(frame)
    packed = gzip.compress((frame if changed is None else changed).to_csv(index=False).encode(), mtime=0)
    path.write_bytes(packed)
    return settings.model_copy(update={"data": settings.data.model_copy(update={"sha256": sha256(packed).hexdigest()})})


def test_every_case_is_in_one_split(settings: Settings) -> None:
    dataset = data.load(settings)
    parts = [dataset.train, dataset.validation, dataset.test]
    ids = [set(part.frame.index) for part in parts]
    assert sum(map(len, ids)) == len(set.union(*ids)) == dataset.facts["rows"]
    assert all(part.outcomes.index.equals(part.frame.index) for part in parts)
    shares = [len(part) / dataset.facts["rows"] for part in parts[1:]]
    assert shares == pytest.approx([DATA.validation_share, DATA.test_share], abs=0.08)


@pytest.mark.skipif(not NUMBERS, reason="no input is a number")
def test_a_number_may_have_any_name(settings: Settings) -> None:
    own = rewritten(settings, lambda frame: frame.rename(columns={NUMBERS[0]: "self"}))
    columns = {"self" if name == NUMBERS[0] else name: column for name, column in own.columns.items()}
    own = own.model_copy(update={"columns": columns, "slices": type(own.slices)()})
    assert data.load(own).train.frame["self"].dtype == np.float64


def test_the_split_repeats_itself_and_hangs_on_the_seed_only_without_a_time(settings: Settings) -> None:
    first, again = (data.load(settings).test.frame.index for _ in range(2))
    other = settings.model_copy(update={"training": settings.training.model_copy(update={"seed": 1})})
    assert first.equals(again)
    assert first.equals(data.load(other).test.frame.index) is (DATA.time is not None)


def test_later_cases_test_and_groups_stay_together(settings: Settings) -> None:
    dataset = data.load(settings)
    parts = [dataset.train.frame, dataset.validation.frame, dataset.test.frame]
    if DATA.time:
        ends = [(part[DATA.time].min(), part[DATA.time].max()) for part in parts]
        assert all(before[1] < after[0] for before, after in pairwise(ends))
    elif DATA.group:
        groups = [set(part[DATA.group]) for part in parts]
        assert not groups[0] & groups[1] | groups[0] & groups[2] | groups[1] & groups[2]


@given(st.lists(st.integers(0, 5), min_size=60, max_size=90), st.integers(0, 3))
def test_equal_cases_stay_together_whatever_they_are(values: list[int], seed: int) -> None:
    frame = pd.DataFrame({name: [f"{value}" for value in values] for name in SETTINGS.columns})
    plain = SETTINGS.model_copy(
        update={
            "data": DATA.model_copy(update={"time": None, "group": None}),
            "training": SETTINGS.training.model_copy(update={"seed": seed}),
        }
    )
    parts = data.divide(frame, plain)
    seen = [set(frame.loc[part].iloc[:, 0]) for part in parts.values()]
    assert sum(map(len, parts.values())) == len(frame)
    assert sum(map(len, seen)) == len(set.union(*seen))


def test_shares_that_can_be_met_are_met() -> None:
    quarters = {"time": None, "group": None, "test_share": 0.25, "validation_share": 0.25}
    asked = SETTINGS.model_copy(update={"data": DATA.model_copy(update=quarters)})
    parts = data.divide(pd.DataFrame({name: list("abcdefgh") for name in SETTINGS.columns}), asked)
    assert {name: len(part) for name, part in parts.items()} == {"train": 4, "validation": 2, "test": 2}


@pytest.mark.parametrize("content", [b"", b"no gzip", gzip.compress(b"a,b\n1\n")[:-9]], ids=["empty", "text", "cut"])
def test_a_damaged_file_is_refused(settings: Settings, content: bytes) -> None:
    Path(DATA.file).write_bytes(content)
    with pytest.raises(DataError, match="SHA-256"):
        data.load(settings)
    named = settings.data.model_copy(update={"sha256": sha256(content).hexdigest()})
    with pytest.raises(DataError, match=r"not a complete gzip file|not a table"):
        data.load(settings.model_copy(update={"data": named}))


def test_a_missing_file_and_a_missing_column_are_named(settings: Settings) -> None:
    without = rewritten(settings, lambda frame: frame.drop(columns=next(iter(SETTINGS.columns))))
    with pytest.raises(DataError, match=re.escape(f"no column {next(iter(SETTINGS.columns))}")):
        data.load(without)
    Path(DATA.file).unlink()
    with pytest.raises(DataError, match="cannot be read"):
        data.load(settings)


def test_a_repeated_id_and_a_gap_are_named_with_their_line(settings: Settings) -> None:
    def repeat(frame: pd.DataFrame) -> None:
        frame.loc[3, DATA.id] = frame.loc[2, DATA.id]
        frame.loc[5, DATA.id] = ""

    with pytest.raises(
        DataError, match=r"is missing in 1 rows, first in line 7; .* is repeated in 1 rows, first in line 5"
    ):
        data.load(rewritten(settings, repeat))


@pytest.mark.skipif(not NUMBERS, reason="no input is a number")
@pytest.mark.parametrize("value", ["much", "inf", "1e999"])
def test_what_is_no_number_is_refused(settings: Settings, value: str) -> None:
    def spoil(frame: pd.DataFrame) -> None:
        frame.loc[0, NUMBERS[0]] = value

    wrong = re.escape(f"{NUMBERS[0]} is not a finite number in 1 rows, first in line 2")
    with pytest.raises(DataError, match=wrong):
        data.load(rewritten(settings, spoil))


@pytest.mark.skipif(not SETTINGS.problem.options, reason="the answer is a number")
def test_an_unknown_answer_is_refused(settings: Settings) -> None:
    def spoil(frame: pd.DataFrame) -> None:
        frame.loc[0, SETTINGS.problem.target] = "perhaps"

    with pytest.raises(DataError, match=r"not among problem\.options in 1 rows"):
        data.load(rewritten(settings, spoil))


def test_few_rows_are_refused(settings: Settings) -> None:
    with pytest.raises(DataError, match="fewer than 50"):
        data.load(rewritten(settings, lambda frame: frame.head(49)))


def test_the_facts_are_those_of_the_file(project: Path, settings: Settings) -> None:
    facts = data.check(settings)
    frame = pd.read_csv(project / DATA.file, keep_default_na=False, na_values=[""])
    assert facts["rows"] == len(frame) == sum(part["rows"] for part in facts["splits"].values())
    for part in facts["splits"].values() if DATA.time else ():
        assert frame[DATA.time].astype(str).between(part["first"], part["last"]).sum() == part["rows"]
    assert facts["missing"] == {name: count for name in SETTINGS.columns if (count := int(np.sum(frame[name].isna())))}
