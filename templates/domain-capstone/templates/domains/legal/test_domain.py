"""What domain.py knows of licences: the features, today's rule, the guard, the model and its reasons."""

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

MIT = (
    "Permission is hereby granted, free of charge, to any person obtaining a copy of this software, to deal in the "
    "software without restriction, including the rights to use, copy, modify and sell it. The software is provided as "
    "is, without warranty of any kind. "
)
SHARED = (
    "You may distribute modified versions of this program only under the terms of this licence, with the corresponding "
    "source code of the whole work, so that all who receive it have the same rights that you have been given here. "
)
VENDOR = (
    "This end user agreement grants you a non-transferable right to install one copy on one computer for evaluation. "
    "You may not reverse engineer it or give it to others, and the agreement ends when you break one of its terms. "
)


def table(*texts: str | None) -> pd.DataFrame:
    return pd.DataFrame({"text": list(texts)}, dtype=object)


def test_the_model_reads_the_terms_and_no_gnu_name_and_nothing_after_the_cut() -> None:
    named = "You may use GNU Lesser General Public License, the AGPL-3.0 or GPLv2 of the GNU project."
    seen = domain.features(table(named, "x" * (domain.READ + 9), None))["text"].tolist()
    assert seen[0].startswith("You may use this licence, ")
    assert "GNU" not in seen[0]
    assert "GPL" not in seen[0]
    assert len(seen[1]) == domain.READ
    assert seen[2] == ""


def test_the_rule_takes_all_lists_with_a_phrase() -> None:
    texts = [MIT, SHARED, VENDOR, MIT + SHARED, SHARED + VENDOR, "Do what you like.", "x" * domain.READ + VENDOR, None]
    assert domain.rule(table(*texts)).tolist() == [
        "permissive opening",
        "copyleft",
        "vendor terms",
        "copyleft, permissive opening",
        "vendor terms, copyleft",
        "none of these",
        "none of these",
        "none of these",
    ]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        (None, "fewer than"),
        ("See the file COPYING.", "fewer than"),
        ("Die Nutzung dieser Software ist jedem gestattet, der die folgenden Bedingungen einhält. " * 3, "English"),
        (MIT + "The Software shall be used for Good, not Evil.", "Good, not Evil"),
        (MIT + "The software may not be used by an army.", "may not be used by"),
        (MIT + "It is not for the operation of a nuclear plant.", "nuclear"),
        (MIT + "This grant is for non-commercial purposes.", "non-commercial"),
    ],
)
def test_counsel_reads_what_one_clause_may_turn_around(text: str | None, word: str) -> None:
    reason = domain.guard({"text": text})
    assert reason is not None
    assert word in reason


@pytest.mark.parametrize(
    "text",
    [MIT, SHARED, VENDOR, MIT + "It is free for commercial and non-commercial use, on non-discriminatory terms."],
)
def test_the_guard_leaves_other_texts_to_the_model(text: str) -> None:
    assert domain.guard({"text": text}) is None


def fitted() -> Any:
    """A model of texts that are made of sentences of the three kinds."""
    draw = np.random.default_rng(1)
    kinds = {"use": MIT, "ask": SHARED, "avoid": VENDOR}
    rows = [
        (" ".join(draw.permutation(text.split())[:25]), answer) for answer, text in kinds.items() for _ in range(30)
    ]
    texts, answers = zip(*rows, strict=True)
    return domain.model(7).fit(domain.features(table(*texts)), list(answers))


def test_the_model_learns_takes_any_text_and_repeats_itself() -> None:
    asked = domain.features(table(MIT, SHARED, VENDOR, None, "\N{SNOWMAN} \x00 42", "a " * 10_000))
    chances = fitted().predict_proba(asked)
    assert fitted().classes_[chances[:3].argmax(axis=1)].tolist() == ["use", "ask", "avoid"]
    assert np.isfinite(chances).all()
    assert (fitted().predict_proba(asked) == chances).all()


def test_the_model_is_stored_small_and_without_pickle_and_gives_the_same_chances() -> None:
    model, asked = fitted(), domain.features(table(MIT, VENDOR))
    content = skops.io.dumps(model)
    unknown = skops.io.get_untrusted_types(data=content)
    assert all(name.startswith(("sklearn.", "numpy.")) for name in unknown)
    assert len(content) < 5_000_000
    assert (skops.io.loads(content, trusted=unknown).predict_proba(asked) == model.predict_proba(asked)).all()


def test_the_reasons_name_the_sentences_that_carry_the_answer() -> None:
    model = fitted()

    def strength(frame: pd.DataFrame) -> Array:
        return np.asarray(model.predict_proba(domain.features(frame))[:, list(model.classes_).index("avoid")])

    found = reasons(strength, {"text": VENDOR + MIT}, [TextInput(name="text", longest=20_000)], 9)
    assert {name for name, _, _ in found} == {"text"}
    assert {value for _, value, effect in found if effect > 0.01} == {
        part + "." for part in VENDOR.strip(" .").split(". ")
    }
    assert [abs(effect) for _, _, effect in found] == sorted((abs(effect) for _, _, effect in found), reverse=True)


@pytest.mark.parametrize("text", ["a" * 20_000, ". " * 10_000, " \n" * 10_000, "ab.\n\ncd; " * 2_000, MIT * 60])
def test_any_text_is_judged_in_time_that_grows_with_its_length(text: str) -> None:
    def judge(size: int) -> None:
        domain.guard({"text": text[:size]})
        domain.rule(table(text[:size]))
        domain.features(table(text[:size]))

    assert growth(judge, len(text) // TIMES) < 1.5
