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


def misprinted(name: str, items: str, pattern: str, path: str) -> Mutant:
    """The number in the first group of `pattern` is the next greater one of its length that no report has."""

    def files(fixture: Fixture) -> Files:
        found = fixture.filled()
        reports = " ".join(found[each].decode() for each in found if re.fullmatch(r"reports/\w+\.json", each))
        text = found[path].decode()
        match = re.search(pattern, text, re.MULTILINE)
        assert match, f"{pattern!r} is not in {path}"
        start, end = match.span(1)
        return {**found, path: f"{text[:start]}{_unmeasured(match[1], reports)}{text[end:]}".encode()}

    return Mutant(name, tuple(items.split()), files)


def _unmeasured(printed: str, reports: str) -> str:
    places = len(printed.partition(".")[2])
    values = [float(each) for each in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-?\d+)?", reports)]
    known = {f"{scale * value:.{places}f}" for value in values for scale in (1, 100)}
    candidates = (f"{float(printed) + step * 10.0**-places:.{places}f}" for step in range(1, 2_000))
    return next(each for each in candidates if each not in known)


def blank_png(files: Files) -> bytes:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (640, 400), "white").save(buffer, "PNG")
    return buffer.getvalue()
