"""The logs of the service, printed as `serve` prints them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from service.serving.logs import configure_logs


@contextmanager
def printed_logs(level: str = "info") -> Iterator[None]:
    """Until the block ends, what is logged from `level` upwards goes to standard output."""
    configure, before = structlog.configure, structlog.get_config()
    handlers, root_level = logging.root.handlers[:], logging.root.level
    with pytest.MonkeyPatch.context() as patch:
        # A logger that is cached would keep the standard output of this test.
        patch.setattr(structlog, "configure", lambda **given: configure(**given | {"cache_logger_on_first_use": False}))
        configure_logs(level)
    try:
        yield
    finally:
        configure(**before)
        logging.root.handlers[:] = handlers
        logging.root.setLevel(root_level)
