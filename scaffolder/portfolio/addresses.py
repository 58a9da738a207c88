"""Web addresses of people, repositories and files: only http and https, without passwords."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote, urlsplit

from scaffolder import git
from scaffolder.errors import OutsideError

LONGEST = 500  # characters
_QUICK = 5.0  # seconds for Git, which reads one file
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?\.[a-z][a-z0-9-]{1,62}(?::\d{1,5})?", re.IGNORECASE)
_SCP = re.compile(r"[\w.-]{1,100}@([\w.-]{1,253}):([\w./-]{1,200})", re.ASCII)
_MAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.ASCII)
_PATH = re.compile(r"(?:/[\w.-]{1,100}){2,6}", re.ASCII)
# The place of a file in the web pages of a repository; `HEAD` is its main branch, whatever that is called.
_FILES = {"github.com": "blob/HEAD", "gitlab.com": "-/blob/HEAD", "codeberg.org": "src/branch/HEAD"}


def web_address(text: str) -> str:
    """`text` if it is a web address that anybody can open, else ""."""
    text = text.strip()
    if len(text) > LONGEST or not text.isascii() or not text.isprintable() or " " in text:
        return ""
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    return text if parts.scheme in ("http", "https") and _HOST.fullmatch(parts.netloc) else ""


def is_mail(text: str) -> bool:
    """Whether `text` is an e-mail address."""
    return bool(_MAIL.fullmatch(text))


def repository_address(remote: str) -> str:
    """The web address of the repository with this Git remote, "" if it has none.

    'git@github.com:ada/parcels.git' -> 'https://github.com/ada/parcels'.
    """
    remote = remote.strip()[:LONGEST]
    if found := _SCP.fullmatch(remote):
        host, path = found[1], f"/{found[2].lstrip('/')}"
    else:
        try:
            parts = urlsplit(remote)
            host, path = parts.hostname or "", parts.path
        except ValueError:
            return ""
        if parts.scheme not in ("https", "http", "ssh"):
            return ""
    path = path.rstrip("/").removesuffix(".git")
    return web_address(f"https://{host}{path}") if _PATH.fullmatch(path) and ".." not in path else ""


def remote_of(folder: Path) -> str:
    """The remote `origin` of the repository in `folder`, "" if it has none; no program that it names is run."""
    if not (folder / ".git").exists() or not git.available():
        return ""
    try:
        asked = ("config", "--local", "--no-includes", "--get", "remote.origin.url")
        return git.checked(*asked, folder=folder, timeout=_QUICK).strip()
    except OutsideError:
        return ""


def file_address(repository: str, path: str, line: int | None = None) -> str:
    """The address of a file, or a line of it, in a repository; "" where nobody knows how its host shows files."""
    if not repository:
        return ""
    form = _FILES.get(urlsplit(repository).netloc.lower())
    if not form or not path:
        return ""
    plain = "?plain=1" if path.lower().endswith((".md", ".svg")) and line else ""
    return f"{repository}/{form}/{quote(path, errors='replace')}{plain}{f'#L{line}' if line else ''}"
