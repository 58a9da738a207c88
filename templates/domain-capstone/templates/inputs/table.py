"""Reasons for one answer: how it changes when one input is replaced by its typical value in training."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from .manifest import Input, TextInput, Value

METHOD = (
    "The effect of an input is this answer minus the answer with that input alone replaced by its typical "
    "training value (median or mode). Effects describe the model, not causes. If inputs interact, they do not add up."
)


class Change(NamedTuple):
    """An input, its value, and the case with the typical value in its place."""

    input: str
    value: Value
    case: dict[str, Value]


def changes(case: Mapping[str, Value], inputs: Sequence[Input]) -> list[Change]:
    """What could be a reason: each input that is not typical."""
    typical = {one.name: one.typical for one in inputs if not isinstance(one, TextInput)}
    return [Change(name, case[name], {**case, name: usual}) for name, usual in typical.items() if case[name] != usual]
