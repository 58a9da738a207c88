"""Other people's templates: a folder or a Git repository, checked before anything in it is used."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from scaffolder import git
from scaffolder.errors import TemplateError, one_line, shown, suggestion
from scaffolder.template import catalog
from scaffolder.template.catalog import Template, Trust

_SHORT = {
    "gh:": "https://github.com/{}.git",
    "gl:": "https://gitlab.com/{}.git",
    "bb:": "https://bitbucket.org/{}.git",
}
_URL = re.compile(r"(?:https?|ssh|file)://(?!-)\S+")
_SCP = re.compile(r"\w[\w.-]*@\w[\w.-]*:(?!-)\S+")
_MAX_FILES = 20_000
_MAX_BYTES = 200_000_000


@dataclass(frozen=True)
class Request:
    """The template that somebody asks for.

    `spec` is a bundled name, a path, a Git address or `gh:owner/repository`; `checkout` is a branch, tag or commit
    of that repository, `directory` a folder in it; `output` is the folder where the project will be created.
    """

    spec: str
    checkout: str | None = None
    directory: str | None = None
    trust: bool = False
    output: Path = Path()


class Opened(NamedTuple):
    """A template that is ready to use, and its origin as the record keeps it."""

    template: Template
    source: Mapping[str, Any]


@contextmanager
def opened(request: Request) -> Iterator[Opened]:
    """The requested template; a clone is deleted when the block ends.

    Raises `TemplateError`, or `OutsideError` if Git or the network fails.
    """
    address = repository_address(request)
    if address:
        with tempfile.TemporaryDirectory(prefix="scaffolder-") as temporary:
            root = Path(temporary) / "template"
            commit = git.clone(address, root, _checked_ref(request.checkout))
            with _checked(root, request) as template:
                source = {
                    "kind": "git",
                    "url": _public(address),
                    "commit": commit,
                    "checkout": request.checkout,
                    "directory": request.directory,
                }
                yield Opened(template, source)
    elif is_path(request.spec):
        with _checked(Path(os.path.expanduser(request.spec)), request) as template:
            yield Opened(template, {"kind": "path", "path": request.spec, "directory": request.directory})
    elif request.checkout or request.directory:
        raise TemplateError("--checkout and --directory need a path or a Git address.")
    else:
        yield Opened(_bundled(request.spec), {"kind": "bundled"})


def _bundled(name: str) -> Template:
    if name in catalog.names():
        return catalog.bundled(name)
    hint = suggestion(name, catalog.names()).rstrip(".")
    end = "" if hint.endswith("?") else ", or give a path or a Git address."
    raise TemplateError(f"There is no template {shown(name)}: {hint}{end}")


def repository_address(request: Request) -> str | None:
    """The Git address to clone, or None if `spec` is not one; rejects addresses that could run a program."""
    spec = request.spec
    for short, long in _SHORT.items():
        if spec.startswith(short):
            name = spec.removeprefix(short)
            if not re.fullmatch(r"\w[\w.-]*(?:/\w[\w.-]*)+", name):
                raise TemplateError(f"{shown(spec)} is not of the form {short}owner/repository.")
            return long.format(name.removesuffix(".git"))
    if "::" in spec or "://" in spec or _SCP.fullmatch(spec):
        if not (_URL.fullmatch(spec) or _SCP.fullmatch(spec)) or "::" in spec:
            raise TemplateError(f"{shown(spec)} is not a supported Git address: use https://, ssh:// or git@host:path.")
        return spec
    if request.checkout and is_path(spec):
        root = Path(os.path.abspath(os.path.expanduser(spec)))
        if not any(os.path.lexists(root / name) for name in (".git", "HEAD")):
            raise TemplateError(f"{shown(spec)} is not a Git repository, so there is nothing to --checkout.")
        return root.as_uri()
    return None


def is_bare(folder: Path) -> bool:
    """Whether a folder is a bare Git repository, in which no files are checked out."""
    is_git = os.path.isfile(folder / "HEAD") and os.path.isdir(folder / "objects")  # also for a path that is too long
    return is_git and not (folder / "cookiecutter.json").exists()


def refuse_bare(folder: Path, spec: str) -> None:
    """Raise `TemplateError` for a bare Git repository: it holds no files, so its address is needed."""
    if is_bare(folder):
        address = Path(os.path.abspath(folder)).as_uri()
        raise TemplateError(f"{shown(spec, 200)} is a bare Git repository: write its address, {address}.")


def is_path(spec: str, folder: Path = Path()) -> bool:
    """Whether `spec` is a path, which may be relative to `folder`, not the name of a bundled template."""
    if not spec or spec in catalog.names():
        return False
    return spec.startswith((".", "~")) or "/" in spec or os.sep in spec or os.path.lexists(folder / spec)


def _checked_ref(ref: str | None) -> str | None:
    if ref is not None and not re.fullmatch(r"[\w.][\w./+@-]*", ref):
        raise TemplateError(f"{shown(ref)} is not a valid branch, tag or commit.")
    return ref


def _public(address: str) -> str:
    """`address` without user name and password."""
    return re.sub(r"(?<=://)[^/@]*@", "", address)


@contextmanager
def _checked(root: Path, request: Request) -> Iterator[Template]:
    folder = _inside(root, request.directory)
    refuse_bare(root, request.spec)
    if not os.path.isdir(folder):
        raise TemplateError(f"{shown(request.directory or request.spec)} is not a folder that can be read.")
    try:
        validate_contents(folder)
    except (OSError, RecursionError) as error:
        raise TemplateError(f"The template cannot be read: {one_line(str(error))}.") from error
    with _trusted(folder, request) if request.trust else _limited(folder, request) as template:
        yield template


@contextmanager
def _limited(folder: Path, request: Request) -> Iterator[Template]:
    """The template, with a child process for its code that ends with the block."""
    from scaffolder.template.sandbox import Worker

    template = _read(folder, request, Trust.SANDBOXED)
    with closing(Worker(template)) as worker:
        yield replace(template, worker=worker)


@contextmanager
def _trusted(folder: Path, request: Request) -> Iterator[Template]:
    from scaffolder.template.hooks import before_questions

    with before_questions(folder) as prepared:
        yield _read(prepared, request, Trust.TRUSTED)


def _read(folder: Path, request: Request, trust: Trust) -> Template:
    private = {
        "_template": request.spec,
        "_output_dir": os.path.abspath(request.output),
        "_repo_dir": str(folder),
        "_checkout": request.checkout,
    }
    name = last_part(request.directory or request.spec).lstrip(".") or Path.cwd().name
    return catalog.read(folder, name, trust, private)


def last_part(address: str) -> str:
    """The last part of a path or address: 'my-template' of https://…/my-template.git."""
    return re.split(r"[/:\\]", address.rstrip("/\\"))[-1].removesuffix(".git")


def _inside(root: Path, directory: str | None) -> Path:
    folder = (root / (directory or ".")).resolve()
    if not folder.is_relative_to(root.resolve()):
        raise TemplateError(f"--directory {shown(directory)} leads out of the template's repository.")
    return folder


def validate_contents(folder: Path) -> None:
    """Raise `TemplateError` for a link that leads out of `folder`, a device, or far too many or large files."""
    files = size = 0
    for root, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != ".git"]
        for path in (Path(root, name) for name in [*folders, *names]):
            _check_link(path, folder)
            mode = path.stat()
            if not stat.S_ISREG(mode.st_mode) and not stat.S_ISDIR(mode.st_mode):
                raise TemplateError(f"The template's {shown(path.relative_to(folder))} is neither a file nor a folder.")
            files, size = files + 1, size + mode.st_size
        if files > _MAX_FILES or size > _MAX_BYTES:
            raise TemplateError(f"The template is larger than {_MAX_FILES:,} files or {_MAX_BYTES // 1_000_000} MB.")


def _check_link(path: Path, folder: Path) -> None:
    if not path.is_symlink():
        return
    try:
        inside = path.resolve(strict=True).is_relative_to(folder)
    except (OSError, RuntimeError):
        raise TemplateError(f"The template's link {shown(path.relative_to(folder))} leads nowhere.") from None
    if not inside:
        raise TemplateError(f"The template's link {shown(path.relative_to(folder))} leads out of the template.")
