"""Mermaid diagrams, as far as a reader needs them: do they parse, and what is joined to what?

An own grammar for flowcharts, sequence and class diagrams. It follows Mermaid 11, except that an edge must end on
the line it begins on. Other kinds are recognised by their header and not looked into.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from scaffolder.check.diagrams import mermaid_flow, mermaid_lines
from scaffolder.check.diagrams.mermaid_graph import Graph, Problem

OTHER_KINDS = frozenset(
    [
        "stateDiagram",
        "stateDiagram-v2",
        "erDiagram",
        "C4Context",
        "C4Container",
        "C4Component",
        "C4Dynamic",
        "C4Deployment",
        "block",
        "block-beta",
        "architecture-beta",
        "mindmap",
        "gantt",
        "journey",
        "pie",
        "gitGraph",
        "timeline",
        "quadrantChart",
        "requirementDiagram",
        "sankey-beta",
        "xychart-beta",
        "kanban",
        "packet-beta",
    ]
)
MOST_CHARACTERS = 50_000  # Mermaid's own limit

_FRONT_MATTER = re.compile(r"\s*---[ \t]*(?=\n)")
_DIRECTIVE = re.compile(r"%%\{")
_DESCRIPTION = re.compile(r"accDescr[ \t]*\{")
_LINE_REMARK = re.compile(r"^[ \t]*(?:%%|accTitle[ \t]*:|accDescr[ \t]*:).*$", re.MULTILINE)
_WORD = re.compile(r"\s*([\w-]+)")


@dataclass(frozen=True)
class Diagram:
    """`line` is that of the fence's first line of content; problems carry lines of the document."""

    kind: str
    line: int = 1
    nodes: frozenset[str] = frozenset()
    edges: tuple[tuple[str, str], ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    understood: bool = True  # False: a kind that this grammar does not look into

    @property
    def shape(self) -> tuple[frozenset[str], frozenset[tuple[str, str]], frozenset[str]]:
        """What makes two diagrams say the same, whatever their layout, comments and colours."""
        return self.nodes, frozenset(self.edges), frozenset(self.labels.values())


def parse(text: str, line: int = 1) -> Diagram:
    """The diagram in `text`, whose first line is number `line` of its document. Never raises."""
    if len(text) > MOST_CHARACTERS:
        return Diagram("", line, problems=(Problem(line, f"longer than {MOST_CHARACTERS} characters"),))
    body = _without_remarks(text)
    found = _WORD.match(body)
    kind = found[1] if found else ""
    if kind in OTHER_KINDS:
        return Diagram(kind, line, understood=False)
    graph = Graph(first_line=line)
    if kind in ("flowchart", "graph", "flowchart-elk"):
        mermaid_flow.read(body, graph)
    elif kind == "sequenceDiagram":
        mermaid_lines.read_sequence(body, graph)
    elif kind in ("classDiagram", "classDiagram-v2"):
        mermaid_lines.read_classes(body, graph)
    else:
        graph.problem(0, body, f"no diagram begins with {kind!r}" if kind else "the diagram is empty")
    return Diagram(kind, line, frozenset(graph.labels), tuple(graph.edges), graph.labels, tuple(graph.problems))


def _without_remarks(text: str) -> str:
    """Without front matter, directives, comments and accessible titles; the lines stay where they are."""
    if front := _FRONT_MATTER.match(text):
        text = _blank(text, front, "\n---")
    for opening, closing in ((_DIRECTIVE, "}%%"), (_DESCRIPTION, "}")):
        while found := opening.search(text):
            shorter = _blank(text, found, closing)
            if shorter == text:  # never closed
                break
            text = shorter
    return _LINE_REMARK.sub("", text)


def _blank(text: str, opening: re.Match[str], closing: str) -> str:
    """Without what stands from `opening` to `closing`, save its line ends."""
    end = text.find(closing, opening.end())
    if end < 0:
        return text
    end += len(closing)
    return text[: opening.start()] + "\n" * text.count("\n", opening.start(), end) + text[end:]
