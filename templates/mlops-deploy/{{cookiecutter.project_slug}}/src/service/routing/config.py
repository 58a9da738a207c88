"""Where router and slots listen; the same environment variables for all processes."""

from typing import Literal

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from ..serving.config import ServiceConfig

LISTENING = ("router", "champion", "canary")  # at a port and the two after it
URL = r"^(http://[^/]+)?$"


class RouterConfig(ServiceConfig):
    """The environment variables `ROUTER_HOST`, `ROUTER_PORT` and so on."""

    model_config = SettingsConfigDict(env_prefix="ROUTER_")

    port: int = Field(default=8000, ge=1024, le=65533, description="TCP port; the slots get the two ports after it")
    kind: Literal["asgi", "nginx"] = Field(default="asgi", description="What routes: this project's router, or nginx")
    champion: str = Field(default="", pattern=URL, description="Its address, if something else starts the slots")
    canary: str = Field(default="", pattern=URL, description="Its address, if something else starts the slots")
    seconds: float = Field(default=10.0, gt=0, description="A request that nobody has answered by then has failed")

    def address(self, name: str) -> str:
        """Where a process listens, without a path."""
        return {"champion": self.champion, "canary": self.canary}.get(name) or f"http://127.0.0.1:{self.port_of(name)}"

    def port_of(self, name: str) -> int:
        return self.port + LISTENING.index(name)
