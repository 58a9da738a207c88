"""What the Mermaid grammars fill in."""

from __future__ import annotations

from dataclasses import dataclass, field

MOST_EDGES = 2_000  # `A & B & ... --> C & D & ...` multiplies
MOST_PROBLEMS = 5


@dataclass(frozen=True)
class Problem:
    """What is wrong, and on which line of the document."""

    line: int
    message: str


@dataclass
class Graph:
    """Nodes, edges and problems, as a grammar finds them."""

    first_line: int = 1
    labels: dict[str, str] = field(default_factory=dict)  # of each node; its own name where it has none
    edges: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def node(self, name: str, label: str | None = None) -> None:
        """Note a node; a label given later than the first mention counts."""
        if label is not None:
            self.labels[name] = " ".join(label.split())
        else:
            self.labels.setdefault(name, name)

    def join(self, sources: list[str], targets: list[str]) -> None:
        """Note an edge from each source to each target."""
        room = MOST_EDGES - len(self.edges)
        pairs = ((source, target) for source in sources for target in targets)
        self.edges += [pair for pair, _ in zip(pairs, range(room), strict=False)]

    def problem(self, position: int, text: str, message: str) -> None:
        """Note what is wrong at `position` of `text`."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(self.first_line + text.count("\n", 0, position), message))
