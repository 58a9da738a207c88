"""`make try T=mlops-deploy SET="registry=server"`: check a template and a project of it.

The template is linted. The project, which is what `scaffolder new T --yes` writes, is linted, typed, tested and
checked. SET holds further answers. What a run needs again lies in the user's cache folder: one environment for each
lock file and Python, and the type checker's cache of each project. What nobody has used for two weeks is removed.

Exit codes: 0 all steps passed; 1 a step failed; 2 no such template or answer; 3 the environment cannot be installed.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from slugify import slugify

from scaffolder.check import examine
from scaffolder.errors import AnswerError, OutsideError, ScaffolderError
from scaffolder.project import plan
from scaffolder.results.finding import State
from scaffolder.template import catalog
from scaffolder.template.answers import Answers, chosen, complete, from_pairs, validate
from scaffolder.template.catalog import Template

ROOT = Path(__file__).resolve().parent.parent
KEPT_SECONDS = 14 * 24 * 3600
READY = ".ready"  # the file of a complete environment: a copy of the lock, as tasks.py of a project keeps one
LEFT_OUT = {"MAKEFLAGS", "MAKELEVEL", "MFLAGS", "PYTHONPATH", "VIRTUAL_ENV"}  # they belong to our own make and Python


@dataclass(frozen=True)
class Outcome:
    """The end of a step."""

    passed: bool
    output: str


Step = Callable[[], Outcome]


def main(arguments: list[str]) -> int:
    name, *pairs = arguments or [""]
    if name not in catalog.names():
        print(f"make try: Say which template: make try T={' or T='.join(catalog.names())}", file=sys.stderr)
        return 2
    template = catalog.bundled(name)
    try:
        given = from_pairs(pairs)
        validate(template, given)
        answers = complete(template, chosen(given))
    except AnswerError as error:
        print(f"make try: {error}\n", *described(template), sep="\n", file=sys.stderr)
        return error.code
    try:
        with locked(place(template, answers, given)) as folder:
            return tried(template, answers, folder)
    except ScaffolderError as error:
        print(f"make try: {error}", file=sys.stderr)
        return error.code
    finally:
        prune()


def described(template: Template) -> Iterator[str]:
    """The possible values of SET: a line for each question, with its choices."""
    yield f'{template.name} takes SET="question=answer ..." with these questions:'
    for question in template.questions.values():
        yield f"  {question.name:<14} {', '.join(question.choices) or 'any text'}"


def place(template: Template, answers: Answers, given: Mapping[str, str]) -> Path:
    """The folder for a project of this checkout with these answers."""
    name = slugify("-".join([template.name, *given.values()]), max_length=60)
    return cache() / "projects" / f"{name}-{digest(str(ROOT), json.dumps(dict(answers.public)))}"


def tried(template: Template, answers: Answers, folder: Path) -> int:
    """Render the project below `folder` and run all steps; 1 if one of them fails."""
    started = time.perf_counter()
    shutil.rmtree(folder / "project", ignore_errors=True)
    planned = plan.plan(template, answers, folder / "project", want_git=True)
    plan.carry_out(planned)
    lock = (planned.target / "requirements-dev.lock").read_bytes()
    with kept_environment(lock) as environment:
        print(f"{planned.target} is rendered, its environment is ready: {time.perf_counter() - started:.0f} s")
        return run(steps(template, planned.target, environment, folder))


def steps(template: Template, project: Path, environment: Path, caches: Path) -> dict[str, Step]:
    """The steps by name, the longest first."""
    kept = {key: value for key, value in os.environ.items() if key not in LEFT_OUT}
    inside = {
        **kept,
        "PYTHONPATH": str(project / "src"),  # for its children; an environment of its own has a .pth file instead
        "MYPY_CACHE_DIR": str(caches / "mypy"),
        "RUFF_CACHE_DIR": str(caches / "ruff"),
    }

    def command(*words: str) -> Step:
        return lambda: outcome(words, project, inside)

    lint = (sys.executable, "-m", "scaffolder", "lint-template", str(template.folder))
    (project / ".venv").mkdir()  # where `make test` finds all that the lock names
    for part in environment.iterdir():
        (project / ".venv" / part.name).symlink_to(part)
    python = str(environment / "bin/python")
    return {
        "make test": command("make", "test"),
        "mypy": command(python, "-m", "mypy"),
        "ruff check": command(python, "-m", "ruff", "check", "."),
        "ruff format": command(python, "-m", "ruff", "format", "--check", "."),
        "scaffolder check": lambda: checked(project),
        "lint-template": lambda: outcome(lint, ROOT, kept),
    }


def outcome(words: tuple[str, ...], folder: Path, env: Mapping[str, str]) -> Outcome:
    """Run a command."""
    done = subprocess.run(
        words, cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    return Outcome(done.returncode == 0, done.stdout)


def checked(project: Path) -> Outcome:
    """Whether the checklist can read a new project.

    Nothing is measured or written in it yet, so items are open. None may be a bug of the checklist or impossible to
    verify, and no note may say that the contract or a file cannot be used.
    """
    found = examine.check(project)
    unknown = [one for one in found.findings if one.state in (State.ERROR, State.UNVERIFIED)]
    problems = [*found.notes, *(f"{one.item} is {one.state}: {one.reason}" for one in unknown)]
    return Outcome(not problems, "\n".join(problems))


def run(every: Mapping[str, Step]) -> int:
    """Run the steps, two at a time, and say how each ended; then show what the failed ones printed."""
    failed = {}
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = {pool.submit(timed, step): name for name, step in every.items()}
        for future in as_completed(running):
            name, (found, seconds) = running[future], future.result()
            print(f"{'passed' if found.passed else 'FAILED'}  {name:<16} {seconds:5.1f} s", flush=True)
            if not found.passed:
                failed[name] = found.output
    for name, output in failed.items():
        print(f"\n{name} failed:\n{output.rstrip()}")
    return 1 if failed else 0


def timed(step: Step) -> tuple[Outcome, float]:
    started = time.perf_counter()
    return step(), time.perf_counter() - started


@contextmanager
def kept_environment(lock: bytes) -> Iterator[Path]:
    """The environment of a lock file, made by the first run that needs it; several runs use it at once."""
    key = digest(platform.python_version(), platform.machine(), lock.decode())
    with locked(cache() / "environments" / key, fcntl.LOCK_SH) as folder:
        if not is_ready(folder):
            with locked(folder.with_suffix(".new")):  # two runs may have seen that
                if not is_ready(folder):
                    install(folder, lock)
        yield folder


def is_ready(environment: Path) -> bool:
    ready, python = environment / READY, environment / "bin/python"
    return ready.exists() and ready.stat().st_size > 0 and python.exists()  # its Python may be gone


def install(environment: Path, lock: bytes) -> None:
    """Make `environment` with what `lock` names; raises `OutsideError` if that fails."""
    print(f"Installing an environment into {environment}", flush=True)
    environment.mkdir(exist_ok=True)
    requirements = environment.with_suffix(".txt")
    requirements.write_bytes(lock)
    uv, python = Path(sys.executable).with_name("uv"), environment / "bin/python"
    for command in (
        ("venv", "--clear", "--python", sys.executable, environment),
        ("pip", "install", "--python", python, "--require-hashes", "-r", requirements),
    ):
        done = subprocess.run([uv, *command, "--quiet"], capture_output=True, text=True, check=False)
        if done.returncode:
            raise OutsideError(f"The environment cannot be installed.\n{done.stderr.rstrip()}")
    requirements.rename(environment / READY)


@contextmanager
def locked(path: Path, kind: int = fcntl.LOCK_EX) -> Iterator[Path]:
    """Hold the lock of `path`, whose file tells when `path` was last used; it says so if it has to wait."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{path}.lock", "a") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"Waiting for another run that uses {path}", flush=True)
            fcntl.flock(file, kind)
        os.utime(file.fileno())
        yield path


def prune() -> None:
    """Remove the environments and projects that nobody uses now, or has used for two weeks."""
    for path in cache().glob("*/*.lock"):
        with path.open() as file:
            if path.stat().st_mtime > time.time() - KEPT_SECONDS:
                continue
            with suppress(BlockingIOError):
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(path.with_suffix(""), ignore_errors=True)


def cache() -> Path:
    """A folder of our own in the user's cache folder: in that of the command, only its newest folders are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "portfolio-scaffolder-try"


def digest(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()[:12]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
