"""Mermaid flowcharts: `flowchart LR`, nodes in any shape, chained and labelled edges, subgraphs."""

from __future__ import annotations

import re

from scaffolder.check.diagrams.mermaid_graph import Graph

_HEADER = re.compile(r"\s*(?:flowchart-elk|flowchart|graph)(?:[ \t]+(?:TB|TD|BT|RL|LR|[<>^v]))?[ \t]*(?=[;\n]|$)")
_BLANK = re.compile(r"[ \t]*")
_BETWEEN = re.compile(r"[\s;]*")
_END_OF_STATEMENT = re.compile(r"[ \t]*(?:[;\n]|$)")
_REST = re.compile(r"[^\n;]*")
_SUBGRAPH = re.compile(r"subgraph(?=[\s;]|$)[^\n;]*")
_SUBGRAPH_END = re.compile(r"end[ \t]*(?=[;\n]|$)")
_STYLING = re.compile(r"(?:classDef|class|style|linkStyle|click|direction)[ \t]+\S[^\n]*")
_NAME = re.compile(r"(?:[^\W]|[.!#$%'*+?/\\]|-(?![->.])|=(?!=))+")
_ATTRIBUTES = re.compile(r"@\{[^{}]*\}")
_LABEL_ATTRIBUTE = re.compile(r"label:[ \t]*\"([^\"]*)\"|label:[ \t]*([^,\n}]+)")
_CLASS = re.compile(r":::[\w-]+")
_LINK_NAME = re.compile(r"[\w-]+@(?=[xo<]?(?:--|==|-\.|~~~))")
_LINK = re.compile(r"[xo<]?--+[-xo>]|[xo<]?==+[=xo>]|[xo<]?-\.+-[xo>]?|~~~+")
_LINK_TEXT = re.compile(
    r"[xo<]?(?:--(?P<plain>[^\n\-]+?)--+[-xo>]"
    r"|==(?P<thick>[^\n=]+?)==+[=xo>]"
    r"|-\.(?P<dotted>[^\n.]+?)\.+-[xo>]?)"
)
_PIPED = re.compile(r"\|\"[^\"]*\"\||\|[^|\n]*\|")
_SHAPE_TEXT = r"(?P<text>[ \t]*\"[^\"]*\"[ \t]*|[^()\[\]{}\"\n]*)"

_SHAPES = tuple(
    re.compile(re.escape(opening) + _SHAPE_TEXT + closing)
    for opening, closing in (
        ("(((", r"\)\)\)"),
        ("((", r"\)\)"),
        ("([", r"\]\)"),
        ("(", r"\)"),
        ("[[", r"\]\]"),
        ("[(", r"\)\]"),
        ("[/", r"[/\\]\]"),
        ("[\\", r"[/\\]\]"),
        ("[", r"\]"),
        ("{{", r"\}\}"),
        ("{", r"\}"),
        (">", r"\]"),
    )
)


def read(text: str, graph: Graph) -> None:
    """Fill `graph` from the flowchart in `text`."""
    header = _HEADER.match(text)
    if header is None:
        graph.problem(0, text, "the first line must be `flowchart` and a direction: TB, TD, BT, RL or LR")
        return
    _Reader(text, graph).read(header.end())


class _Reader:
    def __init__(self, text: str, graph: Graph) -> None:
        self.text = text
        self.graph = graph
        self.open: list[int] = []  # where each open subgraph begins

    def read(self, position: int) -> None:
        position = self._match(_BETWEEN, position)
        while position < len(self.text):
            position = self._statement(position)
            position = self._match(_BETWEEN, position)
        for start in self.open:
            self.graph.problem(start, self.text, "this subgraph has no `end`")

    def _match(self, pattern: re.Pattern[str], position: int) -> int:
        found = pattern.match(self.text, position)
        return found.end() if found else position

    def _statement(self, position: int) -> int:
        """Read one statement; an error costs the rest of its line. Returns where the next may begin."""
        if _SUBGRAPH.match(self.text, position):
            self.open.append(position)
            return self._match(_SUBGRAPH, position)
        if _SUBGRAPH_END.match(self.text, position):
            if not self.open:
                self.graph.problem(position, self.text, "`end` without a subgraph")
            else:
                self.open.pop()
            return self._match(_SUBGRAPH_END, position)
        if styled := _STYLING.match(self.text, position):
            return styled.end()
        return self._chain(position)

    def _chain(self, position: int) -> int:
        """Read `A & B -->|label| C --> D`."""
        sources, position = self._group(position)
        if not sources:
            return self._wrong(position, "expected a node")
        while True:
            position = self._match(_BLANK, position)
            if _END_OF_STATEMENT.match(self.text, position):
                return position
            after = self._link(position)
            if after is None:
                return self._wrong(position, "expected an edge such as `-->` or the end of the line")
            targets, position = self._group(self._match(_BLANK, after))
            if not targets:
                return self._wrong(position, "this edge has no target")
            self.graph.join(sources, targets)
            sources = targets

    def _group(self, position: int) -> tuple[list[str], int]:
        names: list[str] = []
        while node := self._node(position):
            name, position = node
            names.append(name)
            after = self._match(_BLANK, position)
            if not self.text.startswith("&", after):
                return names, position
            position = self._match(_BLANK, after + 1)
        return [], position

    def _node(self, position: int) -> tuple[str, int] | None:
        found = _NAME.match(self.text, position)
        if found is None or found[0] == "end":
            return None
        name, position, label = found[0], found.end(), None
        if attributes := _ATTRIBUTES.match(self.text, position):
            position = attributes.end()
            if given := _LABEL_ATTRIBUTE.search(attributes[0]):
                label = given[1] or given[2]
        elif shape := self._shape(position):
            label, position = shape["text"].strip().strip('"'), shape.end()
        self.graph.node(name, label)
        return name, self._match(_CLASS, position)

    def _shape(self, position: int) -> re.Match[str] | None:
        if self.text[position : position + 1] not in tuple("([{>"):
            return None
        return next((found for shape in _SHAPES if (found := shape.match(self.text, position))), None)

    def _link(self, position: int) -> int | None:
        position = self._match(_LINK_NAME, position)
        if found := _LINK.match(self.text, position):
            return self._match(_PIPED, self._match(_BLANK, found.end()))
        found = _LINK_TEXT.match(self.text, position)
        return found.end() if found else None

    def _wrong(self, position: int, message: str) -> int:
        rest = _REST.match(self.text, position)
        seen = rest[0].strip() if rest else ""
        self.graph.problem(position, self.text, f"{message}, found {seen[:30]!r}" if seen else message)
        return max(rest.end() if rest else position, position)
