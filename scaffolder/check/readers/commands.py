"""Commands that documents tell a reader to run, and whether what they name is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from scaffolder.check.engine.finding import Evidence
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.make import made_by, makefile
from scaffolder.check.readers.markdown import Passage
from scaffolder.check.readers.shell import Command, commands

SHELLS = frozenset(["sh", "bash", "shell", "console", "zsh", "terminal", "shell-session", "bash-session", "powershell"])

_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)([^`]{3,300})\1(?!`)")
_PROMPT = re.compile(r"^[ \t]*[$>%][ \t]+", re.MULTILINE)
_COMMAND = re.compile(
    r"(?:sudo )?(?:make|docker|docker-compose|podman|buildah|kubectl|helm|git|terraform|python3?|uv|uvicorn"
    r"|gunicorn|poetry|curl|ssh|gcloud|aws|az|fly|flyctl|heroku|mlflow|dvc|bentoml|modal|ansible-playbook"
    r"|nomad|systemctl|bash|sh|\./[\w./-]+\.sh) \S"
)
_FILE_FLAGS = frozenset(
    [
        "-f",
        "--file",
        "-r",
        "--requirement",
        "--requirements",
        "-c",
        "--config",
        "--env-file",
        "--values",
        "-k",
    ]
)
_FILE_COMMANDS = frozenset(
    [
        "docker",
        "docker-compose",
        "podman",
        "kubectl",
        "helm",
        "pip",
        "ansible-playbook",
        "gunicorn",
        "uvicorn",
    ]
)
_PLAIN_PATH = re.compile(r"[\w./-]+")


class Cited(NamedTuple):
    """A command in a document."""

    text: str
    command: Command
    line: int


def cited(passage: Passage) -> Iterator[Cited]:
    """The commands in shell blocks and code spans that a person wrote or kept, in order."""
    for block in passage.blocks:
        if block.kind == "fence" and block.info.split(" ")[0].lower() in SHELLS:
            yield from _in_fence(block.text, block.line + 1)
        elif block.kind != "fence" and not block.measured:
            for match in _SPAN.finditer(block.text):
                if _COMMAND.match(match[2]):
                    line = block.line + block.text.count("\n", 0, match.start())
                    yield from (Cited(match[2], command, line) for command in commands(match[2]))


def _in_fence(text: str, line: int) -> Iterator[Cited]:
    prompts = bool(_PROMPT.search(text))
    joined = re.sub(r"\\\n[ \t]*", " ", text)
    for offset, each in enumerate(joined.split("\n")):
        if not prompts or _PROMPT.match(each):
            bare = _PROMPT.sub("", each)
            yield from (Cited(bare.strip(), command, line + offset) for command in commands(bare))


def wrong_commands(repo: Repository, passage: Passage) -> Iterator[Evidence]:
    """The commands in `passage` that name a file or a target that is not there."""
    for step in cited(passage):
        if what := absent(step.command, repo):
            yield Evidence(f"`{step.text[:60]}`: {what}", passage.path, step.line)


def absent(command: Command, repo: Repository) -> str | None:
    """What a command needs that is not in the repository, as a sentence part; None if nothing is seen to be absent."""
    if command.name == "make":
        return _absent_target(command, repo)
    for path in _needed(command):
        if not any(repo.snapshot.has(place) for place in path.split("|")):
            return f"{path.split('|')[0]} is not there"
    return None


def _absent_target(command: Command, repo: Repository) -> str | None:
    goals, found = made_by(command), makefile(repo)
    if found is None:
        return "there is no Makefile" if goals else None
    known = found.targets
    unknown = next((goal for goal in goals if goal not in known and not any("%" in name for name in known)), None)
    return f"the Makefile has no target {unknown}" if unknown else None


def _needed(command: Command) -> Iterator[str]:
    """The files that a command reads, alternatives joined by `|`."""
    words = command.words
    if command.program.startswith("./") and _PLAIN_PATH.fullmatch(command.program):
        yield command.program.removeprefix("./")
    if words[0] in ("bash", "sh", "python") and len(words) > 1 and re.fullmatch(r"[\w./-]+\.(?:sh|py)", words[1]):
        yield words[1].removeprefix("./")
    if words[:2] == ("docker", "build") or words[:3] == ("docker", "buildx", "build"):
        yield from (() if {"-f", "--file"} & set(words) or words[-1] != "." else ("Dockerfile|Containerfile",))
    if words[:2] == ("docker", "compose") or words[0] == "docker-compose":
        yield from (
            ()
            if {"-f", "--file"} & set(words)
            else ("compose.yaml|compose.yml|docker-compose.yml|docker-compose.yaml",)
        )
    if words[0] in ("uvicorn", "gunicorn"):
        yield from (_module_paths(word) for word in words[1:] if re.fullmatch(r"[\w.]+:\w+(?:\(\))?", word))
    if words[0] in _FILE_COMMANDS:
        for flag, value in pairwise(words):
            if flag in _FILE_FLAGS and _PLAIN_PATH.fullmatch(value) and ("/" in value or "." in value):
                yield value.removeprefix("./").rstrip("/")


def _module_paths(target: str) -> str:
    path = target.partition(":")[0].replace(".", "/")
    return "|".join(f"{folder}{path}{end}" for folder in ("", "src/") for end in (".py", "/__init__.py"))
