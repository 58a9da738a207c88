"""Client of a model server with OpenAI's protocol: one time limit, and one clear sentence for each failure."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TypeVar, cast

import httpx2
from openai import (
    APIConnectionError,
    APIStatusError,
    APITimeoutError,
    DefaultHttpxClient,
    OpenAI,
    OpenAIError,
)

from .errors import AssistantError, Unavailable

Item = TypeVar("Item")
Hooks = dict[str, list[Callable[..., object]]]

# What a server's nonsense raises inside the client: broken JSON, broken UTF-8, fields of another type.
NONSENSE = (ValueError, TypeError, KeyError, AttributeError, IndexError)


@dataclass(frozen=True)
class _End:
    error: Exception | None = None


class Endpoint:
    """One server. `variable` begins the names of its variables and stands for its address in messages.

    Retries (connection lost, 408, 409, 429 with its Retry-After, 5xx) are the `openai` client's; all of them
    together have to fit into `timeout` seconds.

    Raises:
        AssistantError: `base_url` is not an address.
    """

    def __init__(self, what: str, variable: str, base_url: str, api_key: str, *, timeout: float, retries: int) -> None:
        self._what, self._variable, self._timeout = what, variable, timeout
        self._now = threading.local()  # the deadline of the call that this thread makes
        try:
            address = httpx2.URL(base_url)
        except httpx2.InvalidURL as error:
            raise AssistantError(f"{variable}_URL is not an address: {error}") from None
        hooks: Hooks = {"request": [self._not_too_late], "response": [self._worth_waiting]}
        self.client = OpenAI(
            base_url=address,
            api_key=api_key or "none",
            timeout=timeout,
            max_retries=retries,
            organization="",  # or the client would look for OPENAI_* variables and send what they hold
            project="",
            http_client=DefaultHttpxClient(event_hooks=hooks, timeout=timeout),
        )

    def one(self, call: Callable[[OpenAI], Item]) -> Item:
        """What `call` returns; raises as `items` does."""
        return next(self.items(lambda client: [call(client)]))

    def items(self, call: Callable[[OpenAI], Iterable[Item]]) -> Iterator[Item]:
        """What `call` iterates over, as it arrives.

        A thread makes the call, since a server that sends a byte now and then never runs into the timeout of
        a socket.

        Raises:
            Unavailable: the server does not answer in time, refuses, or answers nonsense.
        """
        arrived: SimpleQueue[Item | _End] = SimpleQueue()
        deadline = time.monotonic() + self._timeout
        abandoned = threading.Event()
        threading.Thread(target=self._work, args=(call, arrived, deadline, abandoned), daemon=True).start()
        started = False
        try:
            while not isinstance(item := self._next(arrived, deadline), _End):
                started = True
                yield item
            if item.error:
                raise self._explained(item.error, started=started) from item.error
        finally:
            abandoned.set()

    def nonsense(self, detail: str) -> Unavailable:
        """The error for an answer that cannot be used, such as "it sent no text"."""
        return Unavailable(f"{self._name} answers, but not in the expected format: {detail}")

    @property
    def _name(self) -> str:
        return f"The {self._what} at {self._variable}_URL"

    def _work(
        self,
        call: Callable[[OpenAI], Iterable[Item]],
        arrived: SimpleQueue[Item | _End],
        deadline: float,
        abandoned: threading.Event,
    ) -> None:
        self._now.deadline = deadline
        try:
            for item in call(self.client):
                arrived.put(item)
                if abandoned.is_set():
                    return
        except Exception as error:  # it is raised again where the items are read
            arrived.put(_End(error))
        else:
            arrived.put(_End())

    def _next(self, arrived: SimpleQueue[Item | _End], deadline: float) -> Item | _End:
        try:
            return arrived.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            raise self._late() from None

    def _late(self) -> Unavailable:
        return Unavailable(f"{self._name} has not finished within {self._timeout:g} seconds; try again later")

    def _left(self) -> float:
        return cast(float, self._now.deadline) - time.monotonic()

    def _not_too_late(self, _: httpx2.Request) -> None:
        """Do not retry when nobody is waiting any more: it would still cost money."""
        if self._left() <= 0:
            raise self._late()

    def _worth_waiting(self, response: httpx2.Response) -> None:
        wait = response.headers.get("retry-after", "")
        if response.is_error and wait.isdecimal() and int(wait) > self._left():
            raise Unavailable(f"{self._name} is busy and asks to wait {int(wait)} seconds; try again later")

    def _explained(self, error: Exception, *, started: bool) -> Exception:
        match error:
            case Unavailable():
                return error
            case APITimeoutError():
                return self._late()
            case APIConnectionError() | httpx2.HTTPError() if started:
                return Unavailable(f"{self._name} stopped in the middle of an answer; try again later")
            case APIConnectionError() | httpx2.HTTPError():
                return Unavailable(f"{self._name} cannot be reached; is the address right, and is it running?")
            case APIStatusError(status_code=code):
                return Unavailable(f"{self._name} {self._refusal(code)}")
            case OpenAIError():
                return Unavailable(f"{self._name} reports an error in the middle of its answer; try again later")
        return self.nonsense("the content is broken") if isinstance(error, NONSENSE) else error

    def _refusal(self, code: int) -> str:
        if code in (401, 403):
            return f"refuses the key (status {code}); check {self._variable}_KEY"
        if code == 429:
            return "is busy, or its quota is used up (status 429); try again later"
        if code >= 500:
            return f"has failed (status {code}); try again later"
        return f"refuses the request (status {code}); check its address and model"
