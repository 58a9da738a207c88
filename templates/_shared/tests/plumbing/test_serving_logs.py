"""The log: one JSON object a line on standard output, from whoever writes it."""

import json
import subprocess
import sys

PROGRAM = """
import logging, structlog
from asgi_correlation_id import correlation_id
logging.basicConfig()  # as a library may have done
from any_package.serving.logs import configure_logs
configure_logs("warning")
log = structlog.get_logger()
of_a_request = correlation_id.set("r7")
log.info("not severe enough")
log.warning("ours", rows=3)
try:
    raise ArithmeticError("reason")
except ArithmeticError:
    log.exception("failed")
correlation_id.reset(of_a_request)
logging.getLogger("uvicorn").info("not severe enough")
logging.getLogger("uvicorn").error("of the %s", "server")
"""


def test_each_line_is_an_object_with_its_level_and_time() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    ours, failed, servers = map(json.loads, done.stdout.splitlines())
    assert (ours["event"], ours["level"], ours["rows"], ours["request_id"]) == ("ours", "warning", 3, "r7")
    assert ours["timestamp"].endswith("Z")
    assert "ArithmeticError: reason" in failed["exception"]
    assert (servers["event"], servers["level"]) == ("of the server", "error")
    assert servers.keys() == {"event", "level", "timestamp"}
    assert done.stderr == ""
