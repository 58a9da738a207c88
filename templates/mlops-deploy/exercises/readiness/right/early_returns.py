"""With one step for the alias and one for the model."""

from service.model import ModelError
from service.registry import RegistryError


def load(self: Holder) -> Model | None:
    if (version := self.registry.alias(self.alias)) is None:
        return None
    return Model(version=version, files=self.registry.files(version))


def state(self: Holder) -> dict[str, object]:
    model = self.current
    if not model:
        raise ModelError("nothing has been released yet")
    model.self_test()
    details: dict[str, object] = {"model_version": model.version}
    if self.refused:
        details["refused"] = dict(self.refused)
    if self.trouble:
        details["registry"] = self.trouble
    return details


def look(self: Holder) -> bool:
    try:
        named, self.trouble = self.registry.alias(self.alias), ""
    except RegistryError as error:
        self.trouble = str(error)
        return False
    serving = self.current and self.current.version
    if not named or named == serving:
        self.refused.clear()
        return False
    return named not in self.refused and _swapped(self, named)


def _swapped(holder: Holder, version: str) -> bool:
    try:
        model = Model(version, holder.registry.files(version))
    except Exception as error:
        holder.refused = {version: f"{type(error).__name__}: {error}"}
        return False
    holder.refused = {}
    holder.current = model
    return True


Holder.load, Holder.state, Holder.look = load, state, look
