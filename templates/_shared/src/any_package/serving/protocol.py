"""HTTP with an end to waiting: uvicorn itself gives a client for ever to send its request and to read the answer."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

SECONDS = 30.0


class Protocol(H11Protocol):
    """Hangs up on a client that sends no whole request, headers and body, or takes no answer, within twice `SECONDS`.

    There are `SECONDS` between two looks at the connection. It ends if both find it waiting, at the same request.
    """

    timer: asyncio.TimerHandle

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.timer = self.loop.call_later(SECONDS, self._look, self.cycle)

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.timer.cancel()

    def _look(self, waited_at: object) -> None:
        receiving = self.conn.their_state in (h11.IDLE, h11.SEND_BODY)
        waiting = receiving or self.flow.write_paused or self.transport.is_closing()
        if waiting and self.cycle is waited_at:
            self.transport.abort()  # `close` would wait until the client has taken what is written
        else:
            self.timer = self.loop.call_later(SECONDS, self._look, waiting and self.cycle)
