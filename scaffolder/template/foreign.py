"""Templates of other people: found by path or cloned by Git, checked before a byte of them is used."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from scaffolder import git
from scaffolder.errors import TemplateError, shown, suggestion
from scaffolder.template import catalog
from scaffolder.template.catalog import Template, Trust

_SHORT = {
    "gh:": "https://github.com/{}.git",
    "gl:": "https://gitlab.com/{}.git",
    "bb:": "https://bitbucket.org/{}.git",
}
_URL = re.compile(r"(?:https?|ssh|file)://(?!-)\S+")
_SCP = re.compile(r"\w[\w.-]*@\w[\w.-]*:(?!-)\S+")
_MOST_FILES = 20_000
_MOST_BYTES = 200_000_000


@dataclass(frozen=True)
class Wanted:
    """A template as somebody asks for it.

    `spec` is a bundled name, a path, a Git address or `gh:owner/repository`; `checkout` a branch, tag or commit
    of that repository, `directory` a folder in it; `output` the folder that the project goes to.
    """

    spec: str
    checkout: str | None = None
    directory: str | None = None
    trust: bool = False
    output: Path = Path()


class Found(NamedTuple):
    """A template ready to use, and what the record says of where it is from."""

    template: Template
    source: Mapping[str, Any]


@contextmanager
def found(wanted: Wanted) -> Iterator[Found]:
    """The template that is wanted; a clone lives as long as the block.

    Raises `TemplateError`, or `OutsideError` if Git or the network fails.
    """
    address = repository_address(wanted)
    if address:
        with tempfile.TemporaryDirectory(prefix="scaffolder-") as temporary:
            root = Path(temporary) / "template"
            commit = git.clone(address, root, _safe_ref(wanted.checkout))
            with _checked(root, wanted) as template:
                source = {"kind": "git", "url": _public(address), "commit": commit, "directory": wanted.directory}
                yield Found(template, source)
    elif is_path(wanted.spec):
        with _checked(Path(os.path.expanduser(wanted.spec)), wanted) as template:
            yield Found(template, {"kind": "path", "path": wanted.spec, "directory": wanted.directory})
    elif wanted.checkout or wanted.directory:
        raise TemplateError("--checkout and --directory go with a path or a Git address.")
    else:
        yield Found(_bundled(wanted.spec), {"kind": "bundled"})


def _bundled(name: str) -> Template:
    if name in catalog.names():
        return catalog.bundled(name)
    hint = suggestion(name, catalog.names()).rstrip(".")
    end = "" if hint.endswith("?") else ", or give a path or a Git address."
    raise TemplateError(f"There is no template {shown(name)}: {hint}{end}")


def repository_address(wanted: Wanted) -> str | None:
    """The Git address to clone, or None if `spec` is none; refuses one that could run a program."""
    spec = wanted.spec
    for short, long in _SHORT.items():
        if spec.startswith(short):
            name = spec.removeprefix(short)
            if not re.fullmatch(r"\w[\w.-]*(?:/\w[\w.-]*)+", name):
                raise TemplateError(f"{shown(spec)} is not of the form {short}owner/repository.")
            return long.format(name.removesuffix(".git"))
    if "::" in spec or "://" in spec or _SCP.fullmatch(spec):
        if not (_URL.fullmatch(spec) or _SCP.fullmatch(spec)) or "::" in spec:
            raise TemplateError(
                f"{shown(spec)} is no Git address that is taken: use https://, ssh:// or git@host:path."
            )
        return spec
    if wanted.checkout and is_path(spec):
        root = Path(os.path.abspath(os.path.expanduser(spec)))
        if not any(os.path.lexists(root / name) for name in (".git", "HEAD")):
            raise TemplateError(f"{shown(spec)} is no Git repository, so there is nothing to --checkout.")
        return root.as_uri()
    return None


def is_path(spec: str) -> bool:
    """Whether `spec` means a folder and not the name of a bundled template."""
    if spec in catalog.names():
        return False
    return spec.startswith((".", "~")) or "/" in spec or os.sep in spec or os.path.lexists(spec)


def _safe_ref(ref: str | None) -> str | None:
    if ref is not None and not re.fullmatch(r"[\w.][\w./+@-]*", ref):
        raise TemplateError(f"{shown(ref)} is no branch, tag or commit that can be checked out.")
    return ref


def _public(address: str) -> str:
    """`address` without a name or password in it."""
    return re.sub(r"(?<=://)[^/@]*@", "", address)


@contextmanager
def _checked(root: Path, wanted: Wanted) -> Iterator[Template]:
    folder = _inside(root, wanted.directory)
    if not os.path.isdir(folder):
        raise TemplateError(f"{shown(wanted.directory or wanted.spec)} is not a folder that can be read.")
    refuse_escapes(folder)
    if not wanted.trust:
        yield _read(folder, wanted, Trust.SANDBOXED)
        return
    from scaffolder.template.hooks import before_questions

    with before_questions(folder) as prepared:
        yield _read(prepared, wanted, Trust.TRUSTED)


def _read(folder: Path, wanted: Wanted, trust: Trust) -> Template:
    said = {
        "_template": wanted.spec,
        "_output_dir": os.path.abspath(wanted.output),
        "_repo_dir": str(folder),
        "_checkout": wanted.checkout,
    }
    return catalog.read(folder, _short_name(wanted), trust, said)


def _short_name(wanted: Wanted) -> str:
    """The last part of what was asked for: 'my-template' of https://…/my-template.git."""
    words = re.split(r"[/:\\]", (wanted.directory or wanted.spec).rstrip("/\\"))
    return words[-1].removesuffix(".git").lstrip(".") or Path.cwd().name


def _inside(root: Path, directory: str | None) -> Path:
    folder = (root / (directory or ".")).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise TemplateError(f"--directory {shown(directory)} leaves the template's repository.")
    return folder


def refuse_escapes(folder: Path) -> None:
    """Raise `TemplateError` for a link that leaves `folder`, a device, or more than a template needs."""
    files = size = 0
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for path in (Path(root, name) for name in [*folders, *names]):
            _refuse_link(path, folder)
            mode = path.stat()
            if not stat.S_ISREG(mode.st_mode) and not stat.S_ISDIR(mode.st_mode):
                raise TemplateError(f"The template's {shown(path.relative_to(folder))} is neither a file nor a folder.")
            files, size = files + 1, size + mode.st_size
    if files > _MOST_FILES or size > _MOST_BYTES:
        raise TemplateError(f"The template is larger than {_MOST_FILES:,} files or {_MOST_BYTES // 1_000_000} MB.")


def _refuse_link(path: Path, folder: Path) -> None:
    if not path.is_symlink():
        return
    try:
        inside = path.resolve(strict=True).is_relative_to(folder)
    except (OSError, RuntimeError):
        raise TemplateError(f"The template's link {shown(path.relative_to(folder))} leads nowhere.") from None
    if not inside:
        raise TemplateError(f"The template's link {shown(path.relative_to(folder))} leaves the template.")
