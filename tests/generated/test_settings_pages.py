"""If this fails, `docs/settings.md` of a generated repository explains a setting falsely, or leaves one out."""

from __future__ import annotations

import importlib
import re
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from support import rendered

from scaffolder.template import catalog

HEADING = re.compile(r"^## `\[+([\w.]+?)(?:\.NAME)?\]+`$", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \| .+ \| `?([^|]+?)`? \|$", re.MULTILINE)
ROW_WITH_EXAMPLE = re.compile(r"^\| `(\w+)` \| .+ \| `?([^|]+?)`? \| `.+` \|$", re.MULTILINE)


def explained(page: str) -> dict[str, dict[str, str]]:
    """The default of each key, by section, as the tables of the page have them."""
    _, *parts = HEADING.split(page)
    tables = zip(parts[::2], parts[1::2], strict=True)
    return {name: dict((ROW_WITH_EXAMPLE if "| example |" in text else ROW).findall(text)) for name, text in tables}


def sections(kind: type[BaseModel], above: str = "") -> dict[str, dict[str, str]]:
    """The same, as the models in the code have them."""
    settings: dict[str, dict[str, str]] = {}
    for name, field in kind.model_fields.items():
        model = next((kind for kind in types_in(field.annotation) if issubclass(kind, BaseModel)), None)
        if model:
            settings |= {above + name: defaults(model), **sections(model, f"{above}{name}.")}
        elif not above:
            settings[name] = {}  # a table of names that the owner chooses
    return settings


def types_in(annotation: Any) -> list[type]:
    """Column in `dict[str, Annotated[Column, ...]]`, for example."""
    inner = [kind for part in get_args(annotation) for kind in types_in(part)]
    return [annotation, *inner] if isinstance(annotation, type) else inner


def defaults(model: type[BaseModel]) -> dict[str, Any]:
    return {
        name: "required" if field.is_required() else "none" if field.default is None else field.default
        for name, field in model.model_fields.items()
    }


def value(shown: str) -> Any:
    return shown if shown in ("required", "none") else tomllib.loads(f"value = {shown}")["value"]


@pytest.mark.parametrize("name", ["classical-ml", "rag-assistant", "mlops-deploy", "domain-capstone"])
def test_every_setting_is_explained_with_its_default(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = rendered(catalog.bundled(name))
    for path, (data, _) in files.items():
        if path.startswith("src/") and path.endswith(".py"):
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_bytes(data)
    monkeypatch.syspath_prepend(tmp_path / "src")
    package = catalog.bundled(name).config["_scaffolder"]["package"]
    code = sections(importlib.import_module(f"{package}.settings").Settings)
    page = explained(files["docs/settings.md"][0].decode())
    assert list(page) == list(code)
    assert {section: {key: value(shown) for key, shown in rows.items()} for section, rows in page.items()} == code
