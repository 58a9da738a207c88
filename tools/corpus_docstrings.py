"""Turn docstrings of the standard library into Markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from corpus_topics import (
    ITEM,
    UNDERLINE,
    Lines,
    Topic,
    add_item,
    blank,
    code,
    indented,
    outside_code,
    pipe_table,
    prose_markup,
    unwrap,
)

HANGING = re.compile(r"(\S+(?:  [A-Z]+)?)\s{2,}(\S.*)", re.DOTALL)
PROSE = re.compile(r"[\w, ]+: |[A-Z][a-z]+ [a-z]+|\w+$|\w+ (?:means|- )")
LISTING = re.compile(r"(?:class \w+\(|with |cm = |heap = |t = )|# |\w+\(.*\)(?: -+> |$)")


def convert_docstring(text: str, parameters: set[str], level: int) -> str:
    """Markdown of a docstring; `parameters` are names to be set as code."""
    return "\n\n".join(Docstring(level + 1, parameters=parameters).blocks(text.splitlines()))


class Docstring(Topic):
    """Docstrings: a mixture of reST, Google style and manual layout."""

    def rules(self) -> Iterator[tuple[Callable[[Lines], object], Callable[[Lines, list[str]], Lines]]]:
        yield lambda lines: len(lines) > 1 and UNDERLINE.match(lines[1].strip()), self.heading
        yield lambda lines: re.match(r"=+ +=+", lines[0]), self.simple_table
        yield lambda lines: lines[0].startswith(">>> "), self.doctest
        yield lambda lines: re.match(r"(?:\.\. version|See: )", lines[0]), self.skip
        yield lambda lines: lines[0].startswith(" "), self.aside
        yield lambda lines: ITEM.match(lines[0]), self.item
        yield lambda lines: re.match(r"\w+\s{2,}[A-Z].*|\w+\(\) -- ", lines[0]), self.hanging
        yield lambda lines: LISTING.match(lines[0]), self.listing
        yield lambda lines: len(lines) > 1 and re.match(r"  +\S", lines[1]) and not lines[0].endswith(":"), self.term
        yield bool, self.paragraph

    def heading(self, lines: Lines, done: list[str]) -> Lines:
        done.append(f"{'#' * self.level} {lines[0].strip().rstrip(':')}")
        return lines[2:]

    def simple_table(self, lines: Lines, done: list[str]) -> Lines:
        edges = [match.span() for match in re.finditer("[=]+", lines[0])]
        end = blank(lines)
        rows = [line for line in lines[1:end] if not re.match("[=-]+ ", line)]
        done.append(
            pipe_table(
                [
                    [self.inline(row[a:].strip() if b == edges[-1][1] else row[a:b].strip()) for a, b in edges]
                    for row in rows
                ]
            )
        )
        return lines[end:]

    def aside(self, lines: Lines, done: list[str]) -> Lines:
        body, rest = indented(lines)
        if len(body) > 2 and HANGING.match(body[0]):
            self.hanging(body, done)
        elif ITEM.match(body[0]) or PROSE.match(body[0]):
            done.extend(self.blocks(body))
        else:
            done.append(code(body))
        return rest

    def hanging(self, lines: Lines, done: list[str]) -> Lines:
        """A table made of spaces: each line has a word and its explanation, continued on lines indented further."""
        end = blank(lines)
        for entry in re.split(r"\n(?=\S)", "\n".join(lines[:end])):
            word, text = (HANGING.match(entry) or re.match(r"(\S+)\s+(?:-- )?(.*)", entry, re.DOTALL)).groups()  # type: ignore[union-attr]
            add_item(done, "- ", [f"`{unwrap([word.strip(chr(34))])}`: {self.inline(unwrap(text.splitlines()))}"])
        return lines[end:]

    def listing(self, lines: Lines, done: list[str]) -> Lines:
        end = blank(lines)
        done.append(code(lines[:end]))
        return lines[end:]

    def paragraph(self, lines: Lines, done: list[str]) -> Lines:
        end = next(
            (i for i, line in enumerate(lines) if i and (not line or line.startswith(("  ", ">>>")))), len(lines)
        )
        done.append(re.sub("::$", ":", self.inline(unwrap(lines[:end]))))
        return lines[end:]

    def term(self, lines: Lines, done: list[str]) -> Lines:
        body, rest = indented(lines[1:])
        add_item(done, "- ", [f"`{lines[0].strip()}`: {self.inline(unwrap(body))}"])
        return rest

    def inline(self, text: str) -> str:
        text = re.sub(r":\w+:`([^`]+)`", r"`\1`", text)
        text = text.replace("``", "`")
        return outside_code(text, lambda prose: prose_markup(prose, self.parameters))
