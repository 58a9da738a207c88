"""The repositories that `scaffolder check` is asked about: folders, Git addresses, and a file that lists them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from scaffolder.check import examine, remote
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


def gathered(
    places: Sequence[str], only: Sequence[str], skip: Sequence[str], *, online: bool
) -> tuple[list[Report], UncheckedError | None]:
    """The reports of all places that could be checked, and the error about the others; raised if there is no report."""
    examine.known(*only, *skip)
    reports, failures = list[Report](), list[tuple[str, ScaffolderError]]()
    for place in places:
        try:
            reports.append(_report(place, only, skip, online=online))
        except ScaffolderError as error:
            if len(places) == 1:
                raise
            failures.append((place, error))
    unchecked = UncheckedError(len(places), failures) if failures else None
    if unchecked and not reports:
        raise unchecked
    return reports, unchecked


def _report(place: str, only: Sequence[str], skip: Sequence[str], *, online: bool) -> Report:
    address = remote.address(place) if ":" in place else None
    if address is None:
        return examine.check(Path(place), only=only, skip=skip, online=online)
    with remote.opened(address, online=online) as repo:
        return examine.examine(repo, address.name, str(address), only=only, skip=skip)
