"""Print what CHANGELOG.md says of a release; refuse a tag that does not fit what it would release.

python tools/release.py v1.2.3 https://github.com/OWNER/scaffolder
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

from scaffolder import __version__

ROOT = Path(__file__).resolve().parent.parent


def notes(changelog: str, version: str) -> str:
    """The text under the heading of `version`; "" if there is none."""
    section = re.search(rf"^## \[{re.escape(version)}\][^\n]*\n(.*?)(?=^## \[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    return section[1].strip() if section else ""


def problem(tag: str, address: str, changelog: str) -> str:
    """Why `tag` of the repository at `address` cannot be released; "" if it can."""
    known = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]["Source"]
    if tag != f"v{__version__}":
        return f"The tag is {tag}, but scaffolder/__init__.py says {__version__}."
    if address != known:
        return f"The repository is {address}, but pyproject.toml says {known}."
    if not notes(changelog, __version__):
        return f"CHANGELOG.md has no section [{__version__}], or nothing in it."
    return ""


def main(tag: str, address: str) -> None:
    """Print the notes, or say why there is no release."""
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    if refused := problem(tag, address, changelog):
        sys.exit(refused)
    print(notes(changelog, __version__))


if __name__ == "__main__":
    main(*sys.argv[1:])
