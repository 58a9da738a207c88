"""A badge for a README: an SVG image with the level of a report, which needs nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import fsum

from scaffolder.errors import one_line
from scaffolder.pages.words import standing
from scaffolder.results.finding import Level
from scaffolder.results.report import Report

_LABEL = "portfolio level"
_COLOURS = {Level.BUILDER: "#1f6391", Level.DEPLOYER: "#1a6e4a", Level.OPERATOR: "#66449c", None: "#5b6470"}
_NARROW, _WIDE = set("fijlrt1I.,:;'|()[]! "), set("mwMW%@")

_SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}: {said}">
<title>{title}</title>
<clipPath id="r"><rect width="{width}" height="20" rx="4"/></clipPath>
<g clip-path="url(#r)">
<path fill="#2f363d" d="M0 0h{left}v20H0z"/>
<path fill="{colour}" d="M{left} 0h{right}v20H{left}z"/>
</g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">
<text x="7" y="14" textLength="{label_length}">{label}</text>
<text x="{start}" y="14" textLength="{said_length}">{said}</text>
</g>
</svg>
"""


def page(reports: Sequence[Report]) -> str:
    """The badge of the first report; its title is shown to who points at it."""
    report = reports[0]
    label_length, said_length = _length(_LABEL), _length(report.label)
    left, right = label_length + 14, said_length + 14
    return _SVG.format(
        label=_LABEL,
        said=report.label,
        title=escape(one_line(f"{report.name}: {standing(report)}")),
        colour=_COLOURS[report.level],
        width=left + right,
        left=left,
        right=right,
        start=left + 7,
        label_length=label_length,
        said_length=said_length,
    )


def _length(text: str) -> int:
    """The approximate width of `text` in pixels, which `textLength` then forces on every font.

    `sum` would give another last digit before Python 3.12.
    """
    return round(fsum(3.7 if c in _NARROW else 10 if c in _WIDE else 6.7 for c in text))
