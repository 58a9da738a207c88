"""New data in a project: what was said of the former data gives way, and no word of its owner's is lost.

Blocks between data or measured marks, and files that are about the data, become the template's. What the owner wrote
there comes back as a question that quotes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from scaffolder.project import machine
from scaffolder.tree import File, Tree

STILL_TRUE = "is this still true?"
_SAID = "Before the data changed, it said:"
_TEXTS = (".md", ".toml", ".yml", ".yaml")  # files that have blocks
_IN_LINES = re.compile(r"^\s*(?:\||[-*] )|TODO\(", re.MULTILINE)  # a table, a list, or a question with its answer
_QUESTION = re.compile(r"TODO\([^|]*[^| ]")  # to the end of the line or of the cell
_UNANSWERED = re.compile(r"TODO\([\w-]{1,40}\):[^?]*\?")  # a question, and nothing after it
_ITEM = re.compile(r"TODO\(([\w-]{1,40})\)")
_MARK = re.compile(r"^<!-- (?:/?(?:data|measured):\S+) -->\s*$", re.MULTILINE)


@dataclass(frozen=True)
class NewData:
    """Patterns of the files that are `about` the data as a whole, and of those that runs `made` from them."""

    about: tuple[str, ...]
    made: tuple[str, ...]

    def concerns(self, path: str) -> bool:
        """Whether new data may change the file, beyond what the template changes."""
        return path.endswith(_TEXTS) or _matches(path, self.about) or _matches(path, self.made)

    def forgotten(self, base: Tree, ours: Tree, theirs: Tree) -> Tree:
        """`ours` with all that is about the former data as it is in `base`, and without what runs have made.

        A data file that the template did not write gives way to one of its name.
        """
        kept: dict[str, File] = {}
        for path, file in ours.items():
            if path not in base:
                gone = _matches(path, self.made) or (path in theirs and _matches(path, self.about))
                kept |= {} if gone else {path: file}
            elif _matches(path, (*self.about, *self.made)):
                kept[path] = _without_data(path, base[path], file)
            else:
                kept[path] = File(machine.reset(base[path].data, file.data), file.mode) if file.data else file
        return kept

    def asked_again(self, base: Tree, ours: Tree, merged: Tree) -> Tree:
        """`merged` with a question for each paragraph that the owner wrote about the former data."""
        asked = dict(merged)
        for path in (path for path in merged if path in ours and path in base and path.endswith(_TEXTS)):
            new = merged[path]
            if path.endswith(".md") and _matches(path, self.about):
                known = _pieces(base[path].data.decode("utf-8", "replace"))
                text = new.data.decode("utf-8", "replace")
                words = _with_questions("dataset", ours[path].data.decode("utf-8", "replace"), text, known)
                asked[path] = File(words.encode(), new.mode)
            elif b"data:" in new.data and not _matches(path, self.about):
                asked[path] = File(_blocks_asked(base[path].data, ours[path].data, new.data, path), new.mode)
        return asked

    def sweep(self, folder: Path, tree: Tree) -> None:
        """Remove what runs made from the former data and Git does not keep, such as a trained model."""
        here = folder.resolve()
        for path in {path for pattern in self.made for path in here.glob(pattern)}:
            inside = path.resolve().is_relative_to(here)
            if inside and path.is_file() and path.relative_to(here).as_posix() not in tree:
                path.unlink()


def quoted(changes: Mapping[str, File | None]) -> int:
    """How many texts of the owner are asked about again in files that change."""
    return sum(file.data.count(STILL_TRUE.encode()) for file in changes.values() if file)


def _without_data(path: str, base: File, ours: File) -> File:
    """A file about the data as it is in `base`. Where marks say which parts of the settings are, only these are."""
    marked = machine.data_blocks(base.data).keys()
    if path.endswith(".md") or not marked or marked - machine.data_blocks(ours.data).keys():
        return base
    return File(machine.reset(base.data, ours.data), ours.mode)


def _matches(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _blocks_asked(base: bytes, ours: bytes, merged: bytes, path: str) -> bytes:
    before, mine, now = (machine.data_blocks(text) for text in (base, ours, merged))
    known = _pieces(base.decode("utf-8", "replace"))
    comment = "" if path.endswith(".md") else "# "
    changed = {
        name: _with_questions(name, mine[name], now[name], known, comment)
        for name in now.keys() & mine.keys() & before.keys()
        if mine[name] != before[name]
    }
    return machine.with_data_blocks(merged, changed) if changed else merged


def _with_questions(name: str, old: str, new: str, known: set[str], comment: str = "") -> str:
    """The `new` text, then a question for each paragraph of the `old` one that is the owner's."""
    item = found[1] if (found := _ITEM.search(new)) else name
    template = known | _pieces(new)
    asked = [
        words if STILL_TRUE in words else f'{comment}TODO({item}): {STILL_TRUE} {_SAID} "{words}"'
        for paragraph in _paragraphs(old)
        if (words := _owners_words(paragraph, template))
    ]
    return "\n\n".join([new.rstrip("\n"), *asked]) + "\n" if asked else new


def _owners_words(paragraph: str, template: set[str]) -> str:
    """The words of a paragraph to quote: none if they are the template's; of a table or list, the owner's lines."""
    if _UNANSWERED.fullmatch(_joined(paragraph)):  # of an earlier version
        return ""
    words, lines = _joined(paragraph), [line for line in map(_joined, paragraph.split("\n")) if line not in template]
    if words not in template and _IN_LINES.search(paragraph) and STILL_TRUE not in words:
        questions = sorted((one for piece in template for one in _QUESTION.findall(piece)), key=len, reverse=True)
        words = " ".join(lines)
        for question in questions:
            words = words.replace(question, "")
        words = _joined(words)
    return words if lines and words not in template and words.strip("| -*") else ""


def _pieces(text: str) -> set[str]:
    """The lines and the paragraphs of a text, each on one line."""
    return {_joined(piece) for piece in [*text.split("\n"), *_paragraphs(text)]}


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a text, each with the heading above it."""
    return re.split(r"\n\s*\n", re.sub(r"^(#+ .*)\n\s*\n", r"\1\n", _MARK.sub("\n", text), flags=re.MULTILINE))


def _joined(text: str) -> str:
    return " ".join(text.split())
