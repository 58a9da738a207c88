"""Every test is isolated from the user's home, Git settings and cookiecutter configuration."""

from __future__ import annotations

import atexit
import gc
import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

_HOME = tempfile.mkdtemp(prefix="scaffolder-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ.update(
    HOME=_HOME, XDG_CONFIG_HOME=_HOME, XDG_CACHE_HOME=_HOME, GIT_CONFIG_GLOBAL=os.devnull, GIT_CONFIG_NOSYSTEM="1"
)
for name in [
    name for name in os.environ if name.startswith(("COOKIECUTTER_", "GIT_AUTHOR", "GIT_COMMITTER", "GIT_DIR"))
]:
    del os.environ[name]
# Compiled code is kept between runs. Where the user wants none beside the source, it lies in a folder of its own.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
    sys.dont_write_bytecode = False
    sys.pycache_prefix = os.environ["PYTHONPYCACHEPREFIX"] = str(Path(__file__).parents[1] / ".cache/bytecode")
    # but not that of files which the tests write, in another folder each time
    atexit.register(lambda: shutil.rmtree(f"{sys.pycache_prefix}{tempfile.gettempdir()}", ignore_errors=True))

# A shell starts background jobs with Ctrl-C ignored, and their children inherit that.
signal.signal(signal.SIGINT, signal.default_int_handler)

import pytest  # noqa: E402 - after HOME: cookiecutter reads it while it is imported
import typer.main  # noqa: E402
from support import MINI, Outcome, make_template  # noqa: E402

from scaffolder import child  # noqa: E402
from scaffolder.cli.app import run  # noqa: E402

typer.main.get_command = cache(typer.main.get_command)  # build the commands once, not for each of a thousand runs
pytest_plugins = ["pytest_cookies.plugin"]  # here, after HOME, too
SLOW = Path(__file__).with_name("slow")
CHILD = child._process, child._exchange


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The slow proofs are not even read by the fast suite: that takes seconds."""
    return True if collection_path == SLOW and config.option.markexpr == "not slow" else None


def _work_in_memory() -> None:
    """Keep temporary files in memory where there is room for them: a disk makes the fast suite take half as long again."""
    memory = Path("/dev/shm")  # Linux has it; containers often give it 64 MB, and let nothing be executed there
    if (
        memory.is_dir()
        and shutil.disk_usage(memory).free > 2**31
        and not os.statvfs(memory).f_flag & os.ST_NOEXEC
        and "TMPDIR" not in os.environ
    ):
        os.environ["TMPDIR"] = tempfile.tempdir = str(memory)


def pytest_configure(config: pytest.Config) -> None:
    """For the slow proofs: what they take, and their parts. A wrong TEMPLATE or GREEN is refused."""
    if config.option.markexpr == "not slow":
        _work_in_memory()
    if config.option.markexpr == "slow":
        sys.path.append(str(SLOW))
        from parts import Parts

        config.pluginmanager.register(Parts())


def pytest_make_parametrize_id(val: object) -> str | None:
    """No long names: a test's name is in the environment of what it starts, and goes from worker to worker."""
    return repr(val[:40]) if isinstance(val, str | bytes) and len(val) > 100 else None


def pytest_collection_finish() -> None:
    """What was collected stays until the end: looking for garbage in it, often, takes a sixth of the time."""
    gc.freeze()
    gc.set_threshold(500_000)  # as the program sets it


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores, since some tests only wait."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def scaffolder(capfd: pytest.CaptureFixture[str]) -> Callable[..., Outcome]:
    """Run one command in this process: exit code, standard output, standard error."""

    def call(*arguments: object) -> Outcome:
        capfd.readouterr()
        code = run([str(argument) for argument in arguments])
        return Outcome(code, *capfd.readouterr())

    return call


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Render other people's templates and check students' repositories in this process.

    To start a child takes a tenth of a second. This is for tests of what is done with a render or a report. That a child
    makes it, and within which limits, others prove.
    """
    monkeypatch.setattr(child, "_process", InProcess)
    monkeypatch.setattr(child, "_exchange", InProcess.exchange)


@pytest.fixture
def with_child(no_child: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a module with `no_child`: work in a child all the same."""
    process, exchange = CHILD
    monkeypatch.setattr(child, "_process", process)
    monkeypatch.setattr(child, "_exchange", exchange)


class InProcess:
    """What stands in the child's place: it answers the same requests."""

    returncode = 0
    one_by_one = Lock()  # a child has one thread

    def exchange(self, lines: list[dict[str, Any]]) -> child.Answer:
        *first_line, request = json.loads(json.dumps(lines))
        if first_line:
            self.service, self.limits = child.service_of(first_line[0]), first_line[0]["limits"]
        with self.one_by_one:
            reply, files = child.reply_to(self.service, request, self.limits)
        return json.loads(json.dumps(reply)), files

    def kill(self) -> None:
        """Nothing runs."""

    communicate = kill


@pytest.fixture
def git_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Write the user's Git settings."""

    def write(text: str) -> None:
        path = tmp_path / "gitconfig"
        path.write_text(text)
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(path))

    return write


@pytest.fixture
def mini(tmp_path: Path) -> Path:
    """A small template, not one of ours, that uses the common features of cookiecutter."""
    return make_template(tmp_path / "mini", *MINI)


@pytest.fixture
def other_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home folder for this test alone."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    return home
