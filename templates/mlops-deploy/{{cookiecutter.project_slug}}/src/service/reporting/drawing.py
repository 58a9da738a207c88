"""How the figures of the documents look. As SVG, the same numbers give the same bytes."""

import matplotlib as mpl
from matplotlib.figure import Figure

from .sections import FIGURES

BLUE, ORANGE, GREY = "#0072B2", "#D55E00", "#777777"  # of Okabe and Ito: colour-blind readers can tell them apart

# A decorator of what draws figures and saves them.
styled = mpl.rc_context(
    {
        "figure.constrained_layout.use": True,
        "figure.facecolor": "white",
        "font.size": 10,
        "axes.grid": True,
        "axes.prop_cycle": f"cycler(color={[BLUE, ORANGE, GREY]})",
        "axes.axisbelow": True,
        "axes.spines.right": False,
        "axes.spines.top": False,
        "grid.color": "#dddddd",
        "legend.frameon": False,
        "legend.fontsize": 9,
        "text.parse_math": False,  # a column may have a dollar sign in its name
        "svg.fonttype": "path",  # looks the same whatever fonts are installed
        "svg.hashsalt": "service",  # the same identifiers in every run
    }
)


def save(name: str, figure: Figure) -> None:
    FIGURES.mkdir(parents=True, exist_ok=True)
    figure.savefig(FIGURES / f"{name}.svg", format="svg", metadata={"Date": None, "Creator": None})
