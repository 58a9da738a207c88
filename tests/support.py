"""Helpers that several test modules use."""

from __future__ import annotations

import atexit
import importlib.util
import io
import itertools
import json
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout, suppress
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import psutil
import pygit2
import pytest

from scaffolder.cli.app import run
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Question
from scaffolder.template.render import folder_name, render
from scaffolder.tree import Tree

ROOT = Path(__file__).resolve().parent.parent
Files = Mapping[str, bytes]
# What a system must have for a test; CI runs the fast suite on macOS, too.
MEMORY_LIMITS = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its limit of memory")
ANY_NAMES = pytest.mark.skipif(sys.platform == "darwin", reason="file names are Unicode here, and case does not count")
PATIENCE = 300.0  # seconds until something that is waited for counts as never

# Front matter, code, comments, tables, pictures, tags and the addresses of links: people look these up, or never see them.
NO_PROSE = re.compile(
    r"\A---\n.*?^---\n|^ *```.*?^ *```|<!--.*?-->|^ *\|[^\n]*|!\[[^\]]*\]\([^)]*\)|<[^<>]+>|(?<=\])\([^)\s]*\)",
    re.DOTALL | re.MULTILINE,
)
WORD = re.compile(r"[^\W_][\w'’.-]*")


class Outcome(NamedTuple):
    """Exit code and output of a command."""

    code: int
    out: str
    err: str


def refused(outcome: Outcome, *words: str, code: int = 2) -> None:
    """The command ended with this code, printed nothing, and said why: with these words, in one sentence."""
    lacking = [word for word in words if word not in outcome.err]
    assert (outcome.code, outcome.out, lacking, outcome.err.count("\n")) == (code, "", [], 1), outcome.err


MINI: tuple[dict[str, Any], Files] = (
    {
        "project_name": "Small Thing",
        "project_slug": "{{ cookiecutter.project_name|slugify }}",
        "colour": ["red", "{{ cookiecutter.project_slug }}-blue"],
        "fast": True,
        "count": 3,
        "extra": {"key {{ cookiecutter.count }}": "{{ cookiecutter.colour }}"},
        "__shout": "{{ cookiecutter.project_name|upper }}",
        "_raw": ["{{ not rendered }}"],
        "_copy_without_render": ["raw", "*.keep"],
        "__prompts__": {
            "project_name": "Its name",
            "colour": {"__prompt__": "Which colour?", "red": "red as fire"},
        },
    },
    {
        "README.md": b"# {{ cookiecutter.project_name }}\n{% if cookiecutter.fast %}\nfast\n{% endif %}\n\n{% include 'part.txt' %}",
        "templates:part.txt": b"{{ cookiecutter.__shout }} {{ cookiecutter.extra|jsonify }} {{ cookiecutter._raw }}\n\n",
        "plain.txt": b"no jinja here } {\n",
        "no-newline": b"{{ cookiecutter.count }}",
        "crlf.txt": b"{{ cookiecutter.colour }}\r\nsecond\r\n",
        "crlf-plain.txt": b"one\r\ntwo\r\n",
        "mixed.txt": b"{{ cookiecutter.colour }}\r\nunix\nmac\rend",
        "mixed-plain.txt": b"one\nunix\r\nmac\rend",
        "bom.txt": b"\xef\xbb\xbf{{ cookiecutter.colour }}\n",
        "umlaut.txt": "grün {{ cookiecutter.project_name }}\n".encode(),
        "empty": b"",
        "image.png": b"\x89PNG\r\n\x1a\n\x00\x00{{ cookiecutter.colour }}",
        "data.csv.gz": b"\x1f\x8b\x08\x00\x00\x00\x00\x00{{ cookiecutter.colour }}\r\n",
        "bin/run.sh": b"#!/bin/sh\necho {{ cookiecutter.count }}\n",
        "raw/{{ cookiecutter.colour }}.txt": b"{{ as it is }}\r\n",
        "raw/deep/__x__.txt": b"{% nothing %}",
        "note.keep": b"{{ as it is }}\n",
        "{{ cookiecutter.colour }}/{{ cookiecutter.count }}.txt": b"{# gone #}named\n",
        "{% if cookiecutter.fast %}only-fast.txt{% endif %}": b"fast\n",
        "{% if cookiecutter.fast %}{% else %}only-slow.txt{% endif %}": b"slow\n",
    },
)


def make_template(
    folder: Path, config: Mapping[str, Any], files: Files, project: str = "{{ cookiecutter.project_slug }}"
) -> Path:
    """Write a template; a path that begins with 'templates:' or 'hooks:' goes next to the project folder."""
    for path, data in files.items():
        beside, colon, rest = path.partition(":")
        file = folder / beside / rest if colon else folder / project / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        file.chmod(0o755 if data.startswith(b"#!") else 0o644)
    (folder / project).mkdir(parents=True, exist_ok=True)
    (folder / "cookiecutter.json").write_text(json.dumps(config))
    return folder


def project_of(make: Callable[[Path], Path], folder: Path) -> Path:
    """A project in `folder`, beside its template, which `make` writes: made once, then copied."""
    shutil.copytree(_made(make), folder, symlinks=True, dirs_exist_ok=True)
    (record,) = folder.glob("*/.scaffolder.json")
    return record.parent


@cache
def _made(make: Callable[[Path], Path]) -> Path:
    home = Path(tempfile.mkdtemp(prefix="scaffolder-tests-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    with chdir(home), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        assert run(["new", f"./{make(home).name}", "--yes", "--git"]) == 0
    return home


def edit(file: Path, old: str, new: str) -> None:
    """Replace a text of a file, which must have it."""
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


def on_disk(folder: Path, without: tuple[str, ...] = (".scaffolder.json",)) -> dict[str, tuple[bytes, bool]]:
    """Every file under `folder`: its bytes, and whether it is executable."""
    return {
        path.relative_to(folder).as_posix(): (path.read_bytes(), bool(path.stat().st_mode & 0o100))
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != ".git" and path.name not in without
    }


def in_memory(tree: Tree) -> dict[str, tuple[bytes, bool]]:
    return {path: (file.data, bool(file.mode & 0o100)) for path, file in tree.items()}


def rendered(template: Template, **given: Any) -> dict[str, tuple[bytes, bool]]:
    return in_memory(_render(template, frozenset(given.items())))


@lru_cache(maxsize=64)
def _render(template: Template, given: frozenset[tuple[str, Any]]) -> Tree:
    return render(template, complete(template, chosen(dict(given))))


def prose(pages: Mapping[str, str]) -> dict[str, int]:
    """How many words people read in each Markdown page of a project; the documents that it answers from are data."""
    return {path: words(text) for path, text in pages.items() if "/corpus/" not in path}


def words(text: str) -> int:
    return len(WORD.findall(NO_PROSE.sub("", text)))


def stock(source: Path | str, output: Path, given: Mapping[str, Any], **options: Any) -> Path:
    """The folder that `cookiecutter --no-input` writes for the same answers."""
    from cookiecutter.main import cookiecutter

    output.mkdir(parents=True, exist_ok=True)
    made = cookiecutter(
        str(source),
        no_input=True,
        extra_context=dict(given),
        output_dir=str(output),
        default_config=True,
        **options,
    )
    return Path(made)


def combinations(name: str) -> list[dict[str, Any]]:
    """Every combination of the choices that the bundled template `name` offers."""
    questions = [question for question in catalog.bundled(name).questions.values() if _options(question)]
    picks = itertools.product(*(_options(question) for question in questions))
    return [dict(zip((question.name for question in questions), pick, strict=True)) for pick in picks]


def _options(question: Question) -> tuple[Any, ...]:
    return (True, False) if question.kind == "yes_no" else question.choices


def every_combination() -> list[tuple[str, dict[str, Any]]]:
    return [(name, given) for name in catalog.names() for given in combinations(name)]


def default_fast() -> list[Any]:
    """Every combination for parametrize: each template's default for the fast suite, the others for the slow proofs."""
    return [
        pytest.param(name, given, marks=[] if given == combinations(name)[0] else [pytest.mark.slow])
        for name, given in every_combination()
    ]


@cache
def with_data(name: str) -> list[dict[str, Any]]:
    """The combinations that come with data, so that they run as they are; the others wait for their owner's."""
    template = catalog.bundled(name)
    return [given for given in combinations(name) if "settings.toml" in rendered(template, **given)]


def name_of(value: object) -> str | None:
    """A test's name for parametrize."""
    return "-".join(map(str, value.values())) if isinstance(value, dict) else None


def no_worker_is_left() -> bool:
    """Whether no child of this process works for it, or has ended without being waited for."""
    here = psutil.Process()
    return not workers_of(here.pid) and all(child.status() != psutil.STATUS_ZOMBIE for child in here.children())


def workers_of(process: int) -> list[int]:
    """The children of a process that work for it within limits."""
    found = []
    for child in psutil.Process(process).children():
        with suppress(psutil.NoSuchProcess):  # it has just ended
            if "scaffolder.child" in " ".join(child.cmdline()):
                found.append(child.pid)
    return found


def has_ended(process: int) -> bool:
    """Whether the process is gone, or would be if its parent had asked for its exit code."""
    try:
        return bool(psutil.Process(process).status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def peak_memory() -> int:
    """The most memory that this process has had, in kB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1_000 if sys.platform == "darwin" else 1)


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "protocol.file.allow=always"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def commit_all(folder: Path) -> Path:
    """Make `folder` a Git repository with one commit of everything, also of what Git ignores."""
    repository = pygit2.init_repository(folder, initial_head="main")
    for path in folder.rglob("*"):
        if path.is_symlink() or (path.is_file() and ".git" not in path.relative_to(folder).parts):
            repository.index.add(path.relative_to(folder))
    repository.index.write()
    commit(folder, "All")
    return folder


def commit(folder: Path, message: str = "Work") -> str:
    """Commit what has changed in a repository, without a process; the commit."""
    repository = pygit2.Repository(folder)
    repository.index.add_all()
    repository.index.write()
    parents = [] if repository.head_is_unborn else [repository.head.target]
    who = pygit2.Signature("Ada", "ada@example.org")
    return str(repository.create_commit("HEAD", who, who, message, repository.index.write_tree(), parents))


def folder_of(template: Template, **given: Any) -> str:
    return folder_name(template, complete(template, chosen(given)))


def tool(name: str) -> ModuleType:
    """`tools/NAME.py` as a module."""
    return module_at(ROOT / "tools" / f"{name}.py")


def module_at(path: Path) -> ModuleType:
    """The module in a file, of which no compiled copy is left in its folder: that may be a template's."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec
    assert spec.loader
    module = sys.modules[path.stem] = importlib.util.module_from_spec(spec)
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    spec.loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module
