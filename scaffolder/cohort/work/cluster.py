"""A Dask cluster as a pool of workers, through its `concurrent.futures` executor. Needs the extra `dask`."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from scaffolder import __version__
from scaffolder.errors import OutsideError, ScaffolderError, shown

_ADDRESS = re.compile(r"(?:tcp|tls)://[\w.\[\]:-]+:\d{1,5}")
_PATIENCE = 8  # seconds until a scheduler must have answered
_NO_WORKERS = 60.0  # seconds that all workers may be away


@contextmanager
def opened(address: str) -> Iterator[Cluster]:
    """The cluster whose scheduler is at `address`, such as tcp://127.0.0.1:8786.

    Raises a `ScaffolderError` if the extra is not installed, `OutsideError` if the cluster does not answer, has no
    workers, has workers with another version of scaffolder, or is lost.
    """
    if not _ADDRESS.fullmatch(address):
        raise ScaffolderError(f"{shown(address)} is not the address of a Dask scheduler, such as tcp://host:8786.")
    try:
        distributed = import_module("distributed")  # it has few types, and so all in it is Any to a type checker
    except ImportError:
        raise ScaffolderError(
            "--executor needs Dask: install '.[dask]' from the folder where you installed scaffolder, or leave it out."
        ) from None
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # it would write over the progress
    try:
        with distributed.Client(address, timeout=_PATIENCE, set_as_default=False) as client:
            _check_workers(client, address)
            yield Cluster(client, address, distributed.scheduler.KilledWorker)
    except (CancelledError, OSError) as error:  # a timeout is an OSError, too
        raise OutsideError(f"The Dask scheduler at {shown(address)} does not answer, or no longer does.") from error


def _check_workers(client: Any, address: str) -> None:
    if not client.nthreads():
        raise OutsideError(f"The Dask scheduler at {shown(address)} has no workers.")
    try:
        found = set(client.run(_version).values())
    except ImportError:
        found = {"none"}
    if found != {__version__}:
        other = ", ".join(sorted(found - {__version__}))
        raise OutsideError(f"The Dask workers have another scaffolder ({other}): install {__version__} on them.")


def _version() -> str:
    """The version that a worker has."""
    from scaffolder import __version__

    return __version__


class Cluster:
    """Works like `processes.Processes`. The scheduler itself tries a chunk on several workers, and replaces workers."""

    def __init__(self, client: Any, address: str, killed: type[Exception]) -> None:
        self.lost: tuple[type[BaseException], ...] = (killed,)
        self._client, self._address = client, address
        self._executor = client.get_executor(pure=False)
        self._seen = time.monotonic()

    def width(self) -> int:
        """A chunk for each thread of the workers that are there now."""
        threads = int(sum(self._client.nthreads().values()))
        if threads:
            self._seen = time.monotonic()
        elif time.monotonic() - self._seen > _NO_WORKERS:
            raise OutsideError(f"The Dask scheduler at {shown(self._address)} has lost all its workers.")
        return threads

    def submit(self, function: Callable[..., Any], /, *arguments: Any) -> Future[Any]:
        """Begin a call."""
        future: Future[Any] = self._executor.submit(function, *arguments)
        return future

    def renew(self) -> None:
        """Do nothing: the cluster replaces its workers itself."""
