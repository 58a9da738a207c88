"""Rows with a target, which is a class or a number, to train a model on."""

from scaffolder.adopt.table.adoption import ABOUT, NEEDED, TAKES, adopt, example, fitting

__all__ = ["ABOUT", "NEEDED", "TAKES", "adopt", "example", "fitting"]
