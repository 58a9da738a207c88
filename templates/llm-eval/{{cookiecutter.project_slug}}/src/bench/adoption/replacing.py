"""Replace the data and the documents: all or nothing, and nothing that Git does not have.

Everything is first written to `data/.adopting`; then each file is put in its place in one step, the settings last, and
only then are the former data removed. If this is interrupted, `data/.adopting/removed` stays and lists what is to go:
adopting the file again then finishes the work, without asking for a commit first.
"""

import shutil
import subprocess  # git only, with fixed arguments
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from ..reporting.metrics import write_text

DATA = Path("data")
STAGE = DATA / ".adopting"
JOURNAL = STAGE / "removed"


class AdoptionError(ValueError):
    """The file cannot be adopted; the message is one sentence: what is wrong, where, and what to do."""


def leftovers(
    former: Collection[str], patterns: Collection[str], source: Path, written: Collection[Path]
) -> list[Path]:
    """What is to be removed: files, never folders, and neither the owner's `source` nor what is `written`.

    These are the `former` data and what an interrupted adoption was to remove, if they lie in data/; and what matches
    `patterns`: of the files that describe or make the former data, or were made from them.
    """
    listed = JOURNAL.read_text(encoding="utf-8", errors="replace").splitlines() if JOURNAL.exists() else []
    found = {path for path in map(Path, [*former, *listed]) if path.parent == DATA}.union(*map(Path().glob, patterns))
    return sorted(
        path for path in found if path.is_file() and path not in written and path.resolve() != source.resolve()
    )


def refuse_uncommitted(paths: Collection[Path], made: Collection[str]) -> None:
    """So that Git has what is replaced or removed. What matches a pattern of `made` is made again: it needs no commit.

    Raises:
        AdoptionError: Git does not have it, or cannot say so.
    """
    if (git := shutil.which("git")) is None or JOURNAL.exists():
        return
    needed = (str(path) for path in paths if not any(map(path.match, made)))
    asked = subprocess.run(  # noqa: S603
        [git, "status", "--porcelain", "--untracked-files=all", "--", *needed],
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
    """Put `files` in their places, `settings` last, and remove what is not needed any more."""
    STAGE.mkdir(parents=True, exist_ok=True)
    staged = {path: STAGE / str(place) for place, path in enumerate(sorted(files, key=settings.__eq__))}
    for path, place in staged.items():
        place.write_bytes(files[path])
    new_data = (path for path in files if path.parent == DATA and path.suffix != ".md")
    write_text(JOURNAL, "\n".join(map(str, [*removed, *new_data])))
    for path, place in staged.items():
        place.replace(path)
    for path in removed:
        path.unlink(missing_ok=True)
    shutil.rmtree(STAGE)
