"""Cases of a benchmark: texts with labels, or questions that documents answer."""

from scaffolder.adopt.cases.adoption import ABOUT, NEEDED, TAKES, adopt, example

__all__ = ["ABOUT", "NEEDED", "TAKES", "adopt", "example"]
