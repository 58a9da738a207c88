"""The rules for the ids, addresses, dates and remotes of a course; each says why a value breaks it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from string import Formatter

from scaffolder import tree
from scaffolder.errors import shown

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


def id_problem(text: str) -> str | None:
    """Why a student or project cannot be called `text`, such as 'is empty'; None if it can."""
    if not text:
        return "is empty"
    if "/" in text or "\\" in text or text in (".", ".."):
        return "is a path, not a name"
    if not text.isprintable():
        return "contains a character that cannot be seen"
    if text[0] in FORMULA:
        return "begins like a formula"
    if _SHORTENED.fullmatch(text):
        return "is a number that a spreadsheet has shortened: format the column as text"
    if problem := tree.name_problem(text):
        return problem
    if len(text) > _MOST_ID:
        return f"is longer than {_MOST_ID} characters"
    if not _ID.fullmatch(text):
        return "may have only the letters a to z, digits, '.', '_' and '-', and may not begin with '.'"
    if text.casefold().endswith((".git", ".lock")):
        return "ends like a name of Git's own"
    return None


def text_problem(text: str) -> str | None:
    """Why `text` cannot be the name of a person or group; None if it can. Joiners, which scripts need, are fine."""
    if len(text) > _MOST_TEXT:
        return f"is longer than {_MOST_TEXT} characters"
    if not text.replace("\u200c", "").replace("\u200d", "").isprintable():
        return "contains a character that cannot be seen"
    return None


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
    for text, name, form, conversion in parts:
        if "{" in text or "}" in text or form or conversion or name not in (None, *FIELDS):
            return f"has something else in braces than one of {known}"
    fields = {name for _, name, _, _ in parts}
    if not fields & {"student", "username"}:
        return "gives all students the same repository: write {student} or {username} in it"
    if projects > 1 and "project" not in fields:
        return "gives all projects of a student the same repository: write {project} in it"
    return address_problem(pattern)


def address_problem(address: str) -> str | None:
    """Why nothing can be pushed to `address`, or to what a pattern makes; None if it can."""
    if len(address) > _MOST_REMOTE:
        return f"is longer than {_MOST_REMOTE} characters"
    if not address.isprintable() or " " in address:
        return "contains a space, or a character that cannot be seen"
    if "::" in address.partition("://")[0] or address.startswith("-"):
        return "would run a program: use https://, ssh://, file:///, git@host:path or an absolute path"
    if ".." in address.replace("\\", "/").split("/"):
        return "leads out of a folder with '..'"
    scheme, colon, rest = address.partition("://")
    if colon:
        return _url_problem(scheme.lower(), rest.partition("/")[0])
    if address.startswith("/") or _SCP.fullmatch(address) or _DRIVE.fullmatch(address):
        return None
    return "is not an address: use https://, ssh://, file:///, git@host:path or an absolute path"


def _url_problem(scheme: str, authority: str) -> str | None:
    user, _, host = authority.rpartition("@")
    if scheme not in ("https", "http", "ssh", "file"):
        return f"begins with {shown(scheme)}: use https://, ssh:// or file:///"
    if ":" in user or user.startswith(_TOKENS) or len(user) > 39:
        return "contains a password, which others would read: leave it out and use a credential helper of Git"
    if scheme == "file":
        return "has a host: write file:/// and an absolute path" if authority else None
    if not _HOST.fullmatch(host) or user.startswith("-") or "{" in user:
        return f"has no host that is the same for all: {shown(authority)}"
    if scheme == "http" and not _LOOPBACK.fullmatch(host):
        return "would send passwords in the open: use https://"
    return None


def without_password(address: str) -> str:
    """`address` without what stands before its host: it may be a password."""
    return re.sub(r"(?<=://)[^/@]*@", "…@", address[: 2 * _MOST_REMOTE])
