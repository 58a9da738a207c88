"""The rules for the ids, addresses, dates and remotes of a course, and all problems with a file, reported at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from string import Formatter
from typing import NamedTuple, NoReturn

from scaffolder import tree
from scaffolder.errors import ScaffolderError, one_line, shown

Rule = Callable[[str], str | None]
"""Why a text breaks the rule, such as 'is empty'; None if it does not."""

FORMULA = frozenset("=+-@＝＋－＠")  # characters that begin a formula in a spreadsheet
FIELDS = ("student", "project", "username", "group")
_MOST_ID, _MOST_TEXT, _MOST_REMOTE = 60, 200, 500  # characters
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
_USERNAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,98}")
_SHORTENED = re.compile(r"\d[.,]\d{1,20}E\+?\d{1,3}")  # 4711000000012 as a narrow column of Excel saves it: 4.711E+12
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII | re.IGNORECASE
)
_HOST = re.compile(r"(?:\w[\w.-]*|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?")
_SCP = re.compile(r"\w[\w.-]*@\w[\w.-]*:(?!-)\S+")
_DRIVE = re.compile(r"[A-Za-z]:[/\\]\S+")
_LOOPBACK = re.compile(r"(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?")
_TOKENS = ("ghp_", "gho_", "github_pat_", "glpat-")


def fold(text: str) -> str:
    """`text` for comparing names: without case, spaces, underscores, hyphens and variants of letters in Unicode."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'")
    return "".join(c for c in plain if not c.isspace() and c not in "_-\ufeff")


def _first(*rules: tuple[object, str]) -> str | None:
    """The message of the first rule that is broken, by (whether it is broken, message); None if none is."""
    return next((message for broken, message in rules if broken), None)


def id_problem(text: str) -> str | None:
    """Why a student or project cannot be called `text`, such as 'is empty'; None if it can."""
    unsafe = tree.name_problem(text) if text else None
    return _first(
        (not text, "is empty"),
        ("/" in text or "\\" in text or text in (".", ".."), "is a path, not a name"),
        (not text.isprintable(), "contains a character that cannot be seen"),
        (text[:1] in FORMULA, "begins like a formula"),
        (_SHORTENED.fullmatch(text), "is a number that a spreadsheet has shortened: format the column as text"),
        (unsafe, unsafe or ""),
        (len(text) > _MOST_ID, f"is longer than {_MOST_ID} characters"),
        (
            not _ID.fullmatch(text),
            "may have only the letters a to z, digits, '.', '_' and '-', and may not begin with '.'",
        ),
        (text.casefold().endswith((".git", ".lock")), "ends like a name of Git's own"),
    )


def text_problem(text: str) -> str | None:
    """Why `text` cannot be the name of a person or group; None if it can. Joiners, which scripts need, are fine."""
    seen = text.replace("\u200c", "").replace("\u200d", "").isprintable()
    return _first(
        (len(text) > _MOST_TEXT, f"is longer than {_MOST_TEXT} characters"),
        (not seen, "contains a character that cannot be seen"),
    )


def username_problem(text: str) -> str | None:
    """Why `text` cannot be a user name on a forge; None if it can."""
    return None if _USERNAME.fullmatch(text) else "is not a user name: it may have letters, digits, '-', '.' and '_'"


def due(text: str) -> str:
    """The time in `text`, in UTC: 2026-12-01T23:59:59Z for 2026-12-01; raises `ValueError` if it is not a time."""
    moment = _MOMENT.fullmatch(text)
    if not moment and not _DAY.fullmatch(text):
        raise ValueError("is not a date: write 2026-12-01, or 2026-12-01T18:00+01:00")
    if moment and not moment[1]:
        raise ValueError(f"has no time zone: write {text}Z for UTC, or {text}+01:00")
    try:
        found = datetime.fromisoformat(text.upper() if moment else f"{text}T23:59:59Z").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is not a date of the calendar") from None
    if not 2000 <= found.year < 2100:
        raise ValueError("is not a date of this century")
    return found.strftime("%Y-%m-%dT%H:%M:%SZ")


def remote_problem(pattern: str, projects: int = 1) -> str | None:
    """Why `pattern` does not suit the remotes of a course with so many projects; None if it does."""
    try:
        parts = list(Formatter().parse(pattern))
    except ValueError:
        return "has a brace without its partner"
    known = " ".join(f"{{{name}}}" for name in FIELDS)
    fields = {name for _, name, _, _ in parts}
    odd = any("{" in text or "}" in text or form or conversion for text, _, form, conversion in parts)
    alike = "gives all {} the same repository: write {} in it"
    return _first(
        (odd or fields - {None, *FIELDS}, f"has something else in braces than one of {known}"),
        (not fields & {"student", "username"}, alike.format("students", "{student} or {username}")),
        (projects > 1 and "project" not in fields, alike.format("projects of a student", "{project}")),
    ) or address_problem(pattern)


def address_problem(address: str) -> str | None:
    """Why nothing can be pushed to `address`, or to what a pattern makes; None if it can."""
    scheme, colon, rest = address.partition("://")
    wrong = _url_problem(scheme.lower(), rest.partition("/")[0]) if colon else None
    plain = address.startswith("/") or _SCP.fullmatch(address) or _DRIVE.fullmatch(address)
    forms = "use https://, ssh://, file:///, git@host:path or an absolute path"
    return _first(
        (len(address) > _MOST_REMOTE, f"is longer than {_MOST_REMOTE} characters"),
        (not address.isprintable() or " " in address, "contains a space, or a character that cannot be seen"),
        ("::" in scheme or address.startswith("-"), f"would run a program: {forms}"),
        (".." in address.replace("\\", "/").split("/"), "leads out of a folder with '..'"),
        (wrong, wrong or ""),
        (not colon and not plain, f"is not an address: {forms}"),
    )


def _url_problem(scheme: str, authority: str) -> str | None:
    user, _, host = authority.rpartition("@")
    secret = ":" in user or user.startswith(_TOKENS) or len(user) > 39
    several = not _HOST.fullmatch(host) or user.startswith("-") or "{" in user
    return _first(
        (
            scheme not in ("https", "http", "ssh", "file"),
            f"begins with {shown(scheme)}: use https://, ssh:// or file:///",
        ),
        (secret, "contains a password, which others would read: leave it out and use a credential helper of Git"),
        (scheme == "file" and authority, "has a host: write file:/// and an absolute path"),
        (scheme != "file" and several, f"has no host that is the same for all: {shown(authority)}"),
        (scheme == "http" and not _LOOPBACK.fullmatch(host), "would send passwords in the open: use https://"),
    )


def without_password(address: str) -> str:
    """`address` without what stands before its host: it may be a password."""
    return re.sub(r"(?<=://)[^/@]*@", "…@", address[: 2 * _MOST_REMOTE])


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
