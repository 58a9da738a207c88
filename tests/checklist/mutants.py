"""What could be wrong with the repository that a good learner handed in: one small change each."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import NamedTuple

from filled import Files, Fixture

Change = Callable[[Fixture], Files]


class Mutant(NamedTuple):
    """A change, and the items that it costs, of which the first is its own."""

    name: str
    items: tuple[str, ...]
    files: Change


def changed(name: str, items: str, path: str, old: str, new: str, count: int = 1) -> Mutant:
    """The first `count` times that `old` stands in a file it is `new`; -1 for everywhere."""

    def files(fixture: Fixture) -> Files:
        found = fixture.filled()
        text = found[path].decode()
        assert old in text, f"{old!r} is not in {path}"
        return {**found, path: text.replace(old, new, count).encode()}

    return Mutant(name, tuple(items.split()), files)


def swapped(name: str, items: str, pattern: str, new: str | Callable[[re.Match[str]], str], *paths: str) -> Mutant:
    """Everywhere in the files of which a path is or begins with one of `paths`, `pattern` is `new`."""

    def files(fixture: Fixture) -> Files:
        found = fixture.filled()
        chosen = [path for path in found if path.startswith(paths)]
        after = {path: re.sub(pattern, new, found[path].decode(), flags=re.MULTILINE).encode() for path in chosen}
        assert any(found[path] != after[path] for path in chosen), f"{pattern!r} is in none of {paths}"
        return {**found, **after}

    return Mutant(name, tuple(items.split()), files)


def without(name: str, items: str, *paths: str) -> Mutant:
    """Files or folders are gone."""

    def files(fixture: Fixture) -> Files:
        found = fixture.filled()
        assert all(any(each.startswith(path) for each in found) for path in paths)
        return {path: data for path, data in found.items() if not path.startswith(paths)}

    return Mutant(name, tuple(items.split()), files)


def with_file(name: str, items: str, path: str, data: Callable[[Files], bytes]) -> Mutant:
    """A file is there that was not, or is another."""
    return Mutant(name, tuple(items.split()), lambda fixture: {**fixture.filled(), path: data(fixture.filled())})


def asked_again(items: str, path: str, *keys: str) -> Mutant:
    """The owner's words are the template's, a fifth of them changed."""
    name = f"the template's words on {' and '.join(keys)} in {path}"
    return Mutant(name, tuple(items.split()), lambda fixture: fixture.restated(path, *keys))


def other(match: re.Match[str]) -> str:
    """What was matched, with the number in its first group another one."""
    start, end = (at - match.start() for at in match.span(1))
    return match[0][:start] + other_number(match[1]) + match[0][end:]


def other_number(text: str) -> str:
    """The number with another second digit, such as 0.738 -> 0.038: too far off for any rounding or interval."""
    at = [index for index, character in enumerate(text) if character.isdigit()][1]
    return f"{text[:at]}{(int(text[at]) + 3) % 10}{text[at + 1 :]}"


def blank_png(files: Files) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (640, 400), "white").save(buffer, "PNG")
    return buffer.getvalue()
