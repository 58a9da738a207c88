"""The service's settings, read from the environment. As a program: can it listen where they say?"""

import sys
from socket import AF_INET, AF_INET6, create_server
from typing import Literal, TypeVar

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ..exits import exit_code

LOOPBACK = ("localhost", "127.0.0.1", "::1")
HOSTS = r"^ *((\*|(\*\.)?[A-Za-z0-9_-][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])([, ]+|$))*$"
HTTPS_ORIGINS = r"^(https://[a-z0-9.-]+(:[0-9]+)?( |$))*$"


class ConfigError(ValueError):
    """An environment variable cannot be used; the message says which and why."""


class ServiceConfig(BaseSettings):
    """Settings that all services share.

    Each field is read from an environment variable: the class's `env_prefix` and the field's name in capitals. If the
    variable is not set, the file `.env` is read; otherwise the default here applies.
    """

    model_config = SettingsConfigDict(
        env_prefix=f"{__package__.partition('.')[0].upper()}_", env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 inside a container")
    port: int = Field(default=8000, ge=0, le=65535, description="TCP port; 0 takes a free one")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe line to log"
    )
    max_body_bytes: int = Field(default=1_000_000, ge=1, description="A larger request body is refused")
    allowed_hosts: str = Field(
        default="",
        pattern=HOSTS,
        description="Host names to answer to, beside localhost: a.example,*.b.example; * for all",
    )
    frame_ancestors: str = Field(
        default="",
        pattern=HTTPS_ORIGINS,
        description="Sites that may show the page in a frame, such as https://huggingface.co, with spaces between",
    )

    @property
    def hosts(self) -> list[str]:
        """Patterns of the host names that are answered."""
        return [*LOOPBACK, "[::1]", *self.allowed_hosts.replace(",", " ").split()]

    def check_port(self) -> None:
        """Raises OSError if nobody can listen there, most likely because another program does."""
        try:
            create_server((self.host, self.port), family=AF_INET6 if ":" in self.host else AF_INET).close()
        except OSError as error:
            why, setting = str(error.strerror).partition(" (")[0], f"{self.model_config['env_prefix']}PORT"
            raise OSError(f"port {self.port}: {why}; end the program that has it, or set {setting}") from None


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


if __name__ == "__main__":
    sys.exit(exit_code(lambda: read_config(ServiceConfig).check_port()))
