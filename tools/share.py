"""Copy what the templates have in common, `templates/_shared`, into each template.

    templates/   -> templates/<name>/templates/shared/
    package/     -> templates/<name>/{{cookiecutter.project_slug}}/src/<package>/
    scripts/     -> templates/<name>/{{cookiecutter.project_slug}}/scripts/
    tests/       -> templates/<name>/{{cookiecutter.project_slug}}/tests/
    data/        -> templates/<name>/{{cookiecutter.project_slug}}/data/
    (`the_package` is replaced by the package's name in scripts and tests)
    questions.json -> the prompts and rules in templates/<name>/cookiecutter.json

What only some templates have in common lies in `_shared/parts/<part>`, with the same folders; a template names its
parts in its cookiecutter.json, under `_scaffolder`. A part can hang on a choice: with
`{"part": PART, "if": "cookiecutter.__adopts"}`, each of its files in the project has a conditional name.

The copies are listed in .gitattributes, which marks them as generated. A listed copy that is no longer shared is
removed. `--check` writes nothing and exits with 1 if a copy is out of date. A file that fills a block which its
skeleton does not have, which Jinja would drop without a word, is an error too.
"""

from __future__ import annotations

import json
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaffolder.template import catalog, lint_rules
from scaffolder.template.lint_sources import sources

ROOT = Path(__file__).resolve().parent.parent
CACHES = {"__pycache__", ".pytest_cache", ".ruff_cache", ".mypy_cache", ".hypothesis", ".DS_Store"}
BEGIN, END = "# Copies made by tools/share.py", "# End of copies"
MARK = " linguist-generated"
PROJECT = "{{cookiecutter.project_slug}}"


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


def changes(root: Path) -> list[Change]:
    """The changes that bring every template in line with `_shared`."""
    shared = root / "templates" / "_shared"
    copies: dict[Path, Change] = {}
    configs: list[Change] = []
    for config in sorted((root / "templates").glob("[!_]*/cookiecutter.json")):
        content = json.loads(config.read_bytes())
        about = content["_scaffolder"]
        parts = [part if isinstance(part, dict) else {"part": part} for part in about.get("parts", [])]
        for source, wanted_if in ((shared, None), *((shared / "parts" / one["part"], one.get("if")) for one in parts)):
            copies |= {copy.path: copy for copy in _copies(source, config.parent, about["package"], wanted_if)}
        configs.append(Change(config, _config(content, json.loads((shared / "questions.json").read_bytes()))))
    attributes = root / ".gitattributes"
    old = attributes.read_text(encoding="utf-8") if attributes.exists() else ""
    stale = [root / path for path in _listed(old) if root / path not in copies]
    wanted = [
        *configs,
        *copies.values(),
        *(Change(path, None) for path in stale),
        Change(attributes, _attributes(old, sorted(path.relative_to(root).as_posix() for path in copies))),
    ]
    return [change for change in wanted if _differs(change)]


def _copies(shared: Path, template: Path, package: str, wanted_if: str | None) -> Iterator[Change]:
    """Every copy of `shared`, or of one of its parts, that the template should have.

    What is copied into the project has a conditional name if it is only `wanted_if` an expression of Jinja is true.
    """
    project = template / PROJECT
    places = {
        "templates": template / "templates" / "shared",
        "package": project / "src" / package,
        "scripts": project / "scripts",
        "tests": project / "tests",
        "data": project / "data",
    }
    if not shared.is_dir():
        raise SystemExit(f"{template.name} names a part that does not exist: {shared}")
    for kind, place in places.items():
        for source in sorted((shared / kind).rglob("*")):
            relative = source.relative_to(shared / kind)
            if not source.is_file() or CACHES.intersection(relative.parts):
                continue
            path, content = place / relative, _content(source, kind, package)
            if wanted_if and kind != "templates":
                path = path.with_name(f"{{% if {wanted_if} %}}{path.name}{{% endif %}}")
                if source.suffix == ".jinja":  # cookiecutter cannot leave out what it only copies, so it renders it
                    content = b"{% raw %}" + content + b"{% endraw %}"
            yield Change(path, content, _mode(source))


def _content(source: Path, kind: str, package: str) -> bytes:
    data = source.read_bytes()
    if kind == "data":
        return data
    if kind != "templates" and source.suffix == ".py" and (found := re.search(rb"\{[{%#]", data)):
        raise SystemExit(
            f"{source} holds {found[0].decode()}, which cookiecutter would read as Jinja: write it another way."
        )
    return data.replace(b"the_package", package.encode()) if kind in ("scripts", "tests") else data


def _config(content: dict[str, Any], shared: dict[str, Any]) -> bytes:
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


def _listed(attributes: str) -> list[str]:
    block = attributes.partition(BEGIN)[2].partition(END)[0]
    return [line.removesuffix(MARK).strip('"') for line in block.splitlines() if line.endswith(MARK)]


def _attributes(old: str, copies: list[str]) -> bytes:
    before, _, rest = old.partition(BEGIN)
    after = rest.partition(END)[2]
    quoted = (f'"{path}"' if " " in path else path for path in copies)  # Git ends an unquoted path at a space
    block = "\n".join([BEGIN, *(path + MARK for path in quoted), END])
    return f"{before}{block}{after or chr(10)}".encode()


def _mode(path: Path) -> int:
    return 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644


def _differs(change: Change) -> bool:
    if not change.path.exists():
        return change.data is not None
    if change.data is None or change.path.read_bytes() != change.data:
        return True
    return change.path.suffix != ".json" and _mode(change.path) != change.mode


def lost_blocks(root: Path) -> Iterator[str]:
    """Each block that a file fills although its skeleton does not have it, as a sentence."""
    for config in sorted((root / "templates").glob("[!_]*/cookiecutter.json")):
        found = sources(catalog.read(config.parent, config.parent.name))
        for problem in lint_rules.lost_blocks(found):
            yield f"{config.parent.relative_to(root)}/{problem.path}: {problem.message}"


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
