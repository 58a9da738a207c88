"""The texts that an adoption writes hold any name as it is."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from any_package.adoption.wording import text, toml
from test_adoption_proposal import proposed

ANY = st.text(st.characters(codec="utf-8"), max_size=20)


@given(key=ANY, value=ANY | st.integers(-(2**60), 2**60))
def test_any_name_and_value_is_toml(key: str, value: str | int) -> None:
    assert tomllib.loads(f"{toml(key, key=True)} = {toml(value)}") == {key: value}


def test_a_plain_key_needs_no_quotes() -> None:
    assert [toml(key, key=True) for key in ("age-2", "a b", "")] == ["age-2", '"a b"', '""']
    assert toml("age") == '"age"'


def test_what_will_be_done_is_shown() -> None:
    facts = {"source": "own.csv", "form": "CSV in Windows-1252", "written": ["settings.toml"], "removed": []}
    shown = text("preview.txt", proposal=proposed(y=["ill"] * 20 + ["well"] * 40, same=["a"] * 60), **facts)
    assert shown.startswith(
        "own.csv: CSV in Windows-1252; it is not in UTF-8, so check that all letters are right\n\n60 rows."
    )
    assert "'y' is 'ill' in 33.3% of them; that is the class to find.\n" in shown
    assert "Inputs:\n  'x' (numeric)\nGroups to compare: none\nLeft out:\n  'same' is the same in each row\n" in shown
    assert shown.endswith("Writes settings.toml.\nRemoves nothing.\n")
