"""Which slot a request goes to. The deployer writes it, the router reads it at each request.

The canary's share is a lease: it ends unless somebody who watches the canary renews it.
"""

import time
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError

from ..reporting.metrics import write_text

VAR = Path("var")  # what belongs to a running service
ACCESS = VAR / "access.jsonl"

Slot = Literal["champion", "canary"]


class Route(BaseModel):
    """The canary's share of the requests, and when it ends (unix seconds; None: not by itself)."""

    share: float = Field(default=0.0, ge=0, le=1)
    until: float | None = None


class JsonRoutes:
    """`var/routes.json`, for the router of this project."""

    def __init__(self, path: Path = VAR / "routes.json") -> None:
        self.path, self.route = path, Route()
        self.seen = (0, 0)

    def set(self, share: float, seconds: float | None = None) -> None:
        """Give the canary this share of the requests, for so many seconds. Raises OSError."""
        until = None if seconds is None else time.time() + seconds
        write_text(self.path, Route(share=share, until=until).model_dump_json())

    def slot(self, request_id: str) -> Slot:
        """The slot for a request: by its id alone, so a repeated request goes to the same one."""
        place = int.from_bytes(blake2b(request_id.encode(), digest_size=4).digest(), "big") / 2**32
        return "canary" if place < self.share() else "champion"

    def share(self) -> float:
        """The canary's share now; 0 if the file is missing or broken. The file is only read when it has changed."""
        try:
            found = self.path.stat()
            if self.seen != (seen := (found.st_mtime_ns, found.st_ino)):
                self.route, self.seen = Route.model_validate_json(self.path.read_bytes()), seen
        except (OSError, ValidationError):
            return 0.0
        return self.route.share if self.route.until is None or time.time() < self.route.until else 0.0


class NginxRoutes:
    """A piece of nginx's configuration; its first line has the end of the lease. nginx/watch.sh reloads it."""

    def __init__(self, path: Path = VAR / "nginx" / "split.conf") -> None:
        self.path = path

    def set(self, share: float, seconds: float | None = None) -> None:
        """The same as for `JsonRoutes`."""
        until = "never" if seconds is None else f"{time.time() + seconds:.0f}"
        part = f"{share:.2%} canary; " if 0 < share < 1 else ""
        rest = "canary" if share == 1 else "champion_or_canary" if share else "champion"  # upstreams of nginx.conf
        text = f'# until {until}\nsplit_clients "$asked_id" $slot ' + "{ " + f"{part}* {rest};" + " }\n"
        write_text(self.path, text)


Routes = JsonRoutes | NginxRoutes
