"""Mermaid's sequence and class diagrams: one statement on each line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.diagrams.mermaid_graph import Graph

LONGEST = 500  # characters of a statement that are looked at

_ACTOR = r"[^\s:;,<>+\-()][^:;,<>+\-()\n]*?(?:-\w[^:;,<>+\-()\n]*?)*?"
_PARTICIPANT = re.compile(
    r"(?:create[ \t]+)?(?:participant|actor)[ \t]+(?P<name>[^\n@]+?)(?:@\{[^\n]*\})?(?:[ \t]+as[ \t]+(?P<label>.+))?$"
)
_MESSAGE = re.compile(
    rf"(?P<source>{_ACTOR})[ \t]*(?:<<)?-{{1,2}}(?:>>|>|x|\))[ \t]*[+-]?[ \t]*(?P<target>{_ACTOR})[ \t]*:(?P<text>.*)$"
)
_NOTE = re.compile(r"note[ \t]+(?:right of|left of|over)[ \t]+[^:]+:.*$", re.IGNORECASE)
_BLOCK = re.compile(r"(?:loop|alt|opt|par|par_over|critical|break|rect|box)\b")
_BRANCH = re.compile(r"(?:else|and|option)\b")
_REMARK = re.compile(r"(?:activate|deactivate|destroy|autonumber|title|links?|properties|details)\b")

_CLASS_NAME = r"(?:[\w.]+(?:-\w+)*|`[^`\n]+`)(?:~[^~\n]*(?:~[^~\n]*~[^~\n]*)*~)?"
_CLASS = re.compile(
    rf"class[ \t]+(?P<name>{_CLASS_NAME})(?:\[\"(?P<label>[^\"]*)\"\])?(?::::\w+)?[ \t]*(?P<opens>\{{)?(?P<rest>.*)$"
)
_RELATION = re.compile(
    rf"(?P<source>{_CLASS_NAME})[ \t]*(?:\"[^\"]*\"[ \t]*)?(?:<\||\*|o|<|\(\))?(?:--|\.\.)(?:\|>|\*|o|>|\(\))?"
    rf"[ \t]*(?:\"[^\"]*\"[ \t]*)?(?P<target>{_CLASS_NAME})[ \t]*(?::.*)?$"
)
_MEMBER = re.compile(rf"(?P<name>{_CLASS_NAME})[ \t]*:[ \t]*\S.*$")
_ANNOTATION = re.compile(rf"<<[^>\n]+>>[ \t]+(?P<name>{_CLASS_NAME})$")
_NAMESPACE = re.compile(r"namespace[ \t]+[\w.]+[ \t]*\{$")
_CLASS_REMARK = re.compile(r"(?:direction|note|click|callback|link|style|classDef|cssClass|title)\b")


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """Position and content of each line below the header."""
    position = 0
    first = True
    for line in text.split("\n"):
        for part in line.split(";") if not first else [line]:
            content = part.strip()
            if content and not first:
                yield position, content[:LONGEST]
            first = first and not content
        position += len(line) + 1


def read_sequence(text: str, graph: Graph) -> None:
    """Fill `graph`: a participant is a node, a message an edge."""
    open_blocks: list[int] = []
    for position, line in _statements(text):
        if _BLOCK.match(line):
            open_blocks.append(position)
        elif line == "end" or _BRANCH.match(line):
            if not open_blocks:
                graph.problem(position, text, f"`{line[:30]}` outside a block")
            elif line == "end":
                open_blocks.pop()
        elif found := _PARTICIPANT.match(line):
            graph.node(found["name"].strip(), found["label"])
        elif found := _MESSAGE.match(line):
            graph.node(found["source"])
            graph.node(found["target"])
            graph.join([found["source"]], [found["target"]])
        elif not (_NOTE.match(line) or _REMARK.match(line)):
            graph.problem(position, text, f"expected a message such as `A->>B: text`, found {line[:30]!r}")
    for position in open_blocks:
        graph.problem(position, text, "this block has no `end`")


def read_classes(text: str, graph: Graph) -> None:
    """Fill `graph`: a class is a node, a relation an edge."""
    open_braces: list[tuple[int, str]] = []
    for position, line in _statements(text):
        if line == "}":
            if not open_braces:
                graph.problem(position, text, "`}` closes nothing")
            else:
                open_braces.pop()
        elif open_braces and open_braces[-1][1] == "class":
            continue  # a member: Mermaid takes any text
        elif _NAMESPACE.match(line):
            open_braces.append((position, "namespace"))
        elif not _class_statement(line, graph, position, open_braces):
            graph.problem(position, text, f"expected a class or a relation such as `A <|-- B`, found {line[:30]!r}")
    for position, what in open_braces:
        graph.problem(position, text, f"this {what} has no `}}`")


def _class_statement(line: str, graph: Graph, position: int, open_braces: list[tuple[int, str]]) -> bool:
    if found := _CLASS.match(line):
        graph.node(found["name"], found["label"])
        rest = found["rest"].strip()
        if found["opens"] and not rest.endswith("}"):
            open_braces.append((position, "class"))
        return bool(found["opens"]) or not rest
    if found := _RELATION.match(line):
        graph.node(found["source"])
        graph.node(found["target"])
        graph.join([found["source"]], [found["target"]])
        return True
    if found := _MEMBER.match(line) or _ANNOTATION.match(line):
        graph.node(found["name"])
        return True
    return bool(_CLASS_REMARK.match(line))
