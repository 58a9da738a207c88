"""Reads YAML as plain values that know their lines, safely on hostile text.

Keys stay as they are written (`on` is "on", not True; a list is "[a, b]"), numbers keep their digits (`Decimal`), dates
stay text, and a document whose aliases would unfold into more than `MAX_VALUES` values is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

MAX_VALUES = 50_000
MAX_CHARACTERS = 1_000_000


class YamlError(ValueError):
    """A text that is not usable YAML; the message says why, `line` (from 1) says where."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class TooLargeError(YamlError):
    """A text that is larger than what is read, so that nobody knows what it says."""


class Mapping(dict[str, Any]):
    """A mapping that knows the line of itself and of each key, counted from 1."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}


class Sequence(list[Any]):
    """A list that knows the line of itself and of each value, counted from 1."""

    def __init__(self, line: int) -> None:
        super().__init__()
        self.line = line
        self.lines: list[int] = []


@lru_cache(maxsize=64)  # the repositories of a cohort share most of their files
def load_yaml(text: str, first_line: int = 1) -> Any:
    """The value of the first document in `text`, which callers must not change; None if it is empty.

    Raises:
        YamlError: The text does not parse, is recursive, or unfolds into too many values.

    """
    return next(load_all_yaml(text, first_line), None)


def load_all_yaml(text: str, first_line: int = 1) -> Iterator[Any]:
    """The value of each document in `text`; see `load_yaml`."""
    import yaml  # here, since a repository without YAML need not wait for it

    if len(text) > MAX_CHARACTERS:
        raise TooLargeError(f"more than {MAX_CHARACTERS:,} characters")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        for node in yaml.compose_all(text, loader):
            yield _Builder(text, first_line).value(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise YamlError(str(error.problem or error), mark.line + first_line if mark else None) from None
    except (yaml.YAMLError, RecursionError) as error:
        raise YamlError(str(error).splitlines()[0] if str(error) else type(error).__name__) from None


class _Builder:
    def __init__(self, text: str, first_line: int) -> None:
        self._text, self._first_line = text, first_line
        self._built: dict[int, tuple[Any, int]] = {}  # node -> its value and how many values it unfolds into
        self._open: set[int] = set()
        self._size = 0

    def value(self, node: yaml.Node) -> Any:
        key, line = id(node), node.start_mark.line + self._first_line
        if key in self._open:
            raise YamlError("an alias that contains itself", line)
        if key not in self._built:
            before = self._size
            self._open.add(key)
            value = self._build(node, line)
            self._open.discard(key)
            self._built[key] = value, self._size - before + 1
            self._size += 1
        else:
            self._size += self._built[key][1]
        if self._size > MAX_VALUES:
            raise TooLargeError(f"more than {MAX_VALUES:,} values", line)
        return self._built[key][0]

    def _build(self, node: yaml.Node, line: int) -> Any:
        import yaml

        if isinstance(node, yaml.ScalarNode):
            return _scalar(node)
        if isinstance(node, yaml.SequenceNode):
            sequence = Sequence(line)
            for child in node.value:
                sequence.append(self.value(child))
                sequence.lines.append(child.start_mark.line + self._first_line)
            return sequence
        mapping = Mapping(line)
        for key, child in node.value:
            self._enter(mapping, key, child)
        return mapping

    def _enter(self, mapping: Mapping, key: yaml.Node, child: yaml.Node) -> None:
        value = self.value(child)
        if key.tag.endswith(":merge"):
            for source in value if isinstance(value, Sequence) else (value,):
                for name in source if isinstance(source, Mapping) else ():
                    mapping.setdefault(name, source[name])
                    mapping.lines.setdefault(name, source.lines[name])
            return
        name = key.value if isinstance(key.value, str) else self._text[key.start_mark.index : key.end_mark.index]
        mapping[name] = value
        mapping.lines[name] = key.start_mark.line + self._first_line


def _scalar(node: yaml.Node) -> Any:
    kind, text = node.tag.rpartition(":")[2], str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    if kind == "int":
        with suppress(ValueError):
            return int(text, 0)
    if kind in ("int", "float"):
        with suppress(InvalidOperation):
            return Decimal(text.replace("_", ""))
    return text
