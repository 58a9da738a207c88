"""The parts of a project that programs write and nobody has to merge: blocks between marks, lock files, adopted data.

`make report` writes between `<!-- measured:NAME -->` and `<!-- /measured:NAME -->`, a template between
`<!-- data:NAME -->` and `<!-- /data:NAME -->`; in YAML and TOML a mark is `# measured:NAME`. Each is a line of its own.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import NamedTuple

from scaffolder.errors import one_line

_MARK = re.compile(rb"(?:<!--|#)[ \t]*(/?)(measured|data):([a-z0-9-]+)[ \t]*(?:-->)?")
_LOCKS = (".lock", "package-lock.json", "pnpm-lock.yaml")
DATASET = "data/DATASET.md"
PICTURE = "docs/screenshot.png"  # of the page, which `make screenshot` takes

_Block = tuple[bytes, bytes]  # its kind and its name


class Settled(NamedTuple):
    """The base and the template's text, ready for a merge; `left_out` names the template's data blocks not in it."""

    base: bytes
    theirs: bytes
    left_out: tuple[str, ...] = ()


def lines(text: bytes) -> list[bytes]:
    r"""The lines of `text` with their line endings; only \n ends a line, as in Git."""
    return io.BytesIO(text).readlines()


def settle(base: bytes, ours: bytes, theirs: bytes) -> Settled:
    """Make blocks alike in three texts, so that a merge keeps or replaces each as a whole, without a conflict.

    A block that `ours` has changed stays, one that `ours` no longer has stays away, and any other becomes the
    template's. If the template no longer has a block, a measured one goes, and changes in a data block are left to the
    merge. `ours` itself is never altered. If the marks of one text do not pair, or it has a block twice, all three
    texts are left as they are.
    """
    if not any(word in text for text in (base, ours) for word in (b"measured:", b"data:")):
        return Settled(base, theirs)
    old, mine, new = lines(base), lines(ours), lines(theirs)
    spans = [_spans(text) for text in (old, mine, new)]
    old_spans, my_spans, new_spans = spans
    if old_spans is None or my_spans is None or new_spans is None:
        return Settled(base, theirs)
    left_out = []
    in_old: dict[_Block, list[bytes]] = {}  # block -> its new content
    in_new: dict[_Block, list[bytes]] = {}
    for block in sorted(my_spans.keys() | old_spans.keys() & new_spans.keys()):
        was, is_now, proposed = _content(block, old, old_spans), _content(block, mine, my_spans), new_spans.get(block)
        if is_now is None:
            in_new[block] = was or []
        elif is_now != was and (proposed or block[0] == b"measured"):
            in_old[block] = in_new[block] = is_now
            if block[0] == b"data" and proposed and new[proposed] not in (was, is_now):
                left_out.append(block[1].decode())
    return Settled(_filled(old, old_spans, in_old), _filled(new, new_spans, in_new), tuple(left_out))


def reset(base: bytes, ours: bytes) -> bytes:
    """`ours` with each block as it is in `base`; as it is if the marks of one text do not pair."""
    old, mine = lines(base), lines(ours)
    old_spans, my_spans = _spans(old), _spans(mine)
    if not old_spans or not my_spans:
        return ours
    return _filled(mine, my_spans, {block: old[old_spans[block]] for block in my_spans.keys() & old_spans.keys()})


def measured_lines(text: bytes) -> set[int]:
    """The numbers, from 1, of the lines in measured blocks; none if the marks do not pair."""
    spans = _spans(lines(text)) or {}
    measured = [span for (kind, _), span in spans.items() if kind == b"measured"]
    return {number for span in measured for number in range(span.start + 1, span.stop + 1)}


def data_blocks(text: bytes) -> dict[str, str]:
    """The content of each data block of a text, by name; none if its marks do not pair."""
    every = lines(text)
    spans = _spans(every) or {}
    return {
        name.decode(): b"".join(every[span]).decode("utf-8", "replace")
        for (kind, name), span in spans.items()
        if kind == b"data"
    }


def with_data_blocks(text: bytes, contents: Mapping[str, str]) -> bytes:
    """`text` with these contents of its data blocks."""
    every = lines(text)
    filled = {(b"data", name.encode()): lines(content.encode()) for name, content in contents.items()}
    return _filled(every, _spans(every) or {}, filled)


def _spans(text: list[bytes]) -> dict[_Block, slice] | None:
    """The lines between the marks of each block; None if the marks do not pair or a block occurs twice."""
    spans: dict[_Block, slice] = {}
    opened: _Block | None = None
    start = 0
    for number, line in enumerate(text):
        if b":" not in line or not (mark := _MARK.fullmatch(line.strip())):
            continue
        block = mark[2], mark[3]
        if block in spans or (opened != block if mark[1] else opened):
            return None
        if mark[1]:
            spans[block], opened = slice(start, number), None
        else:
            start, opened = number + 1, block
    return None if opened else spans


def _content(block: _Block, text: list[bytes], spans: Mapping[_Block, slice]) -> list[bytes] | None:
    return text[spans[block]] if block in spans else None


def _filled(text: list[bytes], spans: Mapping[_Block, slice], contents: Mapping[_Block, list[bytes]]) -> bytes:
    for block, span in reversed(list(spans.items())):  # from the end, so that the other spans stay right
        text[span] = contents.get(block, text[span])
    return b"".join(text)


def is_lock(path: str) -> bool:
    """Whether `path` is a lock file, such as requirements.lock."""
    return path.endswith(_LOCKS)


def kept_note(path: str) -> str:
    """The note on a file that stays as the owner has it, although both have changed it; "" if a person must decide."""
    if is_lock(path):
        return f"{one_line(path)} was kept as you have it; run 'make lock'."
    if path == PICTURE:
        return f"{path} was kept as you have it; 'make screenshot' takes a new one."
    return ""
