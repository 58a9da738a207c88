"""The item `exercises`: each function that a starter's owner has still to write, and nothing in a finished project."""

from __future__ import annotations

import json

from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.items import BY_ID
from scaffolder.results.finding import Finding, State

STUB = (
    b'def recall(ranks: list[int]) -> float:\n    """Share."""\n    raise NotImplementedError("exercise ndcg: see")\n'
)
SOLVED = b'def recall(ranks: list[int]) -> float:\n    """Share."""\n    return 1.0\n'


TWO = {"ndcg": ["recall"], "gate": ["passes"]}


def finding(source: bytes, exercises: object = TWO, path: str = "src/a/ranking.py") -> Finding:
    record = {"template": "rag-assistant", "answers": {}, "exercises": exercises}
    files = {".scaffolder.json": json.dumps(record).encode(), path: source}
    return BY_ID["exercises"].finding(Repository(Snapshot.of_files(files)))


def test_each_function_that_is_not_written_is_named_with_its_place() -> None:
    found = finding(SOLVED + STUB)
    assert found.state is State.MISSING
    assert [str(each) for each in found.evidence] == [
        "1 of 2 exercises are left: ndcg",
        "src/a/ranking.py:6: recall (exercise ndcg) is not written",
    ]


def test_a_starter_that_is_written_to_the_end_is_done() -> None:
    found = finding(SOLVED)
    assert found.state is State.DONE
    assert "2 exercises" in found.evidence[0].fact


def test_a_finished_project_or_one_of_somebody_else_has_none() -> None:
    for exercises in ({}, None, "ndcg", ["ndcg"], {"a": 1}, {"a": [1]}, {"a": []}):
        assert finding(SOLVED, exercises).state is State.NOT_APPLICABLE
    bare = Repository(Snapshot.of_files({"ranking.py": SOLVED}))
    assert BY_ID["exercises"].finding(bare).state is State.NOT_APPLICABLE


def test_what_is_not_written_counts_whatever_the_record_says() -> None:
    assert finding(STUB, {}).state is State.MISSING
    assert finding(STUB, path="tests/test_ranking.py").state is State.DONE, "tests are no exercise"
