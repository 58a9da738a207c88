"""Export the default corpus of rag-assistant from the documentation that comes with every CPython.

Needed once, and again only when the selection or a conversion changes:

    python3.13 tools/export_corpus.py [--check]

`tools/corpus.toml` lists the documents and their parts: sections of the language reference
(`pydoc_data.topics`, reST that Sphinx rendered as text) and docstrings of the standard library. Both become Markdown
whose only inline markup is code, so that passages read well rendered or not. The bytes depend only on the
Python release, which must be the one that `corpus.toml` names. `--check` compares instead of writing.
"""

from __future__ import annotations

import hashlib
import inspect
import pkgutil
import platform
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from pydoc_data.topics import topics
from typing import Any

from corpus_docstrings import convert_docstring
from corpus_topics import convert_topic

HERE = Path(__file__).parent
TEMPLATES = HERE.parent / "templates"
DATA = TEMPLATES / "_shared/data"  # which `make share` copies into the templates
SUMS = "rag-assistant/{{cookiecutter.project_slug}}/data/{% if not cookiecutter._data %}SHA256SUMS{% endif %}"
SELECTION = HERE / "corpus.toml"
UNDERLINES = "*=-~"


def main(arguments: list[str]) -> None:
    selection = tomllib.loads(SELECTION.read_text(encoding="utf-8"))
    if platform.python_version() != selection["python"]:
        sys.exit(f"{SELECTION.name} is made for Python {selection['python']}, this is {platform.python_version()}")
    files = dict(export(selection))
    if arguments == ["--check"]:
        differing = [name for name, text in files.items() if read(DATA / name) != text]
        sys.exit(f"differ from the export: {', '.join(differing)}" if differing else None)
    shutil.rmtree(DATA / "corpus", ignore_errors=True)
    for name, text in files.items():
        (DATA / name).parent.mkdir(parents=True, exist_ok=True)
        (DATA / name).write_text(text, encoding="utf-8", newline="\n")
    (DATA / "LICENSE-PSF.txt").write_text(licence(), encoding="utf-8", newline="\n")
    write_sums()
    print(f"{len(files)} documents, {sum(map(len, files.values())):,} characters")


def export(selection: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Path below the data folder and content of every document."""
    version = ".".join(selection["python"].split(".")[:2])
    for document in selection["documents"]:
        header = {
            "title": document["title"],
            "topic": document["topic"],
            "kind": document["id"].partition("/")[0],
            "python": version,
            "source": f"https://docs.python.org/{version}/{document['source']}",
        }
        parts = [reference(part) for part in document.get("topics", [])]
        parts += [docstring(name) for name in document.get("docstrings", [])]
        front = "".join(f"{key}: {value}\n" for key, value in header.items())
        yield f"corpus/{document['id']}.md", f"---\n{front}---\n\n" + "\n\n".join(parts) + "\n"


def reference(part: dict[str, Any]) -> str:
    """One topic, or the sections of it that `only` names, without those that `without` names."""
    lines = topics[part["name"]].splitlines()
    chosen = [line for only in part["only"] for line in section(lines, only)] if "only" in part else lines[2:]
    for name in part.get("without", []):
        found = section(chosen, name)
        start = next(i for i in range(len(chosen)) if chosen[i : i + len(found)] == found)
        del chosen[start : start + len(found)]
    text = convert_topic(cut(chosen, part.get("until")), level=3 if "heading" in part else 2)
    return f"## {part['heading']}\n\n{text}" if "heading" in part else text


def section(lines: list[str], name: str) -> list[str]:
    """The lines of a heading or of a signature, up to the next of its rank."""
    start = next((i for i, line in enumerate(lines) if line.replace('"', "") == name), None)
    if start is None:
        raise LookupError(f"no section or signature {name!r}")
    own = rank(lines, start)

    def ends(index: int) -> bool:
        if own is None:
            return lines[index - 1] == "" and lines[index][:1] not in ("", " ")
        return (rank(lines, index) or 9) <= own

    return lines[start : next(filter(ends, range(start + 1, len(lines))), len(lines))]


def rank(lines: list[str], index: int) -> int | None:
    under = lines[index + 1] if index + 1 < len(lines) else ""
    is_heading = len(under) > 2 and len(set(under)) == 1 and under[0] in UNDERLINES and len(under) >= len(lines[index])
    return UNDERLINES.index(under[0]) + 1 if is_heading and lines[index].strip() else None


def cut(lines: list[str], until: str | None) -> list[str]:
    """The lines before the one that starts with `until`."""
    return lines if until is None else lines[: next(i for i, line in enumerate(lines) if line.startswith(until))]


def docstring(part: str | dict[str, str]) -> str:
    """The docstring of `module:qualified.name` under a heading, or that of `module` as an introduction."""
    name, until = (part, None) if isinstance(part, str) else (part["name"], part["until"])
    thing = pkgutil.resolve_name(name)
    lines = (inspect.getdoc(thing) or "").splitlines()
    if not lines:
        raise LookupError(f"{name} has no docstring")
    try:
        parameters = set(inspect.signature(thing).parameters)
    except (TypeError, ValueError):
        parameters = set()
    module, _, qualified = name.partition(":")
    heading = f"## {qualified if module == 'builtins' else f'{module}.{qualified}'}\n\n" if qualified else ""
    return heading + convert_docstring("\n".join(cut(lines, until)), parameters, level=3)


def licence() -> str:
    """CPython's licence, of which the documentation falls under the PSF License Version 2."""
    folder = Path(inspect.getfile(inspect)).parent
    return (folder / "LICENSE.txt").read_text(encoding="utf-8")


def write_sums() -> None:
    paths = sorted([*(DATA / "corpus").rglob("*.md"), *DATA.glob("benchmark.jsonl")])
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(DATA).as_posix()}\n" for path in paths]
    (TEMPLATES / SUMS).write_text("".join(sums), encoding="utf-8", newline="\n")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    main(sys.argv[1:])
