"""The service's settings, read from the environment."""

from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings

LOOPBACK = ("localhost", "127.0.0.1", "::1")
HTTPS_ORIGINS = r"^(https://[a-z0-9.-]+(:[0-9]+)?( |$))*$"


class ConfigError(ValueError):
    """An environment variable cannot be used; the message says which and why."""


class ServiceConfig(BaseSettings):
    """Settings that all services share.

    Each field is read from an environment variable: the class's `env_prefix` and the field's name in capitals. If the
    variable is not set, the file `.env` is read; otherwise the default here applies.
    """

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 inside a container")
    port: int = Field(default=8000, ge=0, le=65535, description="TCP port; 0 takes a free one")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe line to log"
    )
    max_body_bytes: int = Field(default=1_000_000, ge=1, description="A larger request body is refused")
    allowed_hosts: str = Field(
        default="", description="Host names to answer to, beside localhost: a.example,*.b.example; * for all"
    )
    frame_ancestors: str = Field(
        default="",
        pattern=HTTPS_ORIGINS,
        description="Sites that may show the page in a frame, such as https://huggingface.co, with spaces between",
    )

    @property
    def hosts(self) -> list[str]:
        """Patterns of the host names that are answered."""
        return [*LOOPBACK, *self.allowed_hosts.lower().replace(",", " ").split()]


Config = TypeVar("Config", bound=ServiceConfig)


def read_config(kind: type[Config]) -> Config:
    """Read `kind` from the environment.

    Raises:
        ConfigError: a value does not fit.
    """
    try:
        return kind()
    except ValidationError as error:
        first = error.errors()[0]
        name = kind.model_config.get("env_prefix", "") + "_".join(str(part) for part in first["loc"])
        raise ConfigError(f"environment variable {name.upper()}: {first['msg']}") from None
