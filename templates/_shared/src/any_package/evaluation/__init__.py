"""Evidence, scores and tests: how good a system is, and whether a difference is real."""
