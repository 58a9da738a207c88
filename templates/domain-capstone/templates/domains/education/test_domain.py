import pandas as pd
import pytest

from capstone import domain
from capstone.settings import load_settings

TASKS = list(load_settings().columns)
ORDINARY = dict.fromkeys(TASKS) | {"task_01": 1, "task_02": 1, "task_04": 0, "task_07": 0, "task_08": 1, "task_15": 0}


def test_an_ordinary_student_needs_no_teacher() -> None:
    assert domain.guard(ORDINARY) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"task_02": None, "task_15": None}, "Only 4 answers"),
        (dict.fromkeys(TASKS, 1) | {"task_28": 0}, "Every task is done"),
        ({"task_04": 1, "task_07": 1, "task_15": 1}, "All 6 answers are right"),
        ({"task_01": 0, "task_02": 0, "task_08": 0}, "All 6 answers are wrong"),
        ({"task_02": 0.5}, "neither solved nor failed"),
        ({"task_01": 0, "task_15": 1}, "An easy task failed and a very hard one solved"),
    ],
)
def test_a_teacher_picks_where_the_answers_cannot_say_enough(changes: dict[str, float | None], said: str) -> None:
    assert said in str(domain.guard(ORDINARY | changes))


def test_nan_counts_as_not_done() -> None:
    assert "Only 4" in str(domain.guard(ORDINARY | {"task_02": float("nan"), "task_15": float("nan")}))


def test_the_rule_treats_students_alike_who_solved_as_large_a_third() -> None:
    solved = [{TASKS[0]: 0, TASKS[1]: 0}, {TASKS[0]: 1, TASKS[1]: 0}, dict.fromkeys(TASKS, 1), {}]
    cases = pd.DataFrame(solved, columns=TASKS, index=["a", "b", "c", "d"], dtype=float)
    assert domain.rule(cases).to_dict() == {"a": "0", "b": "1", "c": "2", "d": "1"}


def test_the_model_sees_the_answers_as_they_are() -> None:
    cases = pd.DataFrame([ORDINARY], dtype=float)
    pd.testing.assert_frame_equal(domain.features(cases), cases)


def test_the_easiest_and_hardest_tasks_exist() -> None:
    assert {*domain.EASIEST, *domain.HARDEST} < set(TASKS)
    assert not {*domain.EASIEST} & {*domain.HARDEST}
