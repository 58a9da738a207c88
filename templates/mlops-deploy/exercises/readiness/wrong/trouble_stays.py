"""Goes on saying that the registry is away."""

from service.model import ModelError
from service.registry import RegistryError


def load(self: Holder) -> Model | None:
    version = self.registry.alias(self.alias)
    return Model(version, self.registry.files(version)) if version else None


def state(self: Holder) -> dict[str, object]:
    if self.current is None:
        raise ModelError(f"no version has the alias {self.alias!r} yet")
    self.current.self_test()
    found = {"model_version": self.current.version, "refused": self.refused, "registry": self.trouble}
    return {name: detail for name, detail in found.items() if detail}


def look(self: Holder) -> bool:
    before = self.current.version if self.current else None
    try:
        version = self.registry.alias(self.alias)
    except RegistryError as error:
        self.trouble = str(error)
        return False
    if version in (None, before):
        self.refused = {}
    if version is None or version == before or version in self.refused:
        return False
    try:
        self.current, self.refused = Model(version, self.registry.files(version)), {}
    except Exception as error:
        self.refused = {version: str(error)}
        return False
    return True


Holder.load, Holder.state, Holder.look = load, state, look
