"""Kinds of files by their paths, so that code, tests, prose, data and the output of programs are counted apart."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import StrEnum
from functools import lru_cache
from pathlib import PurePosixPath

from scaffolder.project import machine, record


class Kind(StrEnum):
    """The kind of a file."""

    CODE = "code"
    TESTS = "tests"
    PROSE = "prose"
    OTHER = "other text"  # such as settings
    DATA = "data"
    PROGRAMS = "written by programs"
    BINARY = "not text"


READ = (Kind.CODE, Kind.TESTS, Kind.PROSE, Kind.OTHER)
"""The kinds whose lines are compared."""
_MADE = ("reports", "artifacts")  # folders that runs of a project write
_CODE = frozenset(
    ".py .pyi .js .mjs .ts .tsx .jsx .css .html .jinja .j2 .sql .sh .r .jl .java .go .rs .c .h .cpp .scala .kt".split()
)
_PROSE = frozenset((".md", ".rst", ".adoc"))
_DATA = frozenset(".csv .tsv .jsonl .parquet .gz .zip .xz .bz2 .xlsx .sqlite .db .npy .npz".split())
_BINARY = frozenset(".png .jpg .jpeg .gif .webp .svg .ico .pdf .docx .onnx .ubj .woff .woff2 .ipynb".split())
_TESTS = re.compile(r"(?:^|/)(?:tests?/|test_[^/]*$|conftest\.py$)|_test\.\w+$")


def kind_of(path: str, own_data: Collection[str] = ()) -> Kind:
    """The kind of the file at `path`; `own_data` are the files that the project's record names as its owner's data."""
    kind = _kind_of(path)
    return Kind.DATA if path in own_data and kind is not Kind.PROGRAMS else kind


@lru_cache(maxsize=4_096)  # the repositories of a cohort have the same paths
def _kind_of(path: str) -> Kind:
    parts, suffix = path.split("/"), PurePosixPath(path).suffix.lower()
    if path == record.NAME or parts[0] in _MADE or suffix == ".diff" or machine.is_lock(path):
        return Kind.PROGRAMS
    if suffix in _DATA or (parts[0] == "data" and path != machine.DATASET and suffix != ".py"):
        return Kind.DATA
    if suffix in _BINARY:
        return Kind.BINARY
    if suffix in _CODE:
        return Kind.TESTS if _TESTS.search(path) else Kind.CODE
    return Kind.PROSE if suffix in _PROSE else Kind.OTHER
