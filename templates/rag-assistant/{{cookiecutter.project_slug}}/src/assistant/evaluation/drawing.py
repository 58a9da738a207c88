"""A few marks on an SVG: the same bytes for the same numbers, readable on light and on dark pages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as Xml

from ..reporting.metrics import write_text

WIDTH = 760
LINE = 26  # height of a row of labels
LETTER, BOLD = 7.1, 7.4  # mean width of a letter at the font size

Point = tuple[float, float]

# Okabe and Ito's colours, told apart by colour-blind readers too. The background changes with the text, so
# that a page whose theme is not the system's shows no dark text on dark.
LIGHT = {
    "page": "#ffffff",
    "ink": "#1f2328",
    "muted": "#59636e",
    "grid": "#d8dee4",
    "blue": "#0072b2",
    "orange": "#d55e00",
    "green": "#00795a",
}
DARK = {
    "page": "#0d1117",
    "ink": "#e6edf3",
    "muted": "#9da7b3",
    "grid": "#30363d",
    "blue": "#56b4e9",
    "orange": "#f0a202",
    "green": "#33c99b",
}
FONT = "13px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"


@dataclass(frozen=True)
class Scale:
    """Maps numbers from `low` to `high` to pixels from `start` to `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self, about: int = 6) -> list[float]:
        """Round numbers within the scale."""
        rough = (self.high - self.low) / about
        power = 10.0 ** math.floor(math.log10(rough))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(index * step, 10) for index in range(first, last + 1)]


class Drawing:
    """An SVG under construction; classes of elements are the names of colours."""

    def __init__(self, height: float, title: str, description: str, width: float = WIDTH) -> None:
        self.width, self.height = width, height
        self.root = Xml.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "viewBox": f"0 0 {width:g} {height:g}",
                "width": f"{width:g}",
                "height": f"{height:g}",
                "role": "img",
                "aria-labelledby": "title description",
            },
        )
        for tag, text in (("title", title), ("desc", description)):
            self.add(tag, text, id="description" if tag == "desc" else tag)
        self.add("style", _style())
        self.add("rect", kind="page", width=width, height=height, rx=8)

    def add(self, tag: str, text: str | None = None, kind: str | None = None, **attributes: float | str) -> None:
        """An element; `_` in the name of an attribute stands for `-`."""
        named = {name.replace("_", "-"): _written(value) for name, value in attributes.items()}
        element = Xml.SubElement(self.root, tag, ({"class": kind} if kind else {}) | named)
        element.text = text

    def text(self, at: Point, text: str, kind: str = "ink", anchor: str = "start", **attributes: str) -> None:
        self.add("text", text, kind, x=at[0], y=at[1], text_anchor=anchor, **attributes)

    def line(self, start: Point, end: Point, kind: str, **attributes: float | str) -> None:
        self.add("line", None, kind, x1=start[0], y1=start[1], x2=end[0], y2=end[1], **attributes)

    def dot(self, at: Point, kind: str, radius: float = 5, **attributes: float | str) -> None:
        self.add("circle", None, kind, cx=at[0], cy=at[1], r=radius, **attributes)

    def curve(self, points: Iterable[Point], kind: str, **attributes: float | str) -> None:
        listed = " ".join(f"{_written(x)},{_written(y)}" for x, y in points)
        self.add("polyline", None, f"{kind} curve", points=listed, **attributes)

    def interval(self, y: float, low: float, value: float, high: float, kind: str) -> None:
        """A point with its whiskers, in pixels."""
        self.line((low, y), (high, y), kind, stroke_width=2.5)
        for end in (low, high):
            self.line((end, y - 4), (end, y + 4), kind, stroke_width=1.5)
        self.dot((value, y), kind, 5.5)

    def x_axis(self, scale: Scale, top: float, bottom: float, label: str, form: str = "g") -> None:
        """Vertical grid lines with their numbers below, and what they are."""
        for tick in scale.ticks():
            self.line((scale(tick), top), (scale(tick), bottom), "grid")
            self.text((scale(tick), bottom + 18), format(tick, form), "muted", "middle")
        self.text(((scale.start + scale.end) / 2, bottom + 40), label, "ink", "middle")

    def y_axis(self, scale: Scale, left: float, right: float, form: str = "g") -> None:
        """Horizontal grid lines with their numbers at the left."""
        for tick in scale.ticks(5):
            self.line((left, scale(tick)), (right, scale(tick)), "grid")
            self.text((left - 8, scale(tick) + 4), format(tick, form), "muted", "end")

    def legend(self, at: Point, entries: Sequence[tuple[str, str]]) -> None:
        """Colours and what they stand for, in one line from the left."""
        x, y = at
        for kind, text in entries:
            self.dot((x + 5, y - 4), kind)
            self.text((x + 16, y), text)
            x += 34 + LETTER * len(text)

    def save(self, path: Path) -> Path:
        Xml.indent(self.root, " ")
        write_text(path, Xml.tostring(self.root, encoding="unicode") + "\n")
        return path


def _written(value: float | str) -> str:
    return value if isinstance(value, str) else f"{round(value, 2):g}"


def _style() -> str:
    """Each colour as a class: a fill, and a stroke where there is no area."""
    still = [
        f"text {_braced(f'font: {FONT}')}",
        f"polyline.curve {_braced('fill: none; stroke-width: 2.5; stroke-linejoin: round')}",
        f".title {_braced('font-weight: 600; font-size: 15px')}",
        f".strong {_braced('font-weight: 600')}",
    ]
    dark = " ".join(_colours(DARK))
    return "\n".join(["", *_colours(LIGHT), *still, f"@media (prefers-color-scheme: dark) {_braced(dark)}", ""])


def _colours(colours: dict[str, str]) -> list[str]:
    filled = (f".{name} {_braced(f'fill: {colour}; stroke: {colour}')}" for name, colour in colours.items())
    return [*filled, f"text[x] {_braced('stroke: none')}"]


def _braced(content: str) -> str:
    return "{ " + content + " }"
