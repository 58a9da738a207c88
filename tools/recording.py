"""Record what commands print in a terminal, as an animated drawing that needs no script and no font of its own."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from html import escape
from itertools import accumulate
from pathlib import Path

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from rich.terminal_theme import MONOKAI
from rich.text import Text

COLUMNS, ROWS = 84, 18
CELL, LINE, EDGE = 8.4, 19, 14  # pixels; a character of a monospaced font of 14 pixels is 8.4 wide
AFTER_COMMAND, BETWEEN_LINES, AFTER_OUTPUT = 0.6, 0.035, 1.0  # seconds; together less than 5, as it cannot be stopped
BACKGROUND, INK = "#1b1f24", "#e6e9ec"

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-label="{label}">
<style>
text {{ font: 14px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: {ink}; white-space: pre }}
.line {{ visibility: hidden; animation: show 1ms forwards }}
@keyframes show {{ to {{ visibility: visible }} }}
.lines {{ transform: translateY(-{end}px); animation: scroll {seconds:.2f}s step-end }}
@keyframes scroll {{ {steps} }}
@media (prefers-reduced-motion) {{ .line {{ visibility: visible }} .line, .lines {{ animation: none }} }}
</style>
<rect width="{width}" height="{height}" rx="8" fill="{background}"/>
<svg x="{edge}" y="{edge}" width="{inner}" height="{visible}"><g class="lines">
{lines}
</g></svg>
</svg>
"""


def recorded(commands: Sequence[Sequence[str]], folder: Path) -> str:
    """Run the commands in `folder`, each after the other; returns the drawing."""
    lines: list[Sequence[Segment]] = []
    pauses: list[float] = []
    for command in commands:
        shown = [[Segment(f"$ {' '.join(command)}", Style(bold=True))], *_lines(_printed(command, folder)), []]
        lines += shown
        pauses += [AFTER_COMMAND, *[BETWEEN_LINES] * (len(shown) - 2), AFTER_OUTPUT]
    return _drawing(lines, [0.0, *accumulate(pauses)], " and ".join(" ".join(command) for command in commands))


def _printed(command: Sequence[str], folder: Path) -> str:
    """The output of one of our commands in a terminal; raises `CalledProcessError` if it fails."""
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (ROWS, COLUMNS))
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS)}
    program = [sys.executable, "-m", *command]
    with subprocess.Popen(program, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs) as process:
        os.close(theirs)
        output = b"".join(iter(lambda: _some(ours), b""))
    os.close(ours)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command, output)
    return output.decode().replace("\r\n", "\n")


def _some(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # on Linux, the other end is closed
        return b""


def _lines(output: str) -> Iterator[Sequence[Segment]]:
    console = Console(width=COLUMNS, color_system="truecolor", force_terminal=True)
    yield from console.render_lines(Text.from_ansi(output), pad=False)


def _drawing(lines: Sequence[Sequence[Segment]], times: Sequence[float], label: str) -> str:
    hidden = [max(0, number + 1 - ROWS) * LINE for number in range(len(lines))]
    seconds = times[len(lines) - 1] or 1
    inner = COLUMNS * CELL
    return _SVG.format(
        width=inner + 2 * EDGE,
        height=ROWS * LINE + 2 * EDGE,
        inner=inner,
        visible=ROWS * LINE,
        edge=EDGE,
        label=escape(f"A terminal: {label}"),
        ink=INK,
        background=BACKGROUND,
        end=hidden[-1],
        seconds=seconds,
        steps=" ".join(
            f"{100 * at / seconds:.3f}% {{ transform: translateY(-{pixels}px) }}"
            for at, pixels in zip(times, hidden, strict=False)
        ),
        lines="\n".join(
            f'<text class="line" y="{number * LINE + 14}" style="animation-delay: {at:.2f}s">{_spans(line)}</text>'
            for number, (line, at) in enumerate(zip(lines, times, strict=False))
            if line
        ),
    )


def _spans(line: Sequence[Segment]) -> str:
    at, spans = 0, []
    for segment in line:
        spans.append(f'<tspan x="{at * CELL:.1f}"{_look(segment.style)}>{escape(segment.text)}</tspan>')
        at += segment.cell_length
    return "".join(spans)


def _look(style: Style | None) -> str:
    if style is None:
        return ""
    colour = f' fill="{style.color.get_truecolor(MONOKAI).hex}"' if style.color else ""
    bold = ' font-weight="bold"' if style.bold else ""
    return f"{colour}{bold}" + (' fill-opacity=".7"' if style.dim else "")
