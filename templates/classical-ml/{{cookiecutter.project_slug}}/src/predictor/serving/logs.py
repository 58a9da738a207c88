"""Logs: one JSON object per line on standard output, with the id of the request, also for the web server's messages."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from asgi_correlation_id import correlation_id
from prometheus_fastapi_instrumentator.metrics import Info

log = structlog.get_logger("request")


def configure_logs(level: str) -> None:
    """Send structlog's and the standard library's messages from `level` upwards to standard output."""
    common: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_request_id,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    to_json = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*common, to_json],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=common,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, to_json],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)


def log_request(info: Info) -> None:
    """Log a request that was answered: by its route, since path and query are the client's own words."""
    answered = {"status": int(info.modified_status), "ms": round(info.modified_duration * 1000, 3)}
    log.info("request", method=info.method, route=info.modified_handler, **answered)


def request_id() -> str:
    """The id of the request that is being answered."""
    return correlation_id.get() or ""


def _add_request_id(_: object, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if request_id():
        event["request_id"] = request_id()
    return event
