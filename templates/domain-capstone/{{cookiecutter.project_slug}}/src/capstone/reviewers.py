"""Who may review: a file with the hash of each reviewer's token. The token itself is kept nowhere.

A token is 32 random bytes, so one SHA-256 is enough: unlike a password, nobody can guess it.
"""

import json
import tomllib
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from secrets import token_urlsafe
from typing import Annotated

from pydantic import Field, TypeAdapter

from .reporting.metrics import write_text

FILE = Path("var/reviewers.toml")
LONGEST_NAME = 80
HASHES = TypeAdapter(dict[str, Annotated[str, Field(pattern="^[0-9a-f]{64}$")]])
HEADER = "# Who may review, with the SHA-256 of each one's token. Delete a line, and its token is no longer accepted.\n"


class ReviewersError(ValueError):
    """A reviewer cannot be added, or the file cannot be read; the message says why."""


def add(name: str, path: Path = FILE) -> str:
    """Make a token for somebody; one that they had before is no longer accepted.

    Raises:
        ReviewersError: the name cannot be used, or the file cannot be read.
    """
    if not (name.strip() and name.isprintable() and len(name) <= LONGEST_NAME):
        raise ReviewersError(f"say whose token it is in at most {LONGEST_NAME} characters: make reviewer NAME='Ada'")
    token = token_urlsafe(32)
    hashes = hashes_in(path) | {name.strip(): _hash(token)}
    lines = [f'{json.dumps(known, ensure_ascii=False)} = "{own}"\n' for known, own in hashes.items()]
    write_text(path, HEADER + "".join(lines))
    return token


def name_of(token: str, path: Path = FILE) -> str | None:
    """Whose token this is; None if nobody has it. How long that takes says nothing about a hash in the file."""
    own = _hash(token)
    return next((name for name, known in hashes_in(path).items() if compare_digest(known, own)), None)


def hashes_in(path: Path) -> dict[str, str]:
    """The hash of each reviewer's token, by name; none if there is no file.

    Raises:
        ReviewersError: the file is not as `add` writes it.
    """
    try:
        return HASHES.validate_python(tomllib.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        raise ReviewersError(f"{path} cannot be used: {str(error).splitlines()[0]}") from None


def _hash(token: str) -> str:
    return sha256(token.encode()).hexdigest()
