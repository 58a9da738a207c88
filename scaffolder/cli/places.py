"""The repositories that `scaffolder check` is asked about: folders, Git addresses, and a file that lists them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from scaffolder.check import examine
from scaffolder.check.examine import known
from scaffolder.check.remote import Address, address
from scaffolder.errors import ScaffolderError, TargetError, one_line, shown
from scaffolder.results.report import Report

MOST = 500  # places in one list
MOST_BYTES = 1_000_000


class UncheckedError(ScaffolderError):
    """Some of several repositories could not be checked; `details` says why, for each."""

    def __init__(self, whole: int, failures: Sequence[tuple[str, ScaffolderError]]) -> None:
        super().__init__(f"{len(failures)} of {whole} repositories could not be checked:")
        self.code = max(error.code for _, error in failures)
        self.details = tuple(one_line(f"{place}: {error}") for place, error in failures)


def all_of(places: Sequence[str] | None, listed: Path | None) -> list[str]:
    """The places that were typed and those in the file `listed`, or else the working folder."""
    return [*(places or ()), *(_listed(listed) if listed else ())] or ["."]


def _listed(file: Path) -> list[str]:
    """The places in `file`, one a line, without empty lines and those that begin with #.

    Raises `TargetError` if it cannot be read, or names none or too many.
    """
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
        lines = [line.strip() for line in data.decode("utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", "") or "it is not UTF-8 text"
        raise TargetError(f"{shown(file, 200)} cannot be read: {one_line(why)}.") from None
    found = [line for line in lines if line and not line.startswith("#")]
    if len(data) > MOST_BYTES or not 0 < len(found) <= MOST:
        raise TargetError(f"{shown(file, 200)} has to name 1 to {MOST} repositories, one a line.")
    return found


def _address(place: str) -> Address | None:
    """The Git address that a place is; None for a folder, which needs none of what reads commits."""
    if ":" not in place:
        return None

    return address(place)


class Gathered:
    """Checks several repositories, one after the other: one that cannot be checked does not stop the others."""

    def __init__(self, only: Sequence[str], skip: Sequence[str], *, online: bool) -> None:
        self.only, self.skip, self.online = only, skip, online
        self._places = 0
        self._failures: list[tuple[str, ScaffolderError]] = []

    def reports(self, places: Sequence[str]) -> list[Report]:
        """The reports of all places that could be checked; raises an error if there is none."""
        known(*self.only, *self.skip)
        self._places, self._failures = len(places), []
        found = list(self._reports(places))
        if not found:
            self.tell()
        return found

    def tell(self) -> None:
        """Raise `UncheckedError` if there are places that could not be checked."""
        if self._failures:
            raise UncheckedError(self._places, self._failures)

    def _reports(self, places: Sequence[str]) -> Iterator[Report]:
        for place in places:
            try:
                yield self._report(place)
            except ScaffolderError as error:
                if len(places) == 1:
                    raise
                self._failures.append((place, error))

    def _report(self, place: str) -> Report:
        if found := _address(place):
            from scaffolder.check import remote

            with remote.opened(found, online=self.online) as repo:
                return examine.examine(repo, found.name, str(found), only=self.only, skip=self.skip)
        return examine.check(Path(place), only=self.only, skip=self.skip, online=self.online)
