"""The commands that documents tell a reader to run, and the files and make targets that they name in vain."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.gitignore import ignored
from scaffolder.check.readers.make import TASKS, made_by, makefile
from scaffolder.check.readers.markdown import Passage
from scaffolder.check.readers.shell import Command, commands
from scaffolder.results.finding import Evidence

SHELLS = frozenset("sh bash shell console zsh terminal shell-session bash-session powershell".split())
PLAIN = frozenset(("", "text", "txt", "plaintext"))
MAX_COMMANDS = 500  # of one passage
MAX_TEXT = 300  # characters that are kept of a line

_SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)([^`]{3,300})\1(?!`)")
_PROMPT = re.compile(r"^[ \t]*[$>%][ \t]+", re.MULTILINE)
_PROGRAMS = (
    "make docker docker-compose podman kubectl helm git terraform python3? pip3? conda uv uvicorn gunicorn flask"
    " streamlit poetry pytest npm curl ssh gcloud aws az fly flyctl heroku mlflow dvc bentoml modal bash sh"
    r" \./[\w./-]+\.sh"
)
_COMMAND = re.compile(rf"(?:sudo )?(?:{'|'.join(_PROGRAMS.split())}) \S")
_PATH = re.compile(r"[\w./-]+")
_SCRIPT = re.compile(r"[\w./-]+\.(?:sh|py)")
_INVENTED = re.compile(r"path/to|\.\.\.|\byour?\b|your[-_]|example", re.IGNORECASE)
_FILE_FLAGS = frozenset("-f --file -r --requirement".split())


class Cited(NamedTuple):
    """A command in a document."""

    text: str
    command: Command
    line: int


def cited(passage: Passage) -> Iterator[Cited]:
    """The commands in shell blocks, and in code spans outside measured blocks, in order."""
    for block in passage.blocks:
        language = block.info.split(" ")[0].lower()
        if block.kind == "fence" and (language in SHELLS or language in PLAIN):
            yield from _in_fence(block.text, block.line + 1, sure=language in SHELLS)
        elif block.kind != "fence" and not block.measured:
            for match in _SPAN.finditer(block.text):
                if _COMMAND.match(match[2]):
                    line = block.line + block.text.count("\n", 0, match.start())
                    yield from (Cited(match[2], command, line) for command in commands(match[2]))


def _in_fence(text: str, line: int, *, sure: bool) -> Iterator[Cited]:
    """The commands of a code block: after prompts if it has any; else all if `sure`, else those of known programs."""
    prompts = bool(_PROMPT.search(text))
    joined = re.sub(r"\\\n[ \t]*", " ", text)
    for offset, each in enumerate(joined.split("\n")):
        bare = _PROMPT.sub("", each)
        if _PROMPT.match(each) if prompts else sure or bare.startswith("cd ") or _COMMAND.match(bare):
            yield from (Cited(bare.strip()[:MAX_TEXT], command, line + offset) for command in commands(bare))


def wrong_commands(repo: Repository, passage: Passage) -> Iterator[Evidence]:
    """The commands of `passage` that name a file or a make target that the repository does not have.

    Commands after a `cd`, and files that an earlier command may have made, are skipped: nobody can tell without running
    them.
    """
    before = ""
    for step, _ in zip(cited(passage), range(MAX_COMMANDS), strict=False):
        if step.command.name in ("cd", "pushd"):
            return
        lack = absent(step.command, repo, before)
        if lack:
            yield Evidence(f"`{step.text[:60]}`: {lack}", passage.path, step.line)
        before += " ".join(step.command.words) + "\n"


def absent(command: Command, repo: Repository, before: str = "") -> str | None:
    """A clause that says which file or target of a command the repository lacks; None if it seems to lack none.

    `before` holds the commands that run first: a file that one of them names may be made by it.
    """
    if command.name == "make":
        return _absent_target(command, repo)
    for path in _needed(command.words, command.program):
        made = _INVENTED.search(path) or path in before
        if not (made or _is_somewhere(path, repo) or ignored(repo)(path)):
            return f"nothing in the repository is called {path}"
    return None


def _is_somewhere(path: str, repo: Repository) -> bool:
    """Whether `path` is a file or folder, below the top or below any folder."""
    if "*" in path:
        return bool(repo.snapshot.find(f"**/{path}"))
    return any(f"/{path}/" in f"/{each}/" for each in repo.snapshot.paths)


def _absent_target(command: Command, repo: Repository) -> str | None:
    goals, found = made_by(command), makefile(repo)
    if not goals or (found and found.open) or repo.snapshot.find("*/**/Makefile"):
        return None  # the target may come from elsewhere, or the command be meant for another folder
    if not found or found.path == TASKS:
        return "the repository has no Makefile"
    unknown = (goal for goal in goals if goal not in found.targets and not repo.snapshot.has(goal))
    goal = next((each for each in unknown if not _INVENTED.search(each)), None)
    return f"{found.path} has no target {goal}" if goal else None


def _needed(words: tuple[str, ...], program: str) -> Iterator[str]:
    """The files that a command reads."""
    if program.startswith("./") and _PATH.fullmatch(program):
        yield program.lstrip("./")
    if words[0] in ("bash", "sh", "python") and len(words) > 1 and _SCRIPT.fullmatch(words[1]):
        yield words[1].lstrip("./")
    named = [value.lstrip("./") for flag, value in pairwise(words) if flag in _FILE_FLAGS and _PATH.fullmatch(value)]
    if words[0] in ("docker", "docker-compose", "pip"):
        yield from (path for path in named if set("/.") & set(path))
    if words[0] == "docker-compose" or words[:2] == ("docker", "compose"):
        yield from () if named else ("*compose*.y*ml",)
    elif words[0] == "docker" and "build" in words[1:3] and words[-1] == ".":
        yield from () if named else ("Dockerfile",)
