from __future__ import annotations

import time

import pytest

from scaffolder.check.readers.toml import TomlError, load_toml


def test_toml_is_a_dictionary() -> None:
    assert load_toml('[a.b]\nc = "x.y"\nd = [0.1, 0.2]\n"e.f" = 1.5\n')["a"]["b"]["d"] == [0.1, 0.2]


def test_long_lists_of_numbers_are_no_long_keys() -> None:
    assert len(load_toml(f"a = [{', '.join(['1.5'] * 100)}]\nb = '{'.' * 100}'")["a"]) == 100


@pytest.mark.parametrize(
    "text", ["a = ", "a = " + "[" * 100_000, "x = '" + "a" * 600_000 + "'", ".".join("a" * 20_000) + " = 1"]
)
def test_what_is_refused(text: str) -> None:
    start = time.process_time()
    with pytest.raises(TomlError):
        load_toml(text)
    assert time.process_time() - start < 1


def test_words_without_end_take_no_time() -> None:
    start = time.process_time()
    load_toml("a = '" + "x" * 400_000 + "'")
    assert time.process_time() - start < 1
