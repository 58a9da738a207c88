"""HTTP with an end to waiting: uvicorn itself gives a client for ever to send its request."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS = 30.0  # for a whole request, headers and body


class Protocol(H11Protocol):
    """Hangs up on a client whose request is not complete `SECONDS` after the connection, or after its first byte."""

    deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        self._watch()

    def _watch(self) -> None:
        waiting = self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        if waiting and self.deadline is None:
            self.deadline = self.loop.call_later(SECONDS, self.transport.close)
        elif self.deadline is not None and not waiting:
            self.deadline.cancel()
            self.deadline = None
