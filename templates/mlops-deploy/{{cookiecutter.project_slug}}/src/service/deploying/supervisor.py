"""Starts the router and the champion again when they have died. (A canary that died ends its release instead.)"""

import time

import structlog

from ..routing.config import RouterConfig
from ..serving.config import read_config
from ..serving.logs import configure_logs
from .processes import Processes

LOOK_SECONDS = 0.2
KEPT = ("champion", "router")
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0  # seconds between two starts of a process that dies again and again

log = structlog.get_logger("supervisor")


class Supervisor:
    def __init__(self, processes: Processes) -> None:
        self.processes, self.pauses = processes, dict.fromkeys(KEPT, FIRST_PAUSE)
        self.started = dict.fromkeys(KEPT, float("-inf"))

    def look(self) -> None:
        """Start again what has died, the later the more often it has died of late."""
        for name in KEPT:
            since = time.monotonic() - self.started[name]
            if not self.processes.died(name) or since < self.pauses[name]:
                continue
            self.pauses[name] = FIRST_PAUSE if since > 2 * LONGEST_PAUSE else min(2 * self.pauses[name], LONGEST_PAUSE)
            self.started[name] = time.monotonic()
            try:
                self.processes.launch(name)
                log.warning("started again", process=name)
            except OSError as error:
                log.error("not started", process=name, reason=str(error))


def supervise() -> None:
    """Do this for ever; `make up` and the first release start a process for it."""
    config = read_config(RouterConfig)
    configure_logs(config.log_level)
    supervisor = Supervisor(Processes(config))
    while True:
        supervisor.look()
        time.sleep(LOOK_SECONDS)
