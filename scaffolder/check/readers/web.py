"""Whether a web address answers: only http and https, only public hosts, at every redirect."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from scaffolder.check.engine.repository import Repository, fact

if TYPE_CHECKING:
    from http.client import HTTPConnection
    from urllib.parse import SplitResult

TIMEOUT = 5.0  # seconds for each connection
DEADLINE = 30.0  # seconds for all addresses of a repository together, whatever their servers do
MAX_REDIRECTS = 5
MAX_ADDRESSES = 10  # asked of one repository
_NO_HEAD = (403, 404, 405, 429, 501)  # with these some servers refuse HEAD although they answer GET
_PORTS = {"http": 80, "https": 443}


class Live(NamedTuple):
    """The answer of an address: whether it works, and the fact that shows it ("200 OK")."""

    works: bool
    fact: str


@fact
def live(repo: Repository) -> Callable[[str], Live] | None:
    """A function that asks addresses, each only once; None if going online is not allowed."""
    if not repo.online:
        return None
    answers: dict[str, Live] = {}
    ends = time.monotonic() + DEADLINE

    def asked(url: str) -> Live:
        if url not in answers:
            full = len(answers) >= MAX_ADDRESSES
            more = Live(False, f"not asked: more than {MAX_ADDRESSES} addresses")
            answers[url] = more if full else _until(ends, url)
        return answers[url]

    return asked


def _until(ends: float, url: str) -> Live:
    """The answer of an address, or that there was none, at a time of the monotonic clock at the latest."""
    answer = [Live(False, f"no answer: all addresses together have {DEADLINE:g} seconds")]
    asking = threading.Thread(target=lambda: answer.insert(0, ask(url)), daemon=True)
    if ends > time.monotonic():
        asking.start()
        asking.join(ends - time.monotonic())
    return answer[0]


def ask(url: str) -> Live:
    """Ask `url` with HEAD, then GET, following redirects; never raises."""
    from http.client import HTTPException  # here and below: who stays offline need not wait for these imports
    from urllib.parse import urljoin

    try:
        for _ in range(MAX_REDIRECTS + 1):
            status, reason, location = _request("HEAD", url)
            if status in _NO_HEAD:
                status, reason, location = _request("GET", url)
            if not (300 <= status < 400 and location):
                return Live(200 <= status < 300, f"{status} {reason}".strip())
            url = urljoin(url, location)
    except (OSError, ValueError, HTTPException) as error:
        return Live(False, f"no answer ({' '.join(str(error).split())[:120] or type(error).__name__})")
    return Live(False, f"more than {MAX_REDIRECTS} redirects")


def _request(method: str, url: str) -> tuple[int, str, str | None]:
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    connection = _connection(parts)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, headers={"User-Agent": "scaffolder-check", "Accept": "*/*"})
        answer = connection.getresponse()
        return answer.status, answer.reason, answer.getheader("Location")
    finally:
        connection.close()


def _connection(parts: SplitResult) -> HTTPConnection:
    """A connection to the very address that was found to be public: a second look-up could lead elsewhere."""
    import socket
    import ssl
    from http.client import HTTPConnection

    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("only http and https addresses are asked")
    port = parts.port or _PORTS[parts.scheme]
    plain = socket.create_connection((_public_address(parts.hostname, port), port), TIMEOUT)
    connection = HTTPConnection(parts.hostname, port, timeout=TIMEOUT)
    secure = parts.scheme == "https"
    connection.sock = (
        ssl.create_default_context().wrap_socket(plain, server_hostname=parts.hostname) if secure else plain
    )
    return connection


def _public_address(host: str, port: int) -> str:
    import ipaddress
    import socket

    found = [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(ipaddress.ip_address(address).is_global for address in found):
        raise ValueError("its host is not public")
    return found[0]
