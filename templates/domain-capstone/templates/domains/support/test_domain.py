"""What domain.py knows of notes: the features, today's rule, the guard, the model and its reasons."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import skops.io

from capstone import domain
from capstone.manifest import Array, TextInput
from timing import TIMES, growth
from toy_case import reasons

NOTES = {
    "library": "Fix asyncio.run() when the loop was closed before all tasks were cancelled.",
    "core": "Specialize the bytecode of a call of a builtin function in the interpreter.",
    "tests": "Skip test_os on systems without symbolic links, so that regrtest passes.",
    "build": "The configure script now finds the headers of ncurses, and the makefile uses them.",
    "c-api": "Add PyUnicode_FindChar to the limited API.",
    "windows": "The launcher py.exe reads its settings from the registry of Windows.",
    "documentation": "Correct the documentation of str.split: the tutorial named another argument.",
    "idle": "IDLE keeps the selection when the font of its editor is changed.",
    "security": "CVE 2020-1: reject header injection in http.client.",
    "tools": "Argument Clinic names the line of a wrong converter.",
    "macos": "The installer for macOS has a newer version of Tk.",
}


def table(*texts: str | None) -> pd.DataFrame:
    return pd.DataFrame({"text": list(texts)}, dtype=object)


def test_the_model_reads_the_note_as_it_is() -> None:
    assert domain.features(table("Fix x.", None))["text"].tolist() == ["Fix x.", ""]


def test_the_rule_knows_a_word_of_each_queue_and_sends_the_rest_to_the_library() -> None:
    assert domain.rule(table(*NOTES.values())).tolist() == list(NOTES)
    assert domain.rule(table("Faster.", None)).tolist() == ["library", "library"]
    assert {*domain.KEYWORDS, "library"} == set(NOTES)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (None, "fewer than"),
        ("Fix a typo.", "fewer than"),
        (NOTES["security"], "CVE"),
        ("Update the bundled copy of expat to 2.6.3.", "expat"),
        ("Prevent an infinite loop in the parser of headers.", "infinite loop"),
        ("Fix a crash that was reported by ada@example.org last week.", "e-mail"),
    ],
)
def test_a_person_routes_what_may_harm_somebody(text: str | None, word: str) -> None:
    reason = domain.guard({"text": text})
    assert reason is not None
    assert word in reason


@pytest.mark.parametrize("text", [note for queue, note in NOTES.items() if queue != "security"])
def test_the_guard_leaves_other_notes_to_the_model(text: str) -> None:
    assert domain.guard({"text": text}) is None


def fitted() -> Any:
    """A model of notes that have eight words of those above."""
    draw = np.random.default_rng(1)
    rows = [(" ".join(draw.permutation(note.split())[:8]), queue) for queue, note in NOTES.items() for _ in range(12)]
    texts, queues = zip(*rows, strict=True)
    return domain.model(7).fit(domain.features(table(*texts)), list(queues))


def test_the_model_learns_takes_any_text_and_repeats_itself() -> None:
    model = fitted()
    asked = domain.features(table(*NOTES.values(), None, "\N{SNOWMAN} \x00 42", "a " * 1_000))
    chances = model.predict_proba(asked)
    assert model.classes_[chances[: len(NOTES)].argmax(axis=1)].tolist() == list(NOTES)
    assert np.isfinite(chances).all()
    assert (fitted().predict_proba(asked) == chances).all()


def test_the_model_is_stored_small_and_without_pickle_and_gives_the_same_chances() -> None:
    model, asked = fitted(), domain.features(table(*NOTES.values()))
    content = skops.io.dumps(model)
    unknown = skops.io.get_untrusted_types(data=content)
    assert all(name.startswith(("sklearn.", "numpy.")) for name in unknown)
    assert len(content) < 5_000_000
    assert (skops.io.loads(content, trusted=unknown).predict_proba(asked) == model.predict_proba(asked)).all()


def test_the_reasons_name_the_words_that_carry_the_answer() -> None:
    model = fitted()

    def strength(frame: pd.DataFrame) -> Array:
        return np.asarray(model.predict_proba(domain.features(frame))[:, list(model.classes_).index("c-api")])

    case = {"text": "We add PyUnicode_FindChar here."}
    found = reasons(strength, case, [TextInput(name="text", longest=2_000)], 3)
    assert found[0][:2] == ("text", "PyUnicode_FindChar")
    assert found[0][2] > 0


@pytest.mark.parametrize("text", ["a" * 2_000, "@." * 1_000, "make " * 400, "compile " * 250, " \n" * 1_000])
def test_any_text_is_judged_in_time_that_grows_with_its_length(text: str) -> None:
    def judge(size: int) -> None:
        domain.guard({"text": text[:size]})
        domain.rule(table(text[:size]))

    assert growth(judge, len(text) // TIMES) < 1.5
