"""The version that serves: what an alias names."""

import structlog

from ..model import Model
from ..registry import Registry, RegistryError

log = structlog.get_logger("model")


class Holder:
    """The version that an alias names, which may not exist yet, as long as it can be served.

    Raises:
        RegistryError: the registry cannot be read.
        ModelError: the version that has the alias cannot be served.
    """

    def __init__(self, registry: Registry, alias: str) -> None:
        self.registry, self.alias = registry, alias
        self.refused: dict[str, str] = {}  # the version that the alias names now but that does not serve, and why
        self.trouble = ""  # why the alias cannot be read now
        version = registry.alias(alias)
        self.current = Model(version, registry.files(version)) if version else None

    def look(self) -> bool:
        """Follow the alias; returns whether another version serves now. Whatever is wrong, the old one goes on."""
        before = self.current.version if self.current else None
        try:
            version = self.registry.alias(self.alias)
        except RegistryError as error:
            if not self.trouble:
                log.error("alias not readable", serving=before, reason=str(error))
            self.trouble = str(error)
            return False
        self.trouble = ""
        if version in (None, before):
            self.refused = {}
        if version is None or version == before or version in self.refused:
            return False
        try:
            self.current, self.refused = Model(version, self.registry.files(version)), {}
        except Exception as error:
            self.refused = {version: str(error)}
            log.exception("version refused", version=version, serving=before)
            return False
        log.info("version swapped", version=version, before=before)
        return True
