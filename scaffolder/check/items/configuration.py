"""Environment variables that the code reads, and the file that documents them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import SHOWN, Verdict, done, flawed, missing, not_applicable, unverified
from scaffolder.check.item import Item
from scaffolder.check.readers.python import Module, modules, name_of, once, text_of
from scaffolder.results.finding import Evidence, Level

MAX_DEPTH = 10  # of classes that extend others

_EXAMPLES = tuple(f"**/{name}" for name in "*.env.example *.env.sample *.env.template env.example example.env".split())
_LINE = re.compile(r"^[#\t ]*(?:export[ \t]+)?([A-Za-z_]\w*)[ \t]*=", re.MULTILINE)
_GETTERS = frozenset("os.getenv getenv os.environ.get environ.get os.environ.pop environ.pop".split())
_HINT = re.compile(r"environ(?:\[|\.(?:get|pop)\()|getenv\(")
_ANY = "…"  # in place of a prefix that the code computes
_SETTINGS = re.compile("BaseSettings|env_prefix")
_PREFIX = re.compile(r"env_prefix[\"']?\s*[=:]\s*[\"'](\w+)[\"']")
_COMPUTED = re.compile(r"\benv_prefix\s*=\s*[^\s\"']")
# Set by the system, the shell or the runner, not by a person.
_GIVEN = frozenset(
    "PATH HOME USER LOGNAME SHELL PWD LANG LC_ALL TERM TMPDIR TEMP TMP CI NO_COLOR FORCE_COLOR COLUMNS DISPLAY EDITOR"
    " HOSTNAME PYTHONPATH PYTHONHASHSEED PYTEST_CURRENT_TEST VIRTUAL_ENV XDG_CACHE_HOME XDG_CONFIG_HOME APPDATA"
    " LOCALAPPDATA OMP_NUM_THREADS MKL_NUM_THREADS OPENBLAS_NUM_THREADS TOKENIZERS_PARALLELISM CUDA_VISIBLE_DEVICES"
    " PYTHONDONTWRITEBYTECODE RANK WORLD_SIZE LOCAL_RANK".split()
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
            return unverified("no Python file was found, and only Python files are looked through")
        reads = variables(repo)
        if not reads:
            nothing = "no Python file was found that reads a variable of the project's own"
            return missing(Evidence(nothing)) if repo.snapshot.unseen else not_applicable(nothing)
        path = repo.snapshot.find(*_EXAMPLES)
        if not path:
            read = ", ".join(each.name for each in reads[:SHOWN])
            return missing(Evidence(f"no .env.example, and the code reads {read}"))
        names = {name.upper() for name in _LINE.findall(repo.snapshot.text(path) or "")}
        absent = [each for each in reads if not _is_listed(each.name.upper(), names)]
        if absent:
            what = f"is read, but not in {path}"
            return flawed(*(Evidence(f"{each.name} {what}", each.path, each.line) for each in absent))
        return done(Evidence(f"documents the {len(reads)} variables that the code was found to read", path))


def _is_listed(name: str, names: set[str]) -> bool:
    """Whether a name is among `names`; if its prefix is computed, whether one of them ends with it."""
    return name in names or (name.startswith(_ANY) and any(each.endswith(name[len(_ANY) :]) for each in names))


class Read(NamedTuple):
    """A variable and where something reads it."""

    name: str
    path: str
    line: int


@fact
def variables(repo: Repository) -> tuple[Read, ...]:
    """Each variable that the code outside the tests reads, once."""
    code = [module for module in modules(repo) if not module.is_test]
    found: dict[str, Read] = {}
    for read in (*(read for module in code for read in _direct(module)), *_fields(code)):
        if read.name.upper() not in _GIVEN and not read.name.upper().startswith(("GITHUB_", "RUNNER_")):
            found.setdefault(read.name.upper(), read)
    return tuple(found.values())


@once
def _direct(module: Module) -> Iterator[Read]:
    """`os.environ["A"]`, `os.environ.get("A")` and `os.getenv("A")`."""
    for node in module.nodes if _HINT.search(module.text) else ():
        given: ast.expr | None = None
        if isinstance(node, ast.Subscript) and name_of(node.value) in ("os.environ", "environ"):
            given = node.slice if isinstance(node.ctx, ast.Load) else None
        elif isinstance(node, ast.Call) and node.args and name_of(node.func) in _GETTERS:
            given = node.args[0]
        name = text_of(given, module.constants)
        if given and name and "{}" not in name:
            yield Read(name, module.path, given.lineno)


class _Class(NamedTuple):
    """The parts of a class that matter for settings; a field's variable is the prefix and the field's name."""

    name: str
    bases: tuple[str, ...]
    prefix: str
    fields: tuple[Read, ...]


def _fields(code: list[Module]) -> Iterator[Read]:
    """The variables of pydantic's settings classes that no other class extends, with the fields that they inherit."""
    classes = {each.name: each for module in code for each in _classes(module)}
    extended = {base for each in classes.values() for base in each.bases}
    for name in [each for each in classes if each not in extended]:
        chain: list[_Class] = []
        while name in classes and len(chain) < MAX_DEPTH:
            chain.append(classes[name])
            name = next((base for base in chain[-1].bases if base in classes), "".join(chain[-1].bases[:1]))
        prefix = next((each.prefix for each in chain if each.prefix), "")
        for each in chain if name == "BaseSettings" else ():
            yield from (read._replace(name=(prefix + read.name).upper()) for read in each.fields)


@once
def _classes(module: Module) -> Iterator[_Class]:
    lines = module.text.split("\n")
    for node in module.nodes if _SETTINGS.search(module.text) else ():
        if isinstance(node, ast.ClassDef):
            text = "\n".join(lines[node.lineno - 1 : node.end_lineno])
            prefix = found[1] if (found := _PREFIX.search(text)) else _ANY if _COMPUTED.search(text) else ""
            annotated = [part for part in node.body if isinstance(part, ast.AnnAssign) and not _is_renamed(part)]
            fields = tuple(Read(name_of(part.target), module.path, part.lineno) for part in annotated)
            bases = tuple(name_of(base).rpartition(".")[2] for base in node.bases)
            yield _Class(node.name, bases, prefix, fields)


def _is_renamed(part: ast.AnnAssign) -> bool:
    """Whether a field is private, pydantic's own, or has another name by an alias."""
    given = part.value.keywords if isinstance(part.value, ast.Call) else ()
    return name_of(part.target).startswith(("_", "model_config")) or any("alias" in (each.arg or "") for each in given)
