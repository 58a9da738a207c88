"""Replace the data and the documents: all or nothing, and nothing that Git does not have.

Everything is first written to `data/.adopting`; then each file is put in its place in one step, the former data and
reports are removed, and the settings come last. If something fails, all is made as it was. Only a kill in the middle
leaves parts of both; adopting the same file again then finishes the work.
"""

import shutil
import subprocess  # git only, with fixed arguments
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

DATA = Path("data")
STAGE = DATA / ".adopting"


class AdoptionError(ValueError):
    """The file cannot be adopted; the message is one sentence: what is wrong, where, and what to do."""


def leftovers(
    former: Collection[str], patterns: Collection[str], source: Path, written: Collection[Path]
) -> list[Path]:
    """What is to be removed: files, never folders, and neither the owner's `source` nor what is `written`.

    These are the `former` data, if they lie in data/, and what matches `patterns`: of the files that describe or make
    the former data, or were made from them.
    """
    found = {path for path in map(Path, former) if path.parent == DATA}.union(*map(Path().glob, patterns))
    return sorted(
        path for path in found if path.is_file() and path not in written and path.resolve() != source.resolve()
    )


def refuse_uncommitted(files: Mapping[Path, bytes], removed: Collection[Path], made: Collection[str]) -> None:
    """So that Git has what is replaced or removed. What matches a pattern of `made` is made again: it needs no commit.

    Raises:
        AdoptionError: Git does not have it, or cannot say so.
    """
    lost = [
        str(path)
        for path in (*files, *removed)
        if path.exists() and path.read_bytes() != files.get(path) and not any(map(path.match, made))
    ]
    if not lost or (git := shutil.which("git")) is None:
        return
    asked = subprocess.run(  # noqa: S603
        [git, "status", "--porcelain", "--untracked-files=all", "--ignored", "--", *lost],
        capture_output=True,
        text=True,
        check=False,
    )
    if asked.returncode and any((folder / ".git").exists() for folder in (Path.cwd(), *Path.cwd().parents)):
        raise AdoptionError(f"Git cannot say whether your work is safe ({asked.stderr.strip().splitlines()[0]})")
    if names := ", ".join(line[3:] for line in asked.stdout.splitlines()):
        raise AdoptionError(f"{names} would be replaced, with changes that are not in Git; commit them first")


def agreed(preview: str, yes: bool) -> bool:
    """Show what will be done, and ask, unless the answer is `yes` already.

    Raises:
        AdoptionError: nobody can be asked.
    """
    print("".join(one if one.isprintable() or one == "\n" else "?" for one in preview), end="")  # no escape codes
    if not yes and not sys.stdin.isatty():
        raise AdoptionError("nobody is here to say yes, so nothing was written; say it with YES=1")
    print("" if yes else "Write this? [y/N] ", end="", flush=True)
    answer = yes or sys.stdin.readline().strip().lower() in {"y", "yes"}
    print("" if answer else "Nothing was written.\n", end="")
    return answer


def replace(files: Mapping[Path, bytes], removed: Collection[Path], settings: Path) -> None:
    """Put `files` in their places, `settings` last, and remove what is not needed any more: all of it, or nothing."""
    former = {path: path.read_bytes() if path.exists() else None for path in (*files, *removed)}
    staged = {path: STAGE / str(place) for place, path in enumerate(files)}
    try:
        STAGE.mkdir(parents=True, exist_ok=True)
        for path, place in staged.items():
            place.write_bytes(files[path])
        for path in sorted(former, key=settings.__eq__):
            staged[path].replace(path) if path in staged else path.unlink(missing_ok=True)
    except BaseException as error:
        for path, content in former.items():
            if content is None:
                path.unlink(missing_ok=True)
            elif not path.exists() or path.read_bytes() != content:
                path.write_bytes(content)
        shutil.rmtree(STAGE, ignore_errors=True)
        if isinstance(error, OSError):
            raise AdoptionError(f"{error.filename or STAGE}: {error.strerror}, so nothing was changed") from None
        raise
    shutil.rmtree(STAGE)
