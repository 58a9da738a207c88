"""A Dockerfile: the images it starts from, the files it copies and the user it runs as, with line numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact

MAX_LINES = 20_000

_INSTRUCTION = re.compile(r"([A-Za-z]+)(?:\s+((?:--[a-z-]+(?:=\S*)?\s+)*)(.*))?$")
_HEREDOC = re.compile(r"""(?<!<)<<-?["']?([A-Za-z_]\w*)""")
_DEFAULT = re.compile(r"""(\w+)=["']?([^"'\s]+)""")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME"
    " WORKDIR".split()
)
Said = tuple[int, str]  # the number of a line, and a text from it


class Dockerfile(NamedTuple):
    """A Dockerfile; without a FROM, `final` is empty and `problems` says so."""

    path: str
    problems: list[Said]  # lines that do not parse
    bases: list[Said]  # the images from elsewhere that its stages start from
    sources: list[Said]  # paths or patterns that are copied from the build context
    final: dict[str, Said]  # the last instruction of each kind that holds in the final image; always with a USER


@fact
def dockerfile(repo: Repository) -> Dockerfile | None:
    """The Dockerfile nearest to the top."""
    path = repo.snapshot.find("Dockerfile", "Containerfile", "*/Dockerfile", "Dockerfile.*", "**/Dockerfile")
    text = repo.snapshot.text(path) if path else None
    return parse_dockerfile(text, path) if path and text is not None else None


def parse_dockerfile(text: str, path: str = "Dockerfile") -> Dockerfile:
    """Parse a Dockerfile; the only variables that are replaced are ARGs with a default before the first FROM."""
    found = Dockerfile(path, [], [], [], {})
    stages: dict[str, dict[str, Said]] = {}
    stage: dict[str, Said] = {}
    defaults: dict[str, str] = {}
    for line, logical in _instructions(text):
        match = _INSTRUCTION.match(logical)
        keyword, value = (match[1].upper(), (match[3] or "").strip()) if match else ("", "")
        if match is None or keyword not in _KEYWORDS:
            found.problems.append((line, f"not an instruction: {logical.strip()[:40]!r}"))
        elif keyword == "FROM":
            base, _, name = (*_substituted(value, defaults).split(), "", "", "")[:3]
            if base.lower() not in stages and base != "scratch":
                found.bases.append((line, base))
            outside = {"USER": (line, "nonroot" if "nonroot" in base else "root")}
            stage = stages.get(base.lower(), outside) | {keyword: (line, base)}
            stages |= {name.lower(): stage} if name else {}
        else:
            defaults |= {} if stage else dict(_DEFAULT.findall(value))
            said = value.partition(":")[0] if keyword == "USER" else value  # without the group
            stage |= {keyword: (line, said)} if stage else {}
            if keyword in ("COPY", "ADD") and "--from" not in (match[2] or "") and "<<" not in value:
                found.sources.extend((line, source) for source in _sources(value))
    found.final.update(stage)
    found.problems.extend([] if stage else [(1, "no FROM")])
    return found


def is_pinned(image: str) -> bool:
    """Whether an image name holds a digest, or a tag with a version in it."""
    name, _, digest = image.partition("@")
    if digest:
        return bool(re.fullmatch(r"sha256:[0-9a-f]{64}", digest))
    tag = name.rpartition("/")[2].partition(":")[2]
    return any(character.isdigit() for character in tag) and "$" not in tag


def _substituted(text: str, defaults: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: defaults.get(match[1], match[0]), text)


def _sources(value: str) -> list[str]:
    """The paths that a COPY or ADD, in JSON or plain form, takes from the build context."""
    words = value.split()
    if value.startswith("["):
        try:
            words = [str(word) for word in json.loads(value)]
        except (ValueError, RecursionError):
            return []
    return [word for word in words[:-1] if not re.match(r"[a-z+]+://|git@", word)]


def _instructions(text: str) -> Iterator[Said]:
    """The first line and the text of each instruction, continuation lines joined; no comments or here-documents."""
    pieces: list[str] = []
    start, end = 1, ""
    for number, line in enumerate((*text.splitlines()[:MAX_LINES], ""), 1):
        bare = line.strip()
        if end:
            end = "" if bare == end else end
        elif bare and not bare.startswith("#"):
            start = start if pieces else number
            pieces.append(bare.removesuffix("\\"))
            if not bare.endswith("\\"):
                heredoc = _HEREDOC.search(bare)
                end = heredoc[1] if heredoc else ""
                yield start, " ".join(pieces)
                pieces = []
