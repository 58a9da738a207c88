"""What a Dockerfile says: its stages and instructions, with the lines they stand on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffolder.check.engine.repository import Repository, fact

MAX_LINES = 20_000

_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+((?:--[a-z-]+(?:=\S*)?\s+)*)(.*))?$", re.DOTALL)
_HEREDOC = re.compile(r"""(?<!<)<<-?["']?([A-Za-z_]\w*)""")
_DEFAULT = re.compile(r"""(\w+)=["']?([^"'\s]+)""")
_VARIABLE = re.compile(r"\$\{?(\w+)\}?")
_KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME"
    " WORKDIR".split()
)


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continuation lines joined."""

    keyword: str
    flags: str
    value: str
    line: int

    @property
    def sources(self) -> tuple[str, ...]:
        """What it copies from the build context, of the JSON form or the plain one."""
        if self.keyword not in ("COPY", "ADD") or "--from" in self.flags or "<<" in self.value:
            return ()
        words = self.value.split()
        if self.value.startswith("["):
            try:
                words = [str(word) for word in json.loads(self.value)]
            except (ValueError, RecursionError):
                return ()
        return tuple(word for word in words[:-1] if not re.match(r"[a-z+]+://|git@", word))


@dataclass(frozen=True)
class Stage:
    """What stands between one FROM and the next; `parent` is the stage of this file that it is built on."""

    base: str  # with the defaults of the ARGs before the first FROM put in
    line: int
    parent: Stage | None
    instructions: list[Instruction]

    def last(self, keyword: str) -> Instruction | None:
        """The instruction of that kind that holds in the image of this stage."""
        stage: Stage | None = self
        while stage:
            if found := next((one for one in reversed(stage.instructions) if one.keyword == keyword), None):
                return found
            stage = stage.parent
        return None


@dataclass(frozen=True)
class Dockerfile:
    """The stages of a Dockerfile, and what does not parse: (line, sentence)."""

    path: str
    stages: tuple[Stage, ...]
    problems: tuple[tuple[int, str], ...]

    @property
    def bases(self) -> tuple[tuple[int, str], ...]:
        """The images from elsewhere that the stages start from: (line, name)."""
        return tuple((stage.line, stage.base) for stage in self.stages if not stage.parent and stage.base != "scratch")

    @property
    def user(self) -> tuple[int, str]:
        """Who runs the final image: (line, name or number as written); root unless it says otherwise."""
        final = self.stages[-1]
        if found := final.last("USER"):
            return found.line, found.value.partition(":")[0].strip()
        while final.parent:
            final = final.parent
        return final.line, "nonroot" if "nonroot" in final.base else "root"

    @property
    def sources(self) -> tuple[tuple[int, str], ...]:
        """What is copied from the build context: (line, path or pattern)."""
        written = (one for stage in self.stages for one in stage.instructions)
        return tuple((one.line, source) for one in written for source in one.sources)


@fact
def dockerfile(repo: Repository) -> Dockerfile | None:
    """The Dockerfile nearest to the top."""
    path = repo.snapshot.find("Dockerfile", "Containerfile", "*/Dockerfile", "Dockerfile.*", "**/Dockerfile")
    text = repo.snapshot.text(path) if path else None
    return parse_dockerfile(text, path) if path and text is not None else None


def parse_dockerfile(text: str, path: str = "Dockerfile") -> Dockerfile:
    """Read a Dockerfile; what does not parse is in `problems`, the rest is kept."""
    stages: list[Stage] = []
    problems: list[tuple[int, str]] = []
    named: dict[str, Stage] = {}
    defaults: dict[str, str] = {}
    for one in _instructions(text):
        if one.keyword not in _KEYWORDS:
            problems.append((one.line, f"not an instruction: {f'{one.keyword} {one.value}'.strip()[:40]!r}"))
        elif one.keyword == "FROM":
            base, _, name = (*one.value.split(), "", "", "")[:3]
            base = _substituted(base, defaults)
            stages.append(Stage(base, one.line, named.get(base.lower()), []))
            named[name.lower()] = stages[-1]
        elif stages:
            stages[-1].instructions.append(one)
        else:
            defaults |= dict(_DEFAULT.findall(one.value))
    return Dockerfile(path, tuple(stages), (*problems, *([] if stages else [(1, "no FROM")])))


def is_pinned(image: str) -> bool:
    """Whether an image name holds a digest, or a tag with a version in it."""
    name, _, digest = image.partition("@")
    if digest:
        return bool(re.fullmatch(r"sha256:[0-9a-f]{64}", digest))
    tag = name.rpartition("/")[2].partition(":")[2]
    return any(character.isdigit() for character in tag) and "$" not in tag


def _substituted(text: str, defaults: dict[str, str]) -> str:
    return _VARIABLE.sub(lambda match: defaults.get(match[1], match[0]), text)


def _instructions(text: str) -> Iterator[Instruction]:
    """The instructions; what is none has its first word as the keyword. Here-documents are left out."""
    pieces: list[str] = []
    start, end = 1, ""
    for number, line in enumerate(text.splitlines()[:MAX_LINES], 1):
        bare = line.strip()
        if end:
            end = "" if bare == end else end
        elif bare and not bare.startswith("#"):
            start = start if pieces else number
            pieces.append(bare.removesuffix("\\"))
            if not bare.endswith("\\"):
                logical, pieces = " ".join(pieces), []
                heredoc = _HEREDOC.search(logical)
                end = heredoc[1] if heredoc else ""
                yield _instruction(logical, start)
    if pieces:
        yield _instruction(" ".join(pieces), start)


def _instruction(logical: str, line: int) -> Instruction:
    match = _INSTRUCTION.match(logical)
    if match is None:
        return Instruction("", "", logical, line)
    return Instruction(match[1].upper(), match[2] or "", (match[3] or "").strip(), line)
