"""The version that serves: what an alias names."""

import structlog

from ..model import Model, ModelError
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
        self.current = self.load()

    def load(self) -> Model | None:
        """The version that the alias names, ready to answer; None if no version has it. Raises as the class says."""
        version = self.registry.alias(self.alias)
        return Model(version, self.registry.files(version)) if version else None

    def state(self) -> dict[str, object]:
        """Details for /health, which is asked whether this process may get requests.

        Returns:
            `model_version`; where there is something to say, `refused` and `registry` (the trouble with it), too. A
            version that was refused leaves the old one ready.

        Raises:
            ModelError: no version has the alias yet, or the one that serves does not stand its self-test now.
        """
        if self.current is None:
            raise ModelError(f"no version has the alias {self.alias!r} yet")
        self.current.self_test()
        found = {"model_version": self.current.version, "refused": self.refused, "registry": self.trouble}
        return {name: detail for name, detail in found.items() if detail}

    def look(self) -> bool:
        """Follow the alias; returns whether another version serves now. Whatever is wrong, the old one goes on.

        It is called every second, between requests. `current` is replaced only when the new version has been loaded,
        which tests it. One that cannot be served, for whatever reason, is noted in `refused` with that reason, and not
        tried again as long as the alias names it. Once the alias names the serving version or none, `refused` is empty.
        `trouble` says why the alias cannot be read, as long as that is so.
        """
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
