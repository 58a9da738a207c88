"""Copy what the templates have in common, `templates/_shared`, into each template.

    src/ tests/ scripts/ data/ -> templates/<name>/{{cookiecutter.project_slug}}/, the same folders
    rendered/                  -> the same places: Python that needs modules of a template, so only projects can run it
    templates/                 -> templates/<name>/templates/shared/
    questions.json             -> the prompts and rules in templates/<name>/cookiecutter.json

The tests in tests/plumbing/ are not copied: a project's owner need not read them.

In paths and in Python, `any_package` becomes the name of the template's package.

Every template gets every file, but for those of a part: parts.toml says which files belong to it, and a template
names its parts in its cookiecutter.json, under `_scaffolder`. A part can hang on a choice: with
`{"part": PART, "if": "cookiecutter.__inputs == 'text'"}`, each of its files in the project has a conditional name.

Each template lists its copies in copies.txt. A listed copy that is no longer shared is removed. `--check` writes
nothing and exits with 1 if a copy is out of date. A file that fills a block which its skeleton does not have, which
Jinja would drop without a word, is an error too.
"""

from __future__ import annotations

import json
import re
import stat
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

from scaffolder.template import catalog
from scaffolder.template.environments import environment

ROOT = Path(__file__).resolve().parent.parent
CACHES = {"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".DS_Store"}
FOLDERS = {"src", "tests", "scripts", "data", "rendered", "templates"}
NOT_COPIED = ("parts.toml", "pyproject.toml", "questions.json", "tests/plumbing/")
PROJECT = "{{cookiecutter.project_slug}}"
PACKAGE = "any_package"
MANIFEST = "copies.txt"
HEADING = "# `make share` copies these files from templates/_shared: edit them there.\n"


@dataclass(frozen=True)
class Change:
    """A file that must be written, or removed if `data` is None."""

    path: Path
    data: bytes | None
    mode: int = 0o644

    def apply(self) -> None:
        """Write or remove the file; folders that become empty are removed too."""
        if self.data is None:
            self.path.unlink()
            for folder in self.path.parents:
                if any(folder.iterdir()):
                    return
                folder.rmdir()
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(self.data)
        self.path.chmod(self.mode)

    def is_needed(self) -> bool:
        if not self.path.exists():
            return self.data is not None
        if self.data is None or self.path.read_bytes() != self.data:
            return True
        return self.path.suffix != ".json" and _mode(self.path) != self.mode


@dataclass(frozen=True)
class Template:
    """A template, and what its cookiecutter.json says of the shared files."""

    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.folder / "cookiecutter.json").read_bytes())
        return content

    @property
    def package(self) -> str:
        return str(self.config["_scaffolder"]["package"])

    @property
    def parts(self) -> dict[str, str | None]:
        """Each part that it names, with the expression of Jinja on which the part hangs."""
        named = self.config["_scaffolder"].get("parts", [])
        return dict((part["part"], part["if"]) if isinstance(part, dict) else (part, None) for part in named)

    def manifest(self) -> list[Path]:
        """The copies that were made last time."""
        file = self.folder / MANIFEST
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        return [self.folder / line for line in lines if not line.startswith("#")]


def templates(root: Path) -> list[Template]:
    return [Template(config.parent) for config in sorted((root / "templates").glob("[!_]*/cookiecutter.json"))]


def shared_files(root: Path) -> dict[Path, str]:
    """Each file that is copied, and the part to which it belongs, or ""."""
    shared = root / "templates" / "_shared"
    files = dict.fromkeys(filter(_is_source, sorted(shared.rglob("*"))), "")
    for part, globs in tomllib.loads((shared / "parts.toml").read_text(encoding="utf-8")).items():
        for glob in globs:
            found = [path for path in shared.glob(glob) if path in files]
            if not found:
                raise SystemExit(f"parts.toml: {glob!r} of the part {part!r} matches no file.")
            if taken := [files[path] for path in found if files[path]]:
                raise SystemExit(f"parts.toml: {glob!r} of the part {part!r} matches a file of the part {taken[0]!r}.")
            files |= dict.fromkeys(found, part)
    copied = {path: part for path, part in files.items() if not _inside(path, shared).startswith(NOT_COPIED)}
    if lost := [path for path in copied if path.relative_to(shared).parts[0] not in FOLDERS]:
        raise SystemExit(f"{lost[0]} goes to no template; the folders that do are {', '.join(sorted(FOLDERS))}.")
    return copied


def changes(root: Path) -> list[Change]:
    """The changes that bring every template in line with `_shared`."""
    shared = root / "templates" / "_shared"
    files, known = shared_files(root), templates(root)
    _refuse_odd_parts(set(files.values()) - {""}, known)
    questions = json.loads((shared / "questions.json").read_bytes())
    wanted: list[Change] = []
    for template in known:
        copies = [
            _copy(path, shared, template, template.parts.get(part))
            for path, part in files.items()
            if not part or part in template.parts
        ]
        paths = {copy.path for copy in copies}
        listed = "".join(sorted(f"{path.relative_to(template.folder).as_posix()}\n" for path in paths))
        wanted += [
            Change(template.folder / "cookiecutter.json", _config(template.config, questions)),
            *copies,
            *(Change(path, None) for path in template.manifest() if path not in paths),
            Change(template.folder / MANIFEST, (HEADING + listed).encode()),
        ]
    return [change for change in wanted if change.is_needed()]


def _refuse_odd_parts(parts: set[str], known: list[Template]) -> None:
    """A file that only one template has lies in that template, so each part is named by two or more."""
    named = Counter(part for template in known for part in template.parts)
    if unknown := sorted(named.keys() - parts):
        raise SystemExit(f"parts.toml has no part {unknown[0]!r}, which a template names.")
    if alone := sorted(part for part in parts if named[part] < 2):
        raise SystemExit(f"the part {alone[0]!r} is named by fewer than two templates, so it is not shared.")


def _copy(source: Path, shared: Path, template: Template, wanted_if: str | None) -> Change:
    """The copy that the template should have of a shared file.

    In the project it has a conditional name if it is only `wanted_if` an expression of Jinja is true.
    """
    folder, *rest = source.relative_to(shared).parts
    if folder == "templates":
        return Change(template.folder.joinpath("templates", "shared", *rest), source.read_bytes(), _mode(source))
    inside = rest if folder == "rendered" else [folder, *rest]
    path = template.folder.joinpath(PROJECT, *(template.package if part == PACKAGE else part for part in inside))
    content = _python(source, template.package) if source.suffix == ".py" else source.read_bytes()
    if wanted_if:
        path = path.with_name(f"{{% if {wanted_if} %}}{path.name}{{% endif %}}")
        if source.suffix == ".jinja":  # cookiecutter cannot leave out what it only copies, so it renders it
            content = b"{% raw %}" + content + b"{% endraw %}"
    return Change(path, content, _mode(source))


def _python(source: Path, package: str) -> bytes:
    data = source.read_bytes()
    if found := re.search(rb"\{[{%#]", data):
        raise SystemExit(
            f"{source} holds {found[0].decode()}, which cookiecutter would read as Jinja: write it another way."
        )
    return data.replace(PACKAGE.encode(), package.encode())


def _config(content: dict[str, Any], shared: Mapping[str, Any]) -> bytes:
    """The cookiecutter.json, with the prompts and rules of the questions that are shared."""
    prompts = content.setdefault("__prompts__", {})
    rules = content["_scaffolder"].setdefault("questions", {})
    for name in content:
        if not name.startswith("_"):
            if name in shared["prompts"]:
                prompts[name] = shared["prompts"][name]
            if name in shared["questions"]:
                rules[name] = shared["questions"][name]
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()


def _inside(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix()


def _is_source(path: Path) -> bool:
    return path.is_file() and not CACHES.intersection(path.parts)


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def lost_blocks(root: Path) -> Iterator[str]:
    """Each block that a file fills although its skeleton does not have it, as a sentence."""
    for template in templates(root):
        read = catalog.read(template.folder, template.folder.name)
        engine = environment(read)
        for folder in (template.folder / read.project_folder, template.folder / "templates"):
            for file in sorted(path for path in folder.rglob("*") if path.is_file()):
                data = file.read_bytes()
                for name in _lost(engine, data.decode()) if data.startswith(b'{% extends "shared/') else ():
                    yield f"{file.relative_to(root)}: Its skeleton has no block '{name}', so this text would vanish."


def _lost(engine: Environment, text: str) -> list[str]:
    tree = engine.parse(text)
    known = {block.name for skeleton in _skeletons(engine, tree) for block in skeleton.find_all(nodes.Block)}
    return [name for name in _outer_blocks(tree) if name not in known]


def _skeletons(engine: Environment, tree: nodes.Template) -> Iterator[nodes.Template]:
    """The file that a file extends, the one that this one extends, and so on."""
    while extends := tree.find(nodes.Extends):
        name = extends.template.as_const()
        tree = engine.parse(engine.loader.get_source(engine, name)[0])  # type: ignore[union-attr]
        yield tree


def _outer_blocks(node: nodes.Node) -> Iterator[str]:
    """The names of the blocks that are not inside another one, with which they would be rendered."""
    for child in node.iter_child_nodes():
        if isinstance(child, nodes.Block):
            yield child.name
        else:
            yield from _outer_blocks(child)


def main(check: bool, root: Path = ROOT) -> int:
    todo = changes(root)
    for change in todo:
        verb = "differs" if check else "removed" if change.data is None else "written"
        print(f"{verb}: {change.path.relative_to(root)}", file=sys.stderr if check else sys.stdout)
        if not check:
            change.apply()
    if check and todo:
        print("Edit templates/_shared, not the copies, then run `make share`.", file=sys.stderr)
    lost = list(lost_blocks(root))
    print(*lost, sep="\n", end="\n" if lost else "", file=sys.stderr)
    return int((check and bool(todo)) or bool(lost))


if __name__ == "__main__":
    raise SystemExit(main("--check" in sys.argv[1:]))
