"""What a Dockerfile says: its stages and instructions, with the lines they stand on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass

from scaffolder.check.engine.repository import Repository, fact

MAX_LINES = 20_000
MAX_STAGES = 100  # the last ones

_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+(.*))?$", re.DOTALL)
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S*))?\s*")
_HEREDOC = re.compile(r"""<<-?\s*["']?([A-Za-z_][\w.]*)["']?""")
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?::?-([^}]*))?[^}]*\}|(\w+))")
_ASSIGNMENT = re.compile(r"""(\w+)=((?:"[^"]*"|'[^']*'|\\.|[^\s"'])*)""")
_KEYWORDS = frozenset(
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER VOLUME"
    " WORKDIR".split()
)


@dataclass(frozen=True)
class Instruction:
    """One instruction, its continuation lines joined."""

    keyword: str
    value: str  # without flags
    line: int
    flags: frozenset[str] = frozenset()
    heredoc: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The value as arguments, of the JSON form or the plain one."""
        if self.value.startswith("["):
            try:
                loaded = json.loads(self.value)
            except (ValueError, RecursionError):
                loaded = None
            if isinstance(loaded, list):
                return tuple(map(str, loaded))
        return tuple(self.value.split())


@dataclass(frozen=True)
class Stage:
    """What stands between one FROM and the next."""

    base: str  # as written, with the defaults of earlier ARGs put in
    name: str
    line: int
    instructions: tuple[Instruction, ...]
    variables: dict[str, str]

    def last(self, keyword: str) -> Instruction | None:
        """The last instruction of that kind."""
        return next((one for one in reversed(self.instructions) if one.keyword == keyword), None)


@dataclass(frozen=True)
class Dockerfile:
    """The stages of a Dockerfile, and what does not parse: (line, sentence)."""

    path: str
    stages: tuple[Stage, ...]
    problems: tuple[tuple[int, str], ...]

    def stage(self, name: str) -> Stage | None:
        """The stage called `name`, or numbered so from 0."""
        if name.isdecimal():
            return next(iter(self.stages[int(name[:4]) :][:1]), None)
        return next((stage for stage in self.stages if stage.name and stage.name == name.lower()), None)

    @property
    def final(self) -> tuple[Stage, ...]:
        """The last stage and the stages of this file that it is built on, last first."""
        chain = [self.stages[-1]]
        while (parent := self.stage(chain[-1].base)) and parent.line < chain[-1].line:
            chain.append(parent)
        return tuple(chain)

    def last(self, keyword: str) -> Instruction | None:
        """The instruction of that kind that holds in the final image."""
        return next((found for stage in self.final if (found := stage.last(keyword))), None)

    @property
    def bases(self) -> tuple[tuple[int, str], ...]:
        """The images from elsewhere that the stages start from: (line, name)."""
        own = {stage.name for stage in self.stages if stage.name}
        return tuple((stage.line, stage.base) for stage in self.stages if stage.base.lower() not in own | {"scratch"})

    @property
    def user(self) -> tuple[int, str]:
        """Who runs the final image: (line, name or number); root unless it says otherwise."""
        for stage in self.final:
            if found := stage.last("USER"):
                return found.line, _substituted(found.value, stage.variables).partition(":")[0].strip()
        outermost = self.final[-1]
        return outermost.line, "nonroot" if "nonroot" in outermost.base else "root"

    @property
    def sources(self) -> tuple[tuple[int, str], ...]:
        """What is copied from the build context: (line, path or pattern)."""
        return tuple(source for stage in self.stages for one in stage.instructions for source in _sources(one, stage))


@fact
def dockerfile(repo: Repository) -> Dockerfile | None:
    """The Dockerfile nearest to the top."""
    path = repo.snapshot.find("Dockerfile", "Containerfile", "*/Dockerfile", "Dockerfile.*", "**/Dockerfile")
    text = repo.snapshot.text(path) if path else None
    return parse_dockerfile(text, path) if path and text is not None else None


def parse_dockerfile(text: str, path: str = "Dockerfile") -> Dockerfile:
    """Read a Dockerfile; what does not parse is in `problems`, the rest is kept."""
    problems: list[tuple[int, str]] = []
    bodies: list[list[Instruction]] = [[]]  # before the first FROM, then of each stage, which FROM begins
    for one in _instructions(text, problems):
        bodies += [[]] if one.keyword == "FROM" else []
        bodies[-1].append(one)
    defaults = _variables(bodies[0], {})
    stages = tuple(_stage(body, defaults) for body in bodies[1:][-MAX_STAGES:])
    return Dockerfile(path, stages, (*problems, *([] if stages else [(1, "no FROM")])))


def is_pinned(image: str) -> bool:
    """Whether an image name holds a digest, or a tag with a version in it."""
    name, _, digest = image.partition("@")
    if digest:
        return bool(re.fullmatch(r"sha256:[0-9a-f]{64}", digest))
    tag = name.rpartition("/")[2].partition(":")[2]
    return any(character.isdigit() for character in tag) and "$" not in tag


def _substituted(text: str, variables: dict[str, str]) -> str:
    """`text` with the values of ARG and ENV put in; a variable without one stays as it is."""
    return _VARIABLE.sub(lambda match: variables.get(match[1] or match[3], match[2] or match[0])[:1_000], text)


def _stage(body: list[Instruction], defaults: dict[str, str]) -> Stage:
    start, words = body[0], (*body[0].words, "", "", "")
    name = words[2].lower() if words[1].lower() == "as" else ""
    return Stage(_substituted(words[0], defaults), name, start.line, tuple(body[1:]), _variables(body, defaults))


def _variables(body: list[Instruction], known: dict[str, str]) -> dict[str, str]:
    """The values that ARG and ENV give, after those that are known."""
    found = dict(known)
    for one in body:
        if one.keyword in ("ARG", "ENV"):
            pairs = _ASSIGNMENT.findall(one.value) or [(one.value.partition(" ")[0], one.value.partition(" ")[2])]
            found |= {name: _substituted(value.strip("\"'"), found) for name, value in pairs if value}
    return found


def _instructions(text: str, problems: list[tuple[int, str]]) -> Iterator[Instruction]:
    lines = text.splitlines()[:MAX_LINES]
    number = 0
    while number < len(lines):
        start = number + 1
        logical, number = _logical_line(lines, number)
        match = _INSTRUCTION.match(logical)
        keyword = match[1].upper() if match else ""
        if match and keyword in _KEYWORDS:
            value, flags = _flags((match[2] or "").strip())
            ends = _HEREDOC.findall(value) if keyword in ("RUN", "COPY", "ADD") else []
            for end in ends:
                number = next((at + 1 for at in range(number, len(lines)) if lines[at].strip() == end), len(lines))
            yield Instruction(keyword, value, start, flags, bool(ends))
        elif logical.strip():
            problems.append((start, f"not an instruction: {logical.strip()[:40]!r}"))


def _logical_line(lines: list[str], number: int) -> tuple[str, int]:
    """The instruction that begins at `number`, with its continuations, and the number after it; "" of a comment."""
    pieces: list[str] = []
    continued = False
    while number < len(lines):
        line = lines[number].rstrip()
        number += 1
        if line.lstrip().startswith("#") or not line:
            if not continued:
                break
            continue
        continued = line.endswith("\\")
        pieces.append(line.removesuffix("\\"))
        if not continued:
            break
    return " ".join(pieces), number


def _flags(value: str) -> tuple[str, frozenset[str]]:
    names: set[str] = set()
    position = 0
    while match := _FLAG.match(value, position):
        names.add(match[1])
        position = match.end()
    return value[position:], frozenset(names)


def _sources(one: Instruction, stage: Stage) -> Iterator[tuple[int, str]]:
    if one.keyword in ("COPY", "ADD") and "from" not in one.flags and not one.heredoc:
        for word in one.words[:-1]:
            source = _substituted(word, stage.variables)
            if not re.match(r"[a-z+]+://|git@", source):
                yield one.line, source
