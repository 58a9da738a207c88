"""YAML as plain values with lines, and the YAML that is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from scaffolder.check.readers.yaml import YamlError, load_all_yaml, load_yaml

BOMB = "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))])


def test_keys_stay_as_written_and_numbers_keep_their_digits() -> None:
    loaded = load_yaml("on: push\nvalue: 0.8510\nversion: 3.10\ncount: 7\nday: 2027-03-01\nyes: no\nnothing: ~\n")
    assert loaded == {
        "on": "push",
        "value": Decimal("0.8510"),
        "version": Decimal("3.10"),
        "count": 7,
        "day": "2027-03-01",
        "yes": False,
        "nothing": None,
    }
    assert str(loaded["value"]) == "0.8510"


def test_keys_and_items_know_their_lines() -> None:
    loaded = load_yaml("a:\n  - x\n  - y\nb:\n  c: 1\n", first_line=10)
    assert loaded.lines == {"a": 10, "b": 13}
    assert loaded["a"].lines == [11, 12]
    assert loaded["b"].lines == {"c": 14}


def test_anchors_and_merges_are_followed() -> None:
    loaded = load_yaml("base: &b {x: 1, y: 2}\nother:\n  <<: *b\n  y: 3\n")
    assert loaded["other"] == {"x": 1, "y": 3}


def test_an_empty_text_is_none_and_documents_are_many() -> None:
    assert load_yaml("") is None
    assert list(load_all_yaml("a: 1\n---\nb: 2\n")) == [{"a": 1}, {"b": 2}]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: [1", 2),
        ("a: b: c", 1),
        ("a: &a [*a]", 1),
        (BOMB, None),
        ("[" * 100_000, None),
        ("- " * 100_000, None),
        ("x" * 2_000_000, None),
    ],
)
def test_bad_text_is_refused_with_its_line(text: str, line: int | None) -> None:
    with pytest.raises(YamlError) as caught:
        load_yaml(text)
    assert line is None or caught.value.line == line


@pytest.mark.parametrize("text", ["!!python/object/apply:os.system ['true']", "!!binary x", "a: !!int nonsense"])
def test_a_tag_makes_no_object(text: str) -> None:
    assert "system" not in repr(type(load_yaml(text)))
