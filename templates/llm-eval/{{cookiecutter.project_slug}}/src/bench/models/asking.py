"""Answers to many requests: from the cache, and the rest from one server within the caps."""

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path

from . import local
from .budget import Models
from .endpoint import Endpoint
from .responses import Cache, Completion, ModelError, Request


class Asker:
    """Asks for one run. The environment may have BENCH_MODEL_URL and BENCH_MODEL_KEY. Close it at the end.

    Raises:
        ModelError: the key cannot be used, or the cache is damaged.
    """

    def __init__(self, settings: Models) -> None:
        self._key = os.environ.get("BENCH_MODEL_KEY", "").strip()
        if not (self._key.isascii() and self._key.isprintable()):
            raise ModelError("BENCH_MODEL_KEY has characters that no key has, such as a line break; set it again.")
        self._settings = settings
        self._pool = ThreadPoolExecutor(1 if settings.local else settings.concurrency)
        self._cache = Cache(Path(settings.answers), settings.server)
        self._received = list[Completion]()  # what the calls of this run have brought

    def close(self) -> None:
        """Waits for calls that have begun, so that their answers are kept."""
        self._pool.shutdown(cancel_futures=True)

    def check(self, requests: Iterable[Request]) -> None:
        """Call it with all requests of a run, before the first of them is made.

        Raises:
            ModelError: their missing answers could exceed a cap, or a model has no price.
        """
        missing = [request for request in dict.fromkeys(requests) if not self._cache.get(request)]
        self._settings.caps.check([*self._received, *map(self._settings.dearest, missing)])

    def complete_all(self, requests: Sequence[Request]) -> list[Completion]:
        """The answers in the order of the requests; a server is needed only if answers are missing.

        Each answer is in the cache as soon as it arrives, whatever stops the rest.

        Raises:
            ModelError: a call fails for good, or would exceed a cap. Calls that have begun end; no others are made.
        """
        answers = {request: found for request in requests if (found := self._cache.get(request))}
        missing = [request for request in dict.fromkeys(requests) if request not in answers]
        if missing:
            name = self._settings.local
            with local.serve(local.weights(name)) if name else nullcontext(self._settings.server) as url:
                endpoint = Endpoint(url, self._key, self._settings)
                called = self._pool.map(lambda request: self._call(request, endpoint), missing)
                answers |= zip(missing, called, strict=True)  # an error cancels the calls that have not begun
        return [self._settings.priced(request, answers[request]) for request in requests]

    def _call(self, request: Request, endpoint: Endpoint) -> Completion:
        # `check` has counted those under way.
        self._settings.caps.check([*self._received, self._settings.dearest(request)])
        completion = endpoint.ask(request)
        self._cache.put(request, completion)
        self._received.append(self._settings.priced(request, completion))
        return completion
