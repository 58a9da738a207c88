"""The problems of a roster or a course, reported all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, NoReturn

from scaffolder.errors import ScaffolderError, one_line, shown

MOST_SHOWN = 20
_MOST_DETAILS = 50  # lines
_MOST_FOUND = 1_000  # after so many, reading stops


class Problem(NamedTuple):
    """A problem. `row` is counted as in a spreadsheet, 0 for the whole file; `column` is a title or ""."""

    row: int
    column: str
    message: str

    def __str__(self) -> str:
        """Where and what, on one line: "row 3, column 'id': it is empty."."""
        row = f"row {self.row}" if self.row else ""
        column = f"column {shown(self.column, 40)}" if self.column else ""
        place = ", ".join(filter(None, (row, column)))
        return f"{place}: {self.message}" if place else self.message


class ProblemsError(ScaffolderError):
    """The `problems` of `source`, such as "The roster 'a.csv'", in the order of the rows."""

    def __init__(self, source: str, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        count = f" for {len(problems):,} reasons; the first" if len(problems) > 1 else ""
        sentence = f"{source} cannot be used{count}: {problems[0]}"
        super().__init__(sentence if sentence.endswith((".", "?")) else f"{sentence}.")
        self.details = tuple(self.lines(_MOST_DETAILS)) if len(problems) > 1 else ()
        self.json = {"problems": [problem._asdict() for problem in problems]}

    def lines(self, most: int = MOST_SHOWN) -> list[str]:
        """A line for each of the first `most` problems, and one that counts the others, if there are any."""
        others = len(self.problems) - most
        end = [f"and {'at least ' * (len(self.problems) >= _MOST_FOUND)}{others:,} more"] if others > 0 else []
        return [str(problem) for problem in self.problems[:most]] + end


class RosterError(ProblemsError):
    """A roster that cannot be used."""


class CourseError(ProblemsError):
    """A cohort.toml that cannot be used."""


class Problems:
    """Collects the problems of `source`, and raises them as one `error`."""

    def __init__(self, source: str, error: type[ProblemsError]) -> None:
        self._source, self._error = source, error
        self._found: list[Problem] = []

    def add(self, row: int, column: str, message: str) -> None:
        """Note a problem, once; raises the error once there are far too many."""
        problem = Problem(row, column, one_line(message))
        self._found += [problem] if row or problem not in self._found else []
        if len(self._found) >= _MOST_FOUND:
            self.finish()

    def stop(self, row: int, column: str, message: str) -> NoReturn:
        """Note a problem after which nothing more can be read, and raise the error."""
        self.add(row, column, message)
        raise self._raised()

    def finish(self) -> None:
        """Raise the error if there was any problem."""
        if self._found:
            raise self._raised()

    def _raised(self) -> ProblemsError:
        return self._error(self._source, sorted(self._found, key=lambda problem: problem.row))
