"""A text is read by the words that the model knows: in training, in the rule, in the service and on its page."""

import json

import numpy as np
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

import toy
from html_page import Page
from predictor import data, features, inputs, rule
from predictor.inputs import LONGEST_TEXT, TextInput
from predictor.model import Manifest
from predictor.serving.page import render_page
from predictor.validation import DataError, validate
from toy import Row
from toy_target import answered

NOTE = TextInput(key="input_0", name="note", words=["late", "größer"], nullable=True, example="late")

texts = st.none() | st.text() | st.sampled_from(["LATE, late", "\0late\n größer-late", "later"])


@given(st.lists(texts, max_size=20))
def test_only_known_words_are_left(notes: list[str | None]) -> None:
    found = inputs.columns({"note": notes}, [NOTE])["input_0"]
    assert found.shape == (len(notes), 1)
    assert {word for text in found.ravel() for word in text.split(" ")} <= {"", "late", "größer"}


def test_words_are_told_by_letters_and_digits() -> None:
    said = ["Late, LATE!", "größer als l'été", "日本語 late-o7 x", "\0late\u200blate", "😀 <b>", "", None]
    found = inputs.texts(said, ["late", "größer", "été", "日本語", "o7", "x"])[:, 0]
    assert found.tolist() == ["late late", "größer été", "日本語 late o7", "late late", "", "", ""]


def test_known_words_are_those_of_several_texts_and_not_of_most(monkeypatch: pytest.MonkeyPatch) -> None:
    half, rare = ["ours", "half"] * (toy.ROWS // 2), ["rare"] * 4 + [""] * (toy.ROWS - 4)
    words = enumerate(zip(half, rare, strict=True))
    notes = [f"in all, {one} {other} number{row % 40}" for row, (one, other) in words]
    assert known(notes) == sorted([*(f"number{row}" for row in range(40)), "half", "ours"])
    for text in ("the same", "😀", None):
        assert known([text] * toy.ROWS) == []
    monkeypatch.setattr(features, "MOST_WORDS", 3)
    assert len(known(notes)) == 3


def known(notes: list[str] | list[str | None]) -> list[str]:
    """The words that the model would know of these texts."""
    inputs = features.describe_inputs(toy.table().assign(note=notes), toy.settings())
    return [word for item in inputs if isinstance(item, TextInput) for word in item.words]


def test_a_word_can_be_the_rule() -> None:
    frame, task = toy.table(200), toy.task()
    asked = frame["note"].str.contains("refund", na=False).to_numpy()
    inputs = features.describe_inputs(frame, task.settings)
    table = features.table(frame, inputs)
    found = rule.fit(table, asked.astype(np.float64), inputs, task)
    leaves = found.leaves(table)
    assert set(leaves[asked]).isdisjoint(leaves[~asked])
    questions = [one for one in (found.first, *found.second) if one.value == "refund"]
    assert questions
    said = [questions[0].answered(answer, gaps=False) for answer in (0, 1)]
    assert said == [("note", "lacks the word {}", "refund"), ("note", "has the word {}", "refund")]


def test_an_endless_text_is_no_valid_row(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder, task = tmp_path_factory.mktemp("endless"), toy.task()
    frame = toy.table()
    frame.loc[1, "note"] = "a" * (LONGEST_TEXT + 1)
    toy.put(folder, frame)
    with pytest.raises(DataError, match=r"first row 2: note .* is longer than 131,072 characters"):
        validate(data.parse(data.read_bytes(task.settings, folder), task.settings), task, folder)


def test_a_text_without_a_known_word_is_named(client: TestClient, row: Row) -> None:
    none = client.post("/predict", json={**row, "note": None}).json()
    assert none["warnings"] == []
    for text in ("", "\0 \n", "😀" * 9, "Unheard-of words", "x" * 131_072):
        answer = client.post("/predict", json={**row, "note": text}).json()
        assert answer["warnings"] == [{"field": "note", "reason": "has no word that the model knows"}]
        assert answered(answer) == answered(none)


@pytest.mark.parametrize("note", ["x" * 131_073, 1, "late \ud800"])
def test_what_is_no_text_is_refused(note: object, client: TestClient, row: Row) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/predict", content=json.dumps({**row, "note": note}), headers=headers)
    assert answer.status_code == 422
    assert [error["loc"] for error in answer.json()["detail"]] == [["body", "note"]]


def test_the_page_has_room_for_it_and_shows_its_example(client: TestClient, manifest: Manifest) -> None:
    [note] = [item for item in manifest.inputs if isinstance(item, TextInput)]
    text = client.get("/").text
    [field] = Page(text).all("textarea")
    assert (field["data-name"], field["maxlength"]) == ("note", "131072")
    assert f">{escape(note.example)}</textarea>" in text
    assert "the model knows 2 words" in render_page(manifest.model_copy(update={"inputs": [NOTE]}))
