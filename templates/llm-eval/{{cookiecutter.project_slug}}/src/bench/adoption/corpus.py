"""The documents that evidence is quoted from: read them all, and say which cannot be read."""

from pathlib import Path, PurePosixPath

from ..benchmark import documents
from ..documents import markdown
from ..documents.text import DocumentError
from ..passages import Document
from .reading import Problems

CORPUS = Path("data/corpus")
MOST_FILES, MOST_BYTES, MOST_BYTES_IN_ALL = 2_000, 10_000_000, 100_000_000
SUFFIXES = {".md", ".txt"}


def read(folder: Path, problems: Problems) -> tuple[dict[Path, bytes], dict[str, Document]]:
    """The files where they will be, and the documents by their ids. Hidden files are left out."""
    inside, target = folder.resolve(), CORPUS.resolve()
    files: dict[Path, bytes] = {}
    found: dict[str, Document] = {}
    if not folder.is_dir() or inside in target.parents or target in inside.parents:
        problems.append((0, f"{folder} is no folder, or holds {CORPUS}, or lies in it; name another one as DOCUMENTS"))
        return files, found
    paths = {path.relative_to(folder): path for path in documents(folder)}
    paths = {where: path for where, path in paths.items() if not any(part.startswith(".") for part in where.parts)}
    sizes = [path.stat().st_size for path in paths.values()]
    if not paths or len(paths) > MOST_FILES or max(sizes) > MOST_BYTES or sum(sizes) > MOST_BYTES_IN_ALL:
        limits = f"{MOST_FILES:,} files, of {MOST_BYTES:,} bytes each and {MOST_BYTES_IN_ALL:,} in all"
        problems.append((0, f"{folder} must have .md or .txt files, at most {limits}; these are {len(paths):,}"))
        return files, found
    names = [name_of(str(where)).casefold() for where in paths]  # some file systems take A.md and a.md for the same
    for (where, path), name in zip(paths.items(), names, strict=True):
        try:
            files[CORPUS / where] = data = path.read_bytes()
            found[name_of(str(where))] = Document(name, name, markdown.read(data, len(data)).text, "")
            if names.count(name) > 1 or not name.isprintable() or not path.resolve().is_relative_to(inside):
                problems.append(
                    (0, f"{path} has the name of another one, cannot be printed, or leads out of the folder")
                )
        except (DocumentError, OSError) as error:
            problems.append((0, f"{path} {getattr(error, 'strerror', error)}"))
    return files, found


def name_of(document: str) -> str:
    """The id of a document: its path below the folder without its suffix."""
    path = PurePosixPath(document.replace("\\", "/"))
    return (path.with_suffix("") if path.suffix in SUFFIXES else path).as_posix()
