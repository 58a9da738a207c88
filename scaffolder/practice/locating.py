"""A place that a question names, found in the project as it is now."""

from __future__ import annotations

from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.markdown import slugged
from scaffolder.check.readers.python import modules
from scaffolder.exercises.stubs import lookup
from scaffolder.results.finding import Evidence


def located(repo: Repository, place: str) -> Evidence | None:
    """The file and line of `place`; None if it is not there, such as in a project that its owner has changed.

    `place` is a file such as `docs/evaluation.md`, a heading such as `docs/evaluation.md#slices`, a setting such as
    `settings.toml#costs`, or a function, class or method of the project's package such as `splitting.divide`.
    """
    if "/" not in place and "#" not in place and not place.endswith((".md", ".toml", ".json")):
        return _defined(repo, place)
    path, _, anchor = place.partition("#")
    text = repo.snapshot.text(path)
    if text is None:
        return None
    if not anchor:
        return Evidence(_first(path, text), path)
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(("#", "[")) and slugged(line.strip("#[] ")) == anchor:
            return Evidence(line.strip("#[] "), path, number)
    return None


def _first(path: str, text: str) -> str:
    """The title of a document, or the first sentence of a Python file; "" of data."""
    lines = (line.strip('#" ') for line in text.splitlines())
    return next(filter(None, lines), "") if path.endswith((".md", ".py")) else ""


def _defined(repo: Repository, dotted: str) -> Evidence | None:
    """The definition of `module.name`, `package.module.name` or `module.Class.method` under src/."""
    for module in modules(repo):
        if not module.path.startswith("src/") or module.is_test:
            continue
        names = module.path.removesuffix(".py").removesuffix("/__init__").split("/")[2:]
        for length in range(1, len(names) + 1):
            prefix = ".".join(names[-length:]) + "."
            name = dotted.removeprefix(prefix) if dotted.startswith(prefix) else ""
            if module.tree and (node := lookup(module.tree, name)):
                return Evidence(module.text.splitlines()[node.lineno - 1].strip(), module.path, node.lineno)
    return None
