"""A Git server on this machine: `git http-backend` behind a small web server that knows who may see what.

A student has the repositories below /<name>/, a teacher has all. Repositories must be created first, as on most forges.
"""

from __future__ import annotations

import base64
import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

TEACHER = "teacher"


class GitServer(ThreadingHTTPServer):
    """Serves the bare repositories below `root`; `passwords` has those of all users, the teacher's among them."""

    def __init__(self, root: Path, passwords: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.root = root
        self.passwords = dict(passwords)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def url_for(self, user: str) -> str:
        """The address with the user's name and password."""
        return f"http://{user}:{self.passwords[user]}@127.0.0.1:{self.server_port}"

    def create(self, student: str, project: str) -> Path:
        """What a forge does when its page is clicked."""
        place = self.root / student / f"{project}.git"
        subprocess.run(["git", "init", "-q", "--bare", "--initial-branch=main", place], check=True, capture_output=True)
        return place

    def settings_for(self, user: str) -> str:
        """Git settings with a credential helper that knows the user's password."""
        said = f"echo username={user}; echo password={self.passwords[user]}"
        return f'[credential "{self.url}"]\n\thelper = "!f() {{ {said}; }}; f"\n'

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


@contextmanager
def serving(root: Path, passwords: Mapping[str, str]) -> Iterator[GitServer]:
    with GitServer(root, passwords) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: GitServer
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def log_message(self, *arguments: object) -> None:
        pass

    def _serve(self) -> None:
        path = unquote(urlsplit(self.path).path)
        body = self._body()
        user = self._user()
        if user is None:
            self._answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
        elif (user != TEACHER and path.split("/")[1] != user) or ".." in path:
            self._answer(403, [], b"")
        else:
            self._run(path, user, body)

    def _user(self) -> str | None:
        """Who asks, if the password is right."""
        kind, _, encoded = self.headers.get("Authorization", "").partition(" ")
        try:
            user, _, password = base64.b64decode(encoded).decode().partition(":")
        except ValueError:
            return None
        return user if kind == "Basic" and password and self.server.passwords.get(user) == password else None

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _run(self, path: str, user: str, body: bytes) -> None:
        variables = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "PATH_INFO": path,
            "QUERY_STRING": urlsplit(self.path).query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "REMOTE_USER": user,
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=variables, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        fields = [tuple(line.split(": ", 1)) for line in head.decode().splitlines() if ": " in line]
        status = next((value for name, value in fields if name == "Status"), "200 OK")
        self._answer(int(status[:3]), [field for field in fields if field[0] != "Status"], content)

    def _answer(self, status: int, fields: list[tuple[str, ...]], content: bytes) -> None:
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
