"""What a language model is asked, and which label its answer names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.benchmark import Labelled
from bench.errors import BenchError
from bench.matrix import Matrix, System
from bench.models.budget import Models
from bench.models.responses import Request
from bench.tasks.classify import Classify

LABELS = ("Fruit", "Fruit juice", "Tool", "C++")
PROMPT = System(task="classify", parts={"prompt": "plain", "model": "small"})
CLASSIFIER = System(task="classify", parts={"classifier": "majority"})
OPTIONS = {"name": "tiny", "temperature": 0.7, "max_tokens": 12, "seed": 100}


def case(text: str, label: str = "Tool", split: str = "dev") -> Labelled:
    return Labelled.model_validate({"id": text, "split": split, "text": text, "label": label})


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("BENCH_MODEL_URL", raising=False)
    return tmp_path


def classify(
    folder: Path,
    prompt: str = "One of LABELS: TEXT",
    labels: tuple[str, ...] = LABELS,
    url: str = "https://models.example/v1",
    **options: Any,
) -> Classify:
    (folder / "plain.md").write_text(prompt, encoding="utf-8")
    experiment = {"task": "classify", "question": "Which?", "factor": "prompt", "baseline": "plain"}
    matrix = Matrix.model_validate(
        {
            "prompt": {"plain": {"file": folder / "plain.md"}},
            "model": {"small": {**OPTIONS, **options}},
            "classifier": {"majority": {"kind": "majority"}},
            "experiments": {"prompts": {**experiment, "candidate": "other", "grid": {"prompt": ["plain"]}}},
        }
    )
    return Classify(matrix, [case(label, label, "train") for label in labels], Models(url=url))


def asked(task: Classify, *texts: str, repeats: int = 1) -> list[Request]:
    return task.requests(PROMPT, [case(text) for text in texts], repeats)


def test_labels_and_text_stand_where_their_marks_were(folder: Path) -> None:
    (found,) = asked(classify(folder, "One of LABELS.\n\nTEXT\n\nAgain: TEXT"), "a saw")
    assert found.prompt == "One of C++, Fruit, Fruit juice, Tool.\n\na saw\n\nAgain: a saw"


def test_a_mark_is_a_word_of_its_own(folder: Path) -> None:
    (found,) = asked(classify(folder, "CONTEXT, TEXTS: TEXT"), "a saw")
    assert found.prompt == "CONTEXT, TEXTS: a saw"


def test_what_is_put_in_is_not_searched_for_marks(folder: Path) -> None:
    (found,) = asked(classify(folder), "The TEXT has LABELS.")
    assert found.prompt.endswith(": The TEXT has LABELS."), "the words of a case are the words of the case"
    (found,) = asked(classify(folder, labels=("TEXT", "Tool")), "a saw")
    assert found.prompt == "One of TEXT, Tool: a saw", "a label may be called TEXT"


def test_backslashes_in_a_text_stay(folder: Path) -> None:
    (found,) = asked(classify(folder), r"C:\new\1 \g<0>")
    assert found.prompt.endswith(r": C:\new\1 \g<0>")


def test_each_case_is_asked_as_often_as_there_are_repeats(folder: Path) -> None:
    found = asked(classify(folder), "a saw", "a plum", repeats=2)
    texts = [one.prompt.rpartition(": ")[2] for one in found]
    assert texts == ["a saw", "a saw", "a plum", "a plum"], "the repeats of a case follow each other"
    assert [one.repeat for one in found] == [0, 1, 0, 1], "each case has the repeats 0 and 1"


def test_each_repeat_has_a_seed_of_its_own(folder: Path) -> None:
    found = asked(classify(folder), "a saw", "a plum", repeats=3)
    assert [one.seed for one in found] == [100, 101, 102] * 2, "with one seed, all repeats are the same answer"


def test_the_options_of_the_model_are_those_of_the_request(folder: Path) -> None:
    (found,) = asked(classify(folder), "a saw")
    assert (found.model, found.temperature, found.max_tokens, found.send_as) == ("tiny", 0.7, 12, None)


def test_options_may_have_other_names_on_a_server(folder: Path) -> None:
    (found,) = asked(classify(folder, send_as={"seed": "", "max_tokens": "max_completion_tokens"}), "a saw")
    assert set(found.send_as or ()) == {("seed", ""), ("max_tokens", "max_completion_tokens")}


def test_a_classifier_asks_nothing(folder: Path) -> None:
    assert classify(folder).requests(CLASSIFIER, [case("a saw")], 1) == []


def test_the_model_of_this_machine_must_be_the_one_that_is_named(folder: Path) -> None:
    assert asked(classify(folder, url="local:tiny"), "a saw")[0].model == "tiny"
    with pytest.raises(BenchError):
        asked(classify(folder, url="local:other"), "a saw")


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("Tool", "Tool"),
        ("It is a TOOL!", "Tool"),
        ("**tool**", "Tool"),
        ("Fruit juice.", "Fruit juice"),
        ("fruit, maybe juice", "Fruit"),
        ("Not a fruit; a tool", "Fruit"),
        ("A tool, and no fruit juice", "Tool"),
        ("C++.", "C++"),
    ],
)
def test_the_label_that_is_named_first_counts_and_the_longest_there(folder: Path, answer: str, label: str) -> None:
    assert classify(folder).label_in(answer) == label, f"the answer was {answer!r}"


@pytest.mark.parametrize("answer", ["", "I do not know.", "Toolbox", "toolbox, fruits", "C", "barefruit"])
def test_an_answer_may_name_no_label(folder: Path, answer: str) -> None:
    found = classify(folder).label_in(answer)
    assert found == "", f"{answer!r} names no label: a part of a word is no label"
