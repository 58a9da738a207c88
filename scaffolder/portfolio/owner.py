"""`portfolio.toml`: who the owner is, and what the page cannot know from the repositories."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scaffolder.errors import AnswerError, TargetError, shown, suggestion
from scaffolder.formats.toml import TomlError, as_toml, load_toml
from scaffolder.portfolio.addresses import is_mail, web_address
from scaffolder.portfolio.model import Link, Person
from scaffolder.safe import read_given

NAME = "portfolio.toml"
MAX_BYTES = 100_000
LONGEST = {"name": 80, "role": 120, "about": 500, "address": 500}  # characters
MOST_CONTACTS = 8
_KEYS = (*LONGEST, "contact", "projects")
_PROJECT_KEYS = ("live", "repository")


@dataclass(frozen=True)
class Owner:
    """The settings. `projects` has, by the name of a folder, the addresses that replace those in its repository."""

    name: str = ""
    role: str = ""
    about: str = ""
    address: str = ""
    contact: tuple[str, ...] = ()
    projects: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def person(self) -> Person:
        """The person for the page; raises `AnswerError` if the name or the role is missing."""
        for key, option in (("name", "--name"), ("role", "--role")):
            if not getattr(self, key):
                raise AnswerError(
                    f"The page needs your {key}: give {option}, or fill in '{key}' in {NAME}, which --init drafts."
                )
        return Person(self.name, self.role, self.about, tuple(map(_link, self.contact)), self.address)


def read(folder: Path) -> Owner:
    """The settings in `folder`; without a file, none. Raises `TargetError` for a file that cannot be used."""
    path = folder / NAME
    if not os.path.lexists(path):
        return Owner()
    try:
        content = load_toml(read_given(path, MAX_BYTES).decode())
    except (TomlError, UnicodeDecodeError) as error:
        raise TargetError(f"{shown(path, 200)} is not TOML: {error}.") from None
    if problem := next(_problems(content), None):
        raise TargetError(f"{shown(path, 200)}: {problem}")
    texts = {key: " ".join(content.get(key, "").split()) for key in LONGEST}
    return Owner(**texts, contact=tuple(content.get("contact", ())), projects=content.get("projects", {}))


def given(owner: Owner, name: str | None, role: str | None, contact: Iterable[str]) -> Owner:
    """The settings with those options that were given; raises `AnswerError` for a value that cannot be used."""
    options: dict[str, Any] = {"name": name, "role": role, "contact": list(contact)}
    options = {key: value for key, value in options.items() if value}
    if problem := next(_problems(options), None):
        raise AnswerError(problem)
    changed: dict[str, Any] = {
        key: tuple(value) if key == "contact" else value.strip() for key, value in options.items()
    }
    return replace(owner, **changed)


def draft(owner: Owner, names: Iterable[str]) -> str:
    """A `portfolio.toml` with what is known, and a comment on each key."""
    return "\n".join(
        [
            f"name = {as_toml(owner.name)}",
            f"role = {as_toml(owner.role)}  # the role that you look for, such as AI engineer",
            f"about = {as_toml(owner.about)}  # one or two sentences; leave it empty to say nothing",
            f"contact = [{', '.join(map(as_toml, owner.contact))}]  # e-mail and web addresses",
            f"address = {as_toml(owner.address)}  # where this page will be; previews in chats and networks need it",
            "",
            "# The page reads the addresses of a project from its Git remote and its README. To replace one:",
            *(f'# [projects.{as_toml(name)}]\n# live = "https://…"\n# repository = "https://…"' for name in names),
            "",
        ]
    )


def _link(contact: str) -> Link:
    if is_mail(contact):
        return Link(contact, f"mailto:{contact}")
    return Link(contact.partition("://")[2].removeprefix("www.").rstrip("/"), contact)


def _problems(content: Mapping[str, Any]) -> Iterator[str]:
    for key in content:
        if key not in _KEYS:
            yield f"there is no setting {shown(key)}: {suggestion(key, _KEYS)}"
    for key, most in LONGEST.items():
        value = content.get(key, "")
        if not isinstance(value, str) or len(value) > most:
            yield f"{key} must be a text of at most {most} characters."
    if (address := content.get("address")) and not web_address(address):
        yield f"address {shown(address)} is not a web address such as https://ada.github.io."
    contact = content.get("contact", [])
    if not isinstance(contact, list) or len(contact) > MOST_CONTACTS:
        yield f"contact must be a list of at most {MOST_CONTACTS} addresses."
        return
    for each in contact:
        if not isinstance(each, str) or not (is_mail(each) or web_address(each)):
            yield f"contact {shown(each)} is neither an e-mail address nor a web address with https://."
    yield from _project_problems(content.get("projects", {}))


def _project_problems(projects: object) -> Iterator[str]:
    if not isinstance(projects, dict) or not all(isinstance(each, dict) for each in projects.values()):
        yield "projects must be tables such as [projects.parcels]."
        return
    for name, each in projects.items():
        for key, value in each.items():
            where = f"[projects.{name[:60]}]"
            if key not in _PROJECT_KEYS:
                yield f"{where} has no setting {shown(key)}: {suggestion(key, _PROJECT_KEYS)}"
            elif not isinstance(value, str) or (value and not web_address(value)):
                yield f"{where} {key} is not a web address with https://; an empty text leaves the link out."
