"""Cases of a benchmark: texts with labels, or questions that documents answer."""

from scaffolder.adopt.cases.adoption import ABOUT, NEEDED, adopt, example

__all__ = ["ABOUT", "NEEDED", "adopt", "example"]
