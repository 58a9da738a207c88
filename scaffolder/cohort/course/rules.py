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
