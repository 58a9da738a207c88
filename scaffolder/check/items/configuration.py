"""Environment variables that the code reads, and the file that documents them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing, not_applicable, unverified
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.python import Module, keyword, modules, name_of, once, text_of

SHOWN = 5  # pieces of evidence

_EXAMPLES = ".env.example .env.sample .env.template .env.dist env.example example.env sample.env .env.defaults".split()
_LINE = re.compile(r"(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=")
_INTERPOLATED = re.compile(r"(?<!\$)\$\{([A-Za-z_]\w*)")
_GETTERS = frozenset("os.getenv getenv os.environ.get environ.get os.environ.pop environ.pop".split())
_HINT = re.compile(r"environ(?:\[|\.(?:get|pop)\()|getenv\(|envvar\s*=")
_EXTENDS = re.compile(r"\bclass \w+\(([^)]{1,300})")
# Set by the system, the shell or the runner, and so nothing that a person fills in.
_GIVEN = frozenset(
    "PATH HOME USER LOGNAME SHELL PWD LANG LC_ALL TERM TMPDIR TEMP TMP CI NO_COLOR FORCE_COLOR COLUMNS DISPLAY EDITOR"
    " HOSTNAME PYTHONPATH PYTHONHASHSEED PYTEST_CURRENT_TEST VIRTUAL_ENV XDG_CACHE_HOME XDG_CONFIG_HOME APPDATA"
    " LOCALAPPDATA OMP_NUM_THREADS MKL_NUM_THREADS OPENBLAS_NUM_THREADS TOKENIZERS_PARALLELISM CUDA_VISIBLE_DEVICES"
    " RANK WORLD_SIZE LOCAL_RANK".split()
)


class Configuration(Item):
    """Configuration: each environment variable that is read is in `.env.example`."""

    id = "configuration"
    level = Level.DEPLOYER
    source = "AWS Machine Learning Lens: synchronize architecture and configuration; The Twelve-Factor App, III"

    def check(self, repo: Repository) -> Verdict:
        """List each variable that the code reads in `.env.example`, with a harmless value and a comment.

        Whoever deploys it should not have to read the source to learn what can be set.
        """
        if not any(not module.is_test for module in modules(repo)):
            return unverified("no Python file was found, and only Python and Compose files are looked through")
        reads = variables(repo)
        if not reads:
            return not_applicable("no Python or Compose file was found to read a variable that is the project's own")
        path, names = documented(repo)
        if not path:
            read = ", ".join(each.name for each in reads[:SHOWN])
            return missing(Evidence(f"no .env.example or file of a like name was found, and the code reads {read}"))
        absent = [each for each in reads if not _is_among(each.name, names)]
        if absent:
            what = f"is read, but not in {path}"
            return missing(*(Evidence(f"{each.name} {what}", each.path, each.line) for each in absent[:SHOWN]))
        return done(Evidence(f"documents the {len(reads)} variables that were found to be read", path))


class Read(NamedTuple):
    """A variable and where something reads it."""

    name: str
    path: str
    line: int


@fact
def documented(repo: Repository) -> tuple[str, frozenset[str]]:
    """The file that shows which variables there are, "" if there is none, and their names in capitals."""
    path = repo.snapshot.find(*_EXAMPLES, *(f"**/{name}" for name in _EXAMPLES))
    lines = (repo.snapshot.text(path) or "").splitlines() if path else ()
    return path or "", frozenset(match[1].upper() for line in lines if (match := _LINE.match(line.lstrip(" \t#"))))


def _is_among(name: str, names: frozenset[str]) -> bool:
    """Whether `name` is documented, or a part of it as in `DB__HOST`."""
    return name.upper() in names or any(known.startswith(f"{name.upper()}__") for known in names)


@fact
def variables(repo: Repository) -> tuple[Read, ...]:
    """Each variable that the code outside the tests or a Compose file reads, once."""
    code = [module for module in modules(repo) if not module.is_test]
    direct = (read for module in code for read in _direct(module))
    found: dict[str, Read] = {}
    for read in (*direct, *_fields(code), *_interpolated(repo)):
        if read.name.upper() not in _GIVEN and not read.name.upper().startswith(("GITHUB_", "RUNNER_")):
            found.setdefault(read.name.upper(), read)
    return tuple(found.values())


@once
def _direct(module: Module) -> Iterator[Read]:
    """`os.environ["A"]`, `os.environ.get("A")`, `os.getenv("A")`, and `envvar="A"` of a command line."""
    for node in module.nodes if _HINT.search(module.text) else ():
        if not isinstance(node, ast.expr):
            continue
        parts: list[ast.expr | None] = []
        if isinstance(node, ast.Subscript) and name_of(node.value) in ("os.environ", "environ"):
            parts = [node.slice] if isinstance(node.ctx, ast.Load) else []
        elif isinstance(node, ast.Call):
            given = node.args[0] if node.args and name_of(node.func) in _GETTERS else keyword(node, "envvar")
            parts = [*given.elts] if isinstance(given, ast.List) else [given]
        names = (text_of(part, module.constants) for part in parts)
        yield from (Read(name, module.path, node.lineno) for name in names if name and "{}" not in name)


@once
def _settings(module: Module) -> Iterator[tuple[str, Read]]:
    """The fields of pydantic's settings classes, each with the name of its class."""
    for node in module.nodes if module.mentions("BaseSettings") else ():
        if isinstance(node, ast.ClassDef) and any(name_of(base).endswith("BaseSettings") for base in node.bases):
            prefix = next((found for part in node.body if (found := _prefix(part))), "")
            for part in node.body:
                if isinstance(part, ast.AnnAssign) and isinstance(part.target, ast.Name):
                    name = part.target.id
                    if not name.startswith("_") and name != "model_config":
                        variable = _alias(part.value) or prefix + name
                        yield node.name, Read(variable.upper(), module.path, part.lineno)


def _fields(code: list[Module]) -> Iterator[Read]:
    """The variables of the settings classes that no other class extends, as that could change their names."""
    found = [pair for module in code for pair in _settings(module)]
    names = {name for name, _ in found}
    bases = (set(_bases(module)) for module in code if module.mentions(*names))
    extended = names & set().union(*bases)
    return (read for name, read in found if name not in extended)


@once
def _bases(module: Module) -> Iterator[str]:
    return (name for bases in _EXTENDS.findall(module.text) for name in re.findall(r"\w+", bases))


def _prefix(part: ast.stmt) -> str | None:
    """`env_prefix` of `model_config`, whether a call or a dictionary."""
    value = part.value if isinstance(part, ast.Assign | ast.AnnAssign) else None
    if isinstance(value, ast.Call):
        return text_of(keyword(value, "env_prefix"))
    if isinstance(value, ast.Dict):
        pairs = zip(value.keys, value.values, strict=True)
        return next((text_of(given) for key, given in pairs if text_of(key) == "env_prefix"), None)
    return None


def _alias(value: ast.expr | None) -> str | None:
    """The variable that `Field(validation_alias="A")` names."""
    if isinstance(value, ast.Call) and name_of(value.func).endswith("Field"):
        for name in ("validation_alias", "alias", "env"):
            given = keyword(value, name)
            first = given.args[0] if isinstance(given, ast.Call) and given.args else given
            if text := text_of(first):
                return text
    return None


def _interpolated(repo: Repository) -> Iterator[Read]:
    """What the Compose files put in, as in `${TAG:-1}`."""
    for path in repo.snapshot.glob("compose*.y*ml", "docker-compose*.y*ml"):
        text = repo.snapshot.text(path) or ""
        first = {match[1]: match.start() for match in reversed([*_INTERPOLATED.finditer(text)])}
        yield from (Read(name, path, text.count("\n", 0, start) + 1) for name, start in first.items())
