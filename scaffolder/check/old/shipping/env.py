"""The environment variables that the code reads, and those that an example file documents."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.python import Module, keyword, name_of, once, text_of

EXAMPLES = (
    ".env.example",
    ".env.sample",
    ".env.template",
    ".env.dist",
    "env.example",
    "example.env",
    "sample.env",
    ".env.defaults",
)

_EXTENDS = re.compile(r"\bclass \w+\(([^)]*)")
_WORD = re.compile(r"\w+")
_LINE = re.compile(r"\s*#?\s*(?:export\s+)?([A-Za-z_]\w*)\s*=")
_INTERPOLATED = re.compile(r"(?<!\$)\$\{([A-Za-z_]\w*)")
_GETTERS = frozenset({"os.getenv", "getenv", "os.environ.get", "environ.get", "os.environ.pop", "environ.pop"})
_MAPPINGS = frozenset({"os.environ", "environ"})
_HINT = re.compile(r"environ(?:\[|\.(?:get|pop)\()|getenv\(|envvar\s*=")
# Set by the system, the shell or the runner, and so nothing that a person fills in.
_GIVEN = frozenset(
    [
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "PWD",
        "LANG",
        "LC_ALL",
        "TERM",
        "TMPDIR",
        "TEMP",
        "TMP",
        "CI",
        "NO_COLOR",
        "FORCE_COLOR",
        "COLUMNS",
        "DISPLAY",
        "EDITOR",
        "HOSTNAME",
        "PYTHONPATH",
        "PYTHONHASHSEED",
        "PYTEST_CURRENT_TEST",
        "VIRTUAL_ENV",
        "XDG_CACHE_HOME",
        "XDG_CONFIG_HOME",
        "APPDATA",
        "LOCALAPPDATA",
        "OMP_NUM_THREADS",
        "MKL_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "TOKENIZERS_PARALLELISM",
        "CUDA_VISIBLE_DEVICES",
        "RANK",
        "WORLD_SIZE",
        "LOCAL_RANK",
    ]
)


class Read(NamedTuple):
    """A variable and where something reads it."""

    name: str
    path: str
    line: int


class Example(NamedTuple):
    """The file that documents the variables: name -> line."""

    path: str
    names: dict[str, int]

    def documents(self, name: str) -> bool:
        """Whether `name` is in it, or a part of it as in `DB__HOST`."""
        return name.upper() in self.names or any(known.startswith(f"{name.upper()}__") for known in self.names)


def env_example(snapshot: Snapshot) -> Example | None:
    """The file that shows which variables there are."""
    path = snapshot.find(*EXAMPLES, *(f"**/{name}" for name in EXAMPLES))
    text = snapshot.text(path) if path else None
    if path is None or text is None:
        return None
    names: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if match := _LINE.match(line):
            names.setdefault(match[1].upper(), number)
    return Example(path, names)


def code_env_reads(modules: tuple[Module, ...], snapshot: Snapshot) -> tuple[Read, ...]:
    """Each variable that the code outside the tests or the compose file reads, once."""
    code = [module for module in modules if not module.is_test]
    direct = (read for module in code for read in _direct(module))
    found: dict[str, Read] = {}
    for read in (*direct, *_settings(code), *_interpolated(snapshot)):
        if read.name.upper() not in _GIVEN and not read.name.upper().startswith(("GITHUB_", "RUNNER_")):
            found.setdefault(read.name.upper(), read)
    return tuple(found.values())


@once
def _direct(module: Module) -> Iterator[Read]:
    """`os.environ["A"]`, `os.environ.get("A")`, `os.getenv("A")`, and `envvar="A"` of a command line."""
    for node in module.nodes if _HINT.search(module.text) else ():
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load) and name_of(node.value) in _MAPPINGS:
            parts: list[ast.expr | None] = [node.slice]
        elif isinstance(node, ast.Call):
            given = node.args[0] if node.args and name_of(node.func) in _GETTERS else keyword(node, "envvar")
            parts = [*given.elts] if isinstance(given, ast.List) else [given]
        else:
            continue
        names = (text_of(part, module.constants) for part in parts)
        yield from (Read(name, module.path, node.lineno) for name in names if name and "{}" not in name)


@dataclass(frozen=True)
class _Settings:
    name: str
    bases: tuple[str, ...]
    prefix: str | None
    fields: tuple[tuple[str, str | None, int], ...]  # name, alias, line
    path: str


def _settings(code: list[Module]) -> Iterator[Read]:
    """The fields of pydantic settings classes, with the prefix of the class that is used: one that no other extends."""
    classes: dict[str, _Settings] = {}
    names = {"BaseSettings"}
    for _ in range(6):
        before = len(names)
        for module in code:
            if names.intersection(_extended(module)):
                for node in _classes(module):
                    if node.name not in classes and names & set(_bases(node)):
                        classes[node.name] = _read_class(node, module)
                        names.add(node.name)
        if len(names) == before:
            break
    extended = {base for found in classes.values() for base in found.bases}
    for found in classes.values():
        if found.name not in extended:
            yield from _variables(found, classes)


@once
def _extended(module: Module) -> Iterator[str]:
    """The names that its classes seem to extend, read without parsing it."""
    return (name for bases in _EXTENDS.findall(module.text) for name in _WORD.findall(bases))


@once
def _classes(module: Module) -> Iterator[ast.ClassDef]:
    return (node for node in module.nodes if isinstance(node, ast.ClassDef))


def _variables(found: _Settings, classes: dict[str, _Settings]) -> Iterator[Read]:
    line = _lineage(found, classes)
    prefix = next((each.prefix for each in line if each.prefix is not None), "")
    for each in line:
        for name, alias, number in each.fields:
            yield Read((alias or prefix + name).upper(), each.path, number)


def _lineage(found: _Settings, classes: dict[str, _Settings]) -> list[_Settings]:
    line = [found]
    for each in line:
        line += [classes[base] for base in each.bases if base in classes and classes[base] not in line]
    return line


def _bases(node: ast.ClassDef) -> tuple[str, ...]:
    return tuple(name_of(base).rpartition(".")[2] for base in node.bases)


def _read_class(node: ast.ClassDef, module: Module) -> _Settings:
    prefix: str | None = None
    fields: list[tuple[str, str | None, int]] = []
    for part in node.body:
        prefix = _prefix(part) or prefix
        if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
            name = part.target.id
            if not name.startswith("_") and name != "model_config" and "ClassVar" not in ast.dump(part.annotation):
                fields.append((name, _alias(part.value), part.lineno))
    return _Settings(node.name, _bases(node), prefix, tuple(fields), module.path)


def _prefix(part: ast.stmt) -> str | None:
    """`env_prefix` of `model_config = SettingsConfigDict(...)`, of a dict, or of an inner `class Config`."""
    if isinstance(part, ast.ClassDef):
        return next((found for inner in part.body if (found := _assigned(inner, "env_prefix"))), None)
    value = part.value if isinstance(part, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.Call):
        return text_of(keyword(value, "env_prefix"))
    if isinstance(value, ast.Dict):
        return next(
            (text_of(v) for k, v in zip(value.keys, value.values, strict=True) if text_of(k) == "env_prefix"),
            None,
        )
    return None


def _assigned(part: ast.stmt, name: str) -> str | None:
    if isinstance(part, ast.Assign) and any(name_of(target) == name for target in part.targets):
        return text_of(part.value)
    return None


def _alias(value: ast.expr | None) -> str | None:
    if isinstance(value, ast.Call) and name_of(value.func).endswith("Field"):
        for name in ("validation_alias", "alias", "env"):
            given = keyword(value, name)
            first = given.args[0] if isinstance(given, ast.Call) and given.args else given
            if text := text_of(first):
                return text
    return None


def _interpolated(snapshot: Snapshot) -> Iterator[Read]:
    for path in snapshot.glob("compose*.y*ml", "docker-compose*.y*ml"):
        text = snapshot.text(path) or ""
        first: dict[str, int] = {}
        for match in _INTERPOLATED.finditer(text):
            first.setdefault(match[1], match.start())
        yield from (Read(name, path, text.count("\n", 0, start) + 1) for name, start in first.items())
