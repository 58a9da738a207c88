"""What can be done here: python tasks.py TARGET... [KEY=value...]; without a target it lists them all.

`make TARGET` does the same where there is make. The locked, hashed packages are installed into .venv, by uv if that is
installed, by venv and pip if not.
"""

from __future__ import annotations

import functools
import os
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from string import Template
from typing import NoReturn

if sys.version_info < (3, 11):  # noqa: UP036 - whoever has an older one is told so
    here = sys.version.split()[0]
    sys.exit(f"Python 3.11 or newer is needed, this is {here}: give the path of another with make PYTHON=...")

# Of each target: what it is for, then its steps, which are other targets and commands. In a command, $KEY is what was
# given as KEY=value, and ${KEY:+word} a word that is left out where KEY was not given. Where a command is one of .venv,
# `setup` comes before it. A target that is a file is made if it is missing; it begins with the files and folders after
# whose change it is made again.
TASKS: dict[str, list[str]] = {
    "help": ["list the targets", "targets"],
    "setup": ["create .venv with the locked dependencies", "environment requirements-dev.lock"],
{% block jobs required %}{% endblock %}
    "demo": [
        "run the whole pipeline, fill in README.md and MODEL_CARD.md",
{% block demo required %}{% endblock %}
        "echo",
{% block demo_says %}
        "echo 'Read     README.md and MODEL_CARD.md, now with the measured numbers'",
        "echo 'Look at  reports/figures/*.svg, reports/metrics.json, reports/errors.csv'",
{% endblock %}
        "echo 'Commit   {% block results %}reports/ and artifacts/{% endblock %} with the documents, whose numbers come from there'",
        "echo 'Try      make serve, then open http://127.0.0.1:8000'",
    ],
    "evaluate": [
        "measure on the test {% block unit required %}{% endblock %}, report; fails when a gate fails",
{% block evaluate_needs %}
        "{{ self.ready() }}",
{% endblock %}
        "python -m {{ cookiecutter._scaffolder.package }} evaluate{% block evaluate_options %}{% endblock %}",
    ],
    "report": ["write what was measured into README.md and MODEL_CARD.md", "python -m {{ cookiecutter._scaffolder.package }} report"],
    "serve": [
        "serve on 127.0.0.1:8000",
        "python -m {{ cookiecutter._scaffolder.package }}.serving.config",  # is the port free?
        "{% block ready required %}{% endblock %}",
        "python -m {{ cookiecutter._scaffolder.package }} serve",
    ],
    "screenshot": [
        "save a picture of the page as docs/screenshot.png (needs Playwright, which the lock files leave out)",
        "setup",
        "{{ self.ready() }}",
        "chosen $SHOOT scripts/screenshot.py {% block clicks required %}{% endblock %}",
        "python -m {{ cookiecutter._scaffolder.package }} report",
    ],
    "test": ["unit, property and integration tests", "python -m pytest"],
    "test-all": ["these and the slow ones, as CI does", "python -m pytest -m ''"],
    "lint": ["ruff and mypy; format mends what ruff can mend", "ruff check .", "ruff format --check .", "mypy"],
    "format": [
        "put the code into the form that lint asks for",
        "ruff check --fix --exit-zero --quiet .",
        "ruff format .",
    ],
    "check": ["lint, tests, gates, documents, checklist", "lint", "test", "evaluate", "checklist"],
    "checklist": [
        "check this repository with scaffolder; with CHECKLIST=FOLDER/.venv/bin/scaffolder if that is in FOLDER",
        "chosen $CHECKLIST check",
    ],
    "image": [
        "build the container image (needs Docker)",
        "{{ self.ready() }}",
        "docker build --tag {{ cookiecutter.project_slug }}:local .",
    ],
    "pin": ["write the digest of each base image behind its tag (needs Docker)", "sh scripts/pin.sh"],
{% block site %}
    "site": [
        "write site/, the report as one page, for a free host",
        "copy reports/report.html site/index.html",
        "echo Wrote site/index.html.",
    ],
{% endblock %}
    "lock": [
        "update the lock files within the bounds of pyproject.toml (needs uv)",
        "compile pyproject.toml --all-extras --group dev --output-file requirements-dev.lock",
        "compile pyproject.toml --constraint requirements-dev.lock --output-file requirements.lock",
{% block more_locks %}{% endblock %}
    ],
    "clean": [
        "remove the environment and the caches, but keep reports and artifacts",
{% block before_clean %}{% endblock %}
        "remove .venv .pytest_cache .mypy_cache .ruff_cache .hypothesis src/**/__pycache__ tests/**/__pycache__",
    ],
}
NEEDED = {  # programs that are not among the locked packages
    "docker": "Docker (https://docs.docker.com/get-started/get-docker/)",
{% block needed %}{% endblock %}
    "uv": "uv (https://docs.astral.sh/uv/getting-started/installation/)",
}
# The same exact, hashed versions on every platform and Python; the locks name no package index.
COMPILE = (
    "uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --upgrade --generate-hashes "
    "--no-annotate --no-header --no-emit-index-url --no-emit-find-links"
)
DEFAULTS = {  # what KEY=value or the environment may say otherwise
    "CHECKLIST": "scaffolder",
    "OMP_NUM_THREADS": "1",  # on a shared machine, one thread per core is slower
    "PYTHONUTF8": "1",
    "SHOOT": "python",
{% block defaults %}{% endblock %}
}
BIN = ".venv/Scripts" if os.name == "nt" else ".venv/bin"
UV = shutil.which("uv")
RUNNING: list[subprocess.Popen[bytes]] = []
say = functools.partial(print, flush=True)


def main(arguments: Sequence[str]) -> None:
    """Do the targets among the arguments, with the others, which are KEY=value, in the environment."""
{% block guard %}{% endblock %}
    os.chdir(Path(__file__).resolve().parent)
    signal.signal(signal.SIGINT, lambda *_: None)  # the program that runs gets it too, and decides what it means
    signal.signal(signal.SIGTERM, lambda *_: list(map(subprocess.Popen.terminate, RUNNING)))
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # where it is set, each process compiles its imports anew
    given = dict(argument.split("=", 1) for argument in arguments if "=" in argument)
    os.environ.update({**DEFAULTS, **os.environ, **given})
    for target in [argument for argument in arguments if "=" not in argument] or ["help"]:
        if target not in TASKS:
            fail(2, f"There is no target {target}: python tasks.py lists them.")
        do(target)


@functools.cache  # a target is done once
def do(target: str) -> None:
    """Do the steps of a target; of one that is a file only if it is not there as it should be."""
    about, *steps = TASKS[target]
    if "/" in target and is_current(Path(target), about.split()):
        return
    for step in steps:
        if step in TASKS:
            do(step)
        else:
            name, *words = filled(step, about)
            if name in ("python", "ruff", "mypy", "install") and target != "setup":
                do("setup")
            BUILT_IN.get(name, functools.partial(call, name))(*words)
    if "/" in target:
        touch(target)


def is_current(file: Path, sources: Sequence[str]) -> bool:
    """Whether a file is there, and newer than its sources; also if these are gone, as it cannot be made of them."""
    paths = [path for source in map(Path, sources) for path in (source, *source.rglob("*"))]
    if not all(path.exists() for path in paths):
        return True
    return file.exists() and all(path.stat().st_mtime <= file.stat().st_mtime for path in paths)


def filled(step: str, about: str) -> Iterator[str]:
    """The words of a command, with what was given."""
    given = {key: value for key, value in os.environ.items() if value}
    for word in shlex.split(step):
        key, optional, rest = word.removeprefix("${").removesuffix("}").partition(":+")
        try:
            if not optional or key in given:
                yield Template(rest if optional else word).substitute(given)
        except KeyError as missing:
            fail(2, f"Say {missing.args[0]}: {about}")


def program(name: str) -> str | None:
    """The path of a program, the one of .venv if it is there; `python` is no other than that one."""
    return shutil.which(name, path=BIN) or (shutil.which(os.path.expanduser(name)) if name != "python" else None)


def call(name: str, *words: str) -> None:
    """Run a program; where it fails, end with its exit code."""
    if (path := program(name)) is None:
        fail(3, f"This needs {NEEDED.get(name, name)}, which is not installed.")
    RUNNING[:] = [subprocess.Popen([path, *words])]  # noqa: S603 - no shell, and the words are the owner's
    code = RUNNING[0].wait()
    if code:
        sys.exit(code if code > 0 else 128 - code)


def chosen(name: str, *words: str) -> None:
    """Run a program that KEY=value may have named, perhaps with words of its own; skip it if it is not installed."""
    first, *own = shlex.split(name)
    if program(first):
        call(first, *own, *words)
    else:
        say(f"Skipped: there is no command {first} here.")


def environment(lock: str) -> None:
    """Make .venv with the versions that a file locks, unless it has a copy of the file, and so has them."""
    ready = Path(".venv/.ready")
    if ready.exists() and ready.read_bytes() == Path(lock).read_bytes():
        return
    say(f"Installs {lock} into .venv, with {'uv' if UV else 'pip'}.")
    make = ["uv", "venv", "--quiet", "--python", sys.executable] if UV else [sys.executable, "-m", "venv"]
    call(*make, "--clear", ".venv")
    install(lock, ".venv")
    packages = Path(sysconfig.get_path("purelib", "venv", {"base": ".venv"}))
    packages.joinpath("src.pth").write_text(str(Path("src").resolve()))
    shutil.copyfile(lock, ready)


def install(lock: str, folder: str, *options: str) -> None:
    """Install what a file locks into the environment in a folder."""
    pip = ["python", "-m", "pip", "--python", folder, "install", "--disable-pip-version-check", "--no-compile"]
    tool = ["uv", "pip", "install", "--python", folder] if UV else pip
    call(*tool, "--quiet", "--require-hashes", *options, "-r", lock)


def copy(source: str, target: str) -> None:
    """Copy a folder, or a file to a place or into a folder that is there."""
    if not Path(source).exists():
        fail(2, f"There is no {source} yet; has make demo been run?")
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    (shutil.copytree if Path(source).is_dir() else shutil.copy)(source, target)


def touch(file: str) -> None:
    """Note that a file is made now."""
    Path(file).parent.mkdir(parents=True, exist_ok=True)
    Path(file).touch()


def remove(*patterns: str) -> None:
    """Remove folders."""
    for folder in [path for pattern in patterns for path in Path().glob(pattern)]:
        shutil.rmtree(folder)


def targets() -> None:
    """List the targets."""
    for name, (about, *_) in TASKS.items():
        if "/" not in name:
            say(f"  {name:<11} {about}")


def fail(code: int, message: str) -> NoReturn:
    """End with a sentence and an exit code."""
    print(message, file=sys.stderr)
    sys.exit(code)


BUILT_IN: dict[str, Callable[..., None]] = {
    "chosen": chosen,
    "compile": functools.partial(call, *COMPILE.split()),
    "copy": copy,
    "echo": say,
    "environment": environment,
    "install": install,
    "remove": remove,
    "targets": targets,
    "touch": touch,
}

if __name__ == "__main__":
    main(sys.argv[1:])
