"""The command line. Of the whole package, this room alone prints, asks and exits."""

from scaffolder.cli.app import main, run

__all__ = ["main", "run"]
