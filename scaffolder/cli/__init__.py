"""The command line: the only room that prints, asks or exits."""

from scaffolder.cli.app import main, run

__all__ = ["main", "run"]
