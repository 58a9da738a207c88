"""Access: a shared token, and a brake on clients that guess it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from hashlib import sha256
from hmac import compare_digest
from math import ceil
from time import monotonic

from fastapi import Depends, HTTPException, Security
from fastapi.params import Depends as Dependency
from fastapi.security import APIKeyCookie, HTTPBearer
from starlette.requests import HTTPConnection
from starlette.responses import Response

COOKIE = "assistant_token"
WEEK = 7 * 86_400
NEEDED = "This needs the service's token: send it as 'Authorization: Bearer ...'."
BRAKED = "Too many wrong tokens came from this address; wait before the next."
WRONG_TOKENS = 10  # of one client within a minute; then it waits for the minute's end
MINUTE = 60.0
MOST_CLIENTS = 10_000  # whose wrong tokens are remembered
KINDS = (  # for the OpenAPI document; `Access` itself looks at the request
    HTTPBearer(auto_error=False, description="The service's token"),
    APIKeyCookie(name=COOKIE, auto_error=False, description="What the page's sign-in sets"),
)


class Access:
    """Rights by bearer token, or by the cookie that the page's sign-in sets; without a token all is allowed."""

    def __init__(self, token: str, *, to_ask: bool) -> None:
        self._token = token
        self._needed_to_ask = bool(token) and to_ask
        self._brake = Brake()

    @property
    def asking(self) -> Sequence[Dependency]:
        """Dependencies of routes that answer questions or show documents."""
        return self._token_on(self._needed_to_ask)

    @property
    def writing(self) -> Sequence[Dependency]:
        """Dependencies of routes that change something."""
        return self._token_on(self.has_token)

    def _token_on(self, needed: bool) -> Sequence[Dependency]:
        return [*(Security(kind) for kind in KINDS), Depends(self.require)] if needed else []

    @property
    def has_token(self) -> bool:
        return bool(self._token)

    def may_ask(self, connection: HTTPConnection) -> bool:
        return not self._needed_to_ask or self._known(connection)

    def may_write(self, connection: HTTPConnection) -> bool:
        return not self._token or self._known(connection)

    def require(self, connection: HTTPConnection) -> None:
        """Refuse a request without the token."""
        if not self._known(connection):
            raise self.refusal(connection)

    def refusal(self, connection: HTTPConnection) -> HTTPException:
        """What a client without the token, or with too many wrong ones, is told."""
        if seconds := self._brake.wait(_client(connection)):
            return HTTPException(429, BRAKED, {"retry-after": str(ceil(seconds))})
        return HTTPException(401, NEEDED, {"www-authenticate": "Bearer"})

    def is_token(self, connection: HTTPConnection, given: str) -> bool:
        return bool(self._token) and self._right(connection, given, self._token)

    def remember(self, response: Response, *, secure: bool) -> None:
        """Let the browser that gets `response` write from now on."""
        response.set_cookie(COOKIE, self._ticket, WEEK, httponly=True, samesite="strict", secure=secure)

    @property
    def _ticket(self) -> str:
        """A value that proves knowledge of the token without revealing it."""
        return sha256(b"assistant page\0" + self._token.encode()).hexdigest()

    def _known(self, connection: HTTPConnection) -> bool:
        scheme, _, given = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(connection, given.strip())
        return COOKIE in connection.cookies and self._right(connection, connection.cookies[COOKIE], self._ticket)

    def _right(self, connection: HTTPConnection, given: str, expected: str) -> bool:
        """Whether they are the same; a client that was wrong too often is not told."""
        client = _client(connection)
        if self._brake.wait(client):
            return False
        right = _same(given, expected)
        if not right:
            self._brake.count(client)
        return right


class Brake:
    """Counts the wrong tokens of each client, minute by minute."""

    def __init__(self) -> None:
        self._clients: OrderedDict[str, tuple[int, float]] = OrderedDict()  # how many, until when they count

    def wait(self, client: str) -> float:
        """Seconds until the client may try again; 0 if it may now."""
        count, until = self._clients.get(client, (0, 0.0))
        return max(0.0, until - monotonic()) if count >= WRONG_TOKENS else 0.0

    def count(self, client: str) -> None:
        """Note a wrong token; of too many clients, the ones that were first to be wrong are forgotten."""
        count, until = self._clients.get(client, (0, 0.0))
        now = monotonic()
        self._clients[client] = (count + 1, until) if now < until else (1, now + MINUTE)
        while len(self._clients) > MOST_CLIENTS:
            self._clients.popitem(last=False)


def _client(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client else ""


def _same(given: str, expected: str) -> bool:
    """Compare two texts in a time that does not depend on where they differ."""
    return compare_digest(given.encode("utf-8", "replace"), expected.encode())
