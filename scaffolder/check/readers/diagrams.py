"""Diagrams that are drawn in blocks of code."""

from __future__ import annotations

from scaffolder.check.readers.markdown_blocks import Block

_DRAWN = frozenset(("mermaid", "plantuml", "puml", "uml", "dot", "graphviz", "d2", "blockdiag"))
_PLAIN = frozenset(("", "text", "txt", "ascii", "plaintext"))


def drawn(fence: Block) -> str:
    """The kind of diagram that a block of code draws, such as "a Mermaid diagram"; "" if it draws none."""
    if fence.language in _DRAWN or fence.text.lstrip().startswith("@startuml"):
        return f"a diagram in {fence.language.title() or 'PlantUML'}"
    lines = fence.text.split("\n")
    is_tree = 3 * sum("├──" in line or "└──" in line for line in lines) > len(lines)
    steps = sum(line.strip() in ("↓", "▼") for line in lines)
    boxes = sum(fence.text.count(corner) for corner in ("┌", "╔", "╭", "+--"))
    falls = sum(line.strip() in ("↓", "▼", "v", "V", "|", "│", "||") for line in lines)
    flows = sum(fence.text.count(arrow) for arrow in (" → ", " --> ", "──> ", "──►", "──▶", " -> ", " => ", "] --"))
    is_drawn = boxes > 1 or falls > 1 or (flows > 1 and 2 * flows >= len(lines) - 1)
    is_diagram = is_drawn and (steps > 1 or not is_tree)
    return "a diagram drawn with characters" if fence.language in _PLAIN and is_diagram else ""
