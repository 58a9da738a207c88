"""What a Dockerfile says: its stages and instructions, with the lines they stand on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

from scaffolder.check.engine.repository import Repository, fact

MAX_LINES = 20_000

_INSTRUCTION = re.compile(r"\s*([A-Za-z]+)(?:\s+(.*))?$", re.DOTALL)
_FLAG = re.compile(r"--([a-z-]+)(?:=(\S*))?\s*")
_HEREDOC = re.compile(r"""<<-?\s*["']?([A-Za-z_][\w.]*)["']?""")
_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*$")
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
    flags: tuple[tuple[str, str], ...] = ()
    heredoc: bool = False

    def flag(self, name: str) -> str | None:
        """The value of `--name=value`."""
        return dict(self.flags).get(name)

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The value as arguments, of the JSON form or the plain one."""
        if self.value.startswith("["):
            try:
                loaded = json.loads(self.value)
            except ValueError:
                loaded = None
            if isinstance(loaded, list):
                return tuple(str(word) for word in loaded)
        return tuple(self.value.split())


@dataclass(frozen=True)
class Stage:
    """What stands between one FROM and the next."""

    base: str  # as written, with the defaults of earlier ARGs put in
    name: str
    line: int
    instructions: tuple[Instruction, ...]
    variables: dict[str, str] = field(default_factory=dict)

    def last(self, keyword: str) -> Instruction | None:
        """The last instruction of that kind."""
        return next((one for one in reversed(self.instructions) if one.keyword == keyword), None)


@dataclass(frozen=True)
class Dockerfile:
    """The stages of a Dockerfile."""

    path: str
    stages: tuple[Stage, ...]
    problems: tuple[tuple[int, str], ...]  # what does not parse: (line, sentence)

    def stage(self, name: str) -> Stage | None:
        """The stage called `name`, or numbered so from 0."""
        if name.isdecimal():
            number = int(name[:4])
            return self.stages[number] if number < len(self.stages) else None
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
                return found.line, substitute(found.value, stage.variables).partition(":")[0].strip()
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
    instructions = list(_instructions(text, problems))
    starts = [index for index, one in enumerate(instructions) if one.keyword == "FROM"]
    if not starts:
        return Dockerfile(path, (), (*problems, (1, "no FROM")))
    defaults: dict[str, str] = {}
    for one in instructions[: starts[0]]:
        if one.keyword == "ARG":
            defaults.update(_assignments(one, defaults))
        else:
            problems.append((one.line, f"{one.keyword} before the first FROM"))
    stages = tuple(
        _stage(instructions[start], instructions[start + 1 : end], defaults, problems)
        for start, end in pairwise([*starts, len(instructions)])
    )
    return Dockerfile(path, stages, tuple(problems))


def is_pinned(image: str) -> bool:
    """Whether an image name holds a digest, or a tag with a version in it."""
    name, _, digest = image.partition("@")
    if digest:
        return bool(re.fullmatch(r"sha256:[0-9a-f]{64}", digest))
    tag = name.rpartition("/")[2].partition(":")[2]
    return any(character.isdigit() for character in tag) and "$" not in tag


def substitute(text: str, variables: dict[str, str]) -> str:
    """Put the values of ARG and ENV in; a variable without one stays as it is."""
    return _VARIABLE.sub(lambda match: variables.get(match[1] or match[3], match[2] or match[0]), text)


def _stage(
    one: Instruction, body: list[Instruction], defaults: dict[str, str], problems: list[tuple[int, str]]
) -> Stage:
    words = one.words
    named = len(words) == 3 and words[1].lower() == "as"
    if not (len(words) == 1 or named):
        problems.append((one.line, "FROM is not followed by an image and at most `AS name`"))
    variables = dict(defaults)
    for each in body:
        if each.keyword in ("ARG", "ENV"):
            variables.update(_assignments(each, variables))
    base = substitute(words[0], defaults) if words else ""
    return Stage(base, words[2].lower() if named else "", one.line, tuple(body), variables)


def _instructions(text: str, problems: list[tuple[int, str]]) -> Iterator[Instruction]:
    lines = text.removeprefix("\ufeff").splitlines()[:MAX_LINES]
    escape = _escape(lines)
    number = 0
    while number < len(lines):
        start = number + 1
        logical, number = _logical_line(lines, number, escape)
        if not logical.strip():
            continue
        match = _INSTRUCTION.match(logical)
        keyword = match[1].upper() if match else ""
        if match is None or keyword not in _KEYWORDS:
            problems.append((start, f"not an instruction: {logical.strip()[:40]!r}"))
            continue
        value, flags = _flags((match[2] or "").strip())
        if not value:
            problems.append((start, f"{keyword} without a value"))
        ends = _HEREDOC.findall(value) if keyword in ("RUN", "COPY", "ADD") else []
        for end in ends:
            number = _after_heredoc(lines, number, end, start, problems)
        yield Instruction(keyword, value, start, flags, bool(ends))


def _escape(lines: list[str]) -> str:
    for line in lines:
        match = _DIRECTIVE.match(line)
        if match is None:
            break
        if match[1].lower() == "escape":
            return match[2][0]
    return "\\"


def _logical_line(lines: list[str], number: int, escape: str) -> tuple[str, int]:
    """The instruction that begins at `number`, with its continuations, and the number after it."""
    pieces: list[str] = []
    continued = False
    while number < len(lines):
        line = lines[number].rstrip()
        number += 1
        if line.lstrip().startswith("#") or (continued and not line):
            if not continued:
                break
            continue
        continued = line.endswith(escape)
        pieces.append(line.removesuffix(escape) if continued else line)
        if not continued:
            break
    return " ".join(pieces), number


def _flags(value: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    flags: list[tuple[str, str]] = []
    position = 0
    while match := _FLAG.match(value, position):
        flags.append((match[1], match[2] or ""))
        position = match.end()
    return value[position:], tuple(flags)


def _after_heredoc(lines: list[str], number: int, end: str, start: int, problems: list[tuple[int, str]]) -> int:
    for index in range(number, len(lines)):
        if lines[index].strip() == end:
            return index + 1
    problems.append((start, f"the here-document {end} does not end"))
    return len(lines)


def _assignments(one: Instruction, known: dict[str, str]) -> dict[str, str]:
    found = {name: substitute(value.strip("\"'"), known) for name, value in _ASSIGNMENT.findall(one.value)}
    if one.keyword == "ENV" and not found and len(one.words) > 1:
        return {one.words[0]: substitute(" ".join(one.words[1:]), known)}
    return found


def _sources(one: Instruction, stage: Stage) -> Iterator[tuple[int, str]]:
    if one.keyword not in ("COPY", "ADD") or one.flag("from") is not None or one.heredoc:
        return
    for word in one.words[:-1]:
        source = substitute(word, stage.variables)
        if not re.match(r"[a-z+]+://|git@", source):
            yield one.line, source
