"""Stream answers while they are made: from a thread's iterator to server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import aclosing
from typing import TypeVar

import structlog
from anyio import CancelScope
from fastapi.responses import StreamingResponse
from fastapi.sse import format_sse_event
from pydantic import BaseModel

from ..errors import AssistantError
from .refusals import sentence
from .service import Answered
from .turns import Turns

FAILED = "The service failed; its log has the reason."
NO_BUFFER = {"cache-control": "no-store", "x-accel-buffering": "no"}  # a proxy must not hold pieces back
ITEM = {  # of a stream, for the OpenAPI document
    "type": "object",
    "required": ["event", "data"],
    "properties": {
        "event": {"enum": ["token", "answer", "error"]},
        "data": {"type": "string", "contentMediaType": "application/json"},
    },
}

Item = TypeVar("Item")

log = structlog.get_logger("answer")


async def answering(turns: Turns, start: Callable[[], Iterator[Item]]) -> AsyncGenerator[Item, None]:
    """Items of the iterator that `start` makes, each awaited in a thread, all in one turn.

    The iterator is closed when nobody listens any more, which also ends the request to a model server.
    """
    async with turns.turn():
        items = start()
        try:
            while (item := await turns.run(lambda: next(items, None))) is not None:
                yield item
        finally:
            with CancelScope(shield=True):
                await turns.run(getattr(items, "close", lambda: None))


async def begun(items: AsyncGenerator[Item, None]) -> AsyncGenerator[Item, None]:
    """The same items, after waiting for the first one, so that an early failure still gets a proper status code."""
    first = await anext(items)
    return _continued(first, items)


async def _continued(first: Item, rest: AsyncGenerator[Item, None]) -> AsyncGenerator[Item, None]:
    async with aclosing(rest):
        yield first
        async for item in rest:
            yield item


async def whole(items: AsyncGenerator[str | Answered, None]) -> Answered:
    """The answer at the end of the pieces."""
    async with aclosing(items):
        async for item in items:
            if isinstance(item, Answered):
                return item
    raise RuntimeError("a stream of pieces ended without an answer")


async def safely(pieces: AsyncIterator[bytes], on_failure: Callable[[str], bytes]) -> AsyncIterator[bytes]:
    """The pieces; a failure in the middle becomes a last piece instead of a broken connection."""
    try:
        async for piece in pieces:
            yield piece
    except AssistantError as error:
        log.warning("answer broke off", reason=str(error))
        yield on_failure(sentence(error))
    except Exception:
        log.exception("answer broke off")
        yield on_failure(FAILED)


def event(name: str, data: BaseModel) -> bytes:
    return format_sse_event(data_str=data.model_dump_json(), event=name)


def streamed(pieces: AsyncIterator[bytes]) -> StreamingResponse:
    return StreamingResponse(pieces, media_type="text/event-stream", headers=NO_BUFFER)
