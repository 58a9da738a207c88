"""Access: a shared token, and no writing through a page of another site."""

from __future__ import annotations

from hashlib import sha256
from hmac import compare_digest

from fastapi import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import Response

COOKIE = "assistant_token"
WEEK = 7 * 86_400
NEEDED = "This needs the service's token: send it as 'Authorization: Bearer ...'."
FOREIGN = "Another site may not do this; the request came from one."


class Access:
    """Rights by bearer token, or by the cookie that the page's sign-in sets; without a token all is allowed."""

    def __init__(self, token: str, *, to_ask: bool) -> None:
        self._token = token
        self._needed_to_ask = bool(token) and to_ask

    @property
    def has_token(self) -> bool:
        return bool(self._token)

    def may_ask(self, connection: HTTPConnection) -> bool:
        return not self._needed_to_ask or self._known(connection)

    def may_write(self, connection: HTTPConnection) -> bool:
        return not self._token or self._known(connection)

    def require_to_ask(self, connection: HTTPConnection) -> None:
        """A dependency of routes that answer questions or show documents."""
        if not self.may_ask(connection):
            raise HTTPException(401, NEEDED, {"www-authenticate": "Bearer"})

    def require_to_write(self, connection: HTTPConnection) -> None:
        """A dependency of routes that change something."""
        require_same_site(connection)
        if not self.may_write(connection):
            raise HTTPException(401, NEEDED, {"www-authenticate": "Bearer"})

    def is_token(self, given: str) -> bool:
        return bool(self._token) and _same(given, self._token)

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
            return self.is_token(given.strip())
        return _same(connection.cookies.get(COOKIE, ""), self._ticket)


def require_same_site(connection: HTTPConnection) -> None:
    """Refuse requests that another site's page makes a visitor's browser send; programs send no such header."""
    if connection.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        raise HTTPException(403, FOREIGN)


def _same(given: str, expected: str) -> bool:
    """Compare two texts in a time that does not depend on where they differ."""
    return compare_digest(given.encode("utf-8", "replace"), expected.encode())
