"""The content of a block of Markdown: links, images and the words that a reader sees, in linear time."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from scaffolder.check.engine.patterns import pattern

_SHOWN = 300  # characters of a link's text that are kept
_TOKEN = pattern(
    r"\\.|(!?)\[|\]\(\s*(<[^<>\n]*>|[^\s()<>]*(?:\([^\s()<>]*\)[^\s()<>]*)*)|\]\[([^\[\]\n]{0,200})\]|(\])"
    r"|<((?:https?|mailto):[^\s<>]*)>|(?<![\w(<\"'=])(https?://[^\s<>()\[\]\"'`]+)",
    re.DOTALL,
)
_TAG = pattern(r"<(img|a|source|video)\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = pattern(r"\b(src|href|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))", re.IGNORECASE)
_ANCHOR = pattern(r"<[a-zA-Z][^<>]{0,500}?\b(?:id|name)\s*=\s*[\"']?([^\"'\s<>]+)")
_IMAGE = pattern(r"!\[[^\[\]]*\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])?")
_LINK = pattern(r"\[([^\[\]]*)\](?:\([^()\s]*(?:\s[^()]*)?\)|\[[^\[\]]*\])")
_TAGS = pattern(r"</?[a-zA-Z][^<>]{0,2000}>")
_MARKUP = pattern(r"\\([^\w\s]|_)|[*`]+|(?<!\w)_+|_+(?!\w)|~~")


class Link(NamedTuple):
    """A link or an image: where it leads, the words it shows (an image's: its description), and its line."""

    target: str
    text: str
    line: int
    image: bool


def links(text: str, line: int, references: Mapping[str, tuple[str, int]]) -> Iterator[Link]:
    """The links and images in the block `text` whose first line is `line`, as Markdown or as HTML tags."""
    if "[" in text or "://" in text or "mailto:" in text:
        yield from _markdown_links(without_code(text), line, references)
    if "<" in text:
        yield from _html_links(without_code(text), line)


def _markdown_links(text: str, line: int, references: Mapping[str, tuple[str, int]]) -> Iterator[Link]:
    opened: list[re.Match[str]] = []
    counted, number = 0, line
    for token in _TOKEN.finditer(text):
        number += text.count("\n", counted, token.start())
        counted = token.start()
        if address := token[5] or token[6]:
            yield Link(address.rstrip(".,;:!?*_"), address, number, image=False)
        elif token[0].endswith("["):
            opened.append(token)
        elif token[0].startswith("]") and opened:
            start = opened.pop()
            shown = text[start.end() : min(token.start(), start.end() + _SHOWN)]
            target = _target(token, shown, references)
            if target is not None:
                yield Link(target, plain(shown), number, image=bool(start[1]))


def _target(token: re.Match[str], shown: str, references: Mapping[str, tuple[str, int]]) -> str | None:
    if token[2] is not None:
        return html.unescape(token[2].strip("<>"))
    label = " ".join((token[3] or shown)[:200].split()).upper()
    return references[label][0] if label in references else None


def _html_links(text: str, line: int) -> Iterator[Link]:
    counted = 0
    for tag in _TAG.finditer(text):
        line += text.count("\n", counted, tag.start())
        counted = tag.start()
        found = {name.lower(): a or b or c for name, a, b, c in _ATTRIBUTE.findall(tag[2])}
        image = tag[1].lower() != "a"
        if target := found.get("src" if image else "href"):
            yield Link(html.unescape(target), found.get("alt", ""), line, image)


def html_anchors(text: str) -> Iterator[str]:
    """The `id` and `name` attributes in `text`."""
    return (match[1] for match in _ANCHOR.finditer(text)) if "<" in text else iter(())


def without_code(text: str) -> str:
    """`text` with its code spans blanked."""
    if "`" not in text:
        return text
    runs = list(re.finditer(r"`+", text))
    later: dict[int, list[int]] = defaultdict(list)
    for index in range(len(runs) - 1, -1, -1):
        later[len(runs[index][0])].append(index)
    kept: list[str] = []
    at = index = 0
    while index < len(runs):
        same = later[len(runs[index][0])]
        while same and same[-1] <= index:
            same.pop()
        if same:
            close = same[-1]
            inside = text[runs[index].start() : runs[close].end()]
            kept += [text[at : runs[index].start()], re.sub(r"[^\n]", " ", inside)]
            at, index = runs[close].end(), close
        index += 1
    return "".join([*kept, text[at:]])


@lru_cache(maxsize=2048)  # several items read the same blocks
def plain(text: str) -> str:
    """The words that a reader sees: without markup, tags and images, with the text of links."""
    if "[" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub(" ", text))
    if "<" in text:
        text = _TAGS.sub(" ", text)
    return html.unescape(_MARKUP.sub(r"\1", text))
