"""Texts for the tests of merges, and a merge of one file."""

from __future__ import annotations

from scaffolder.project.merge import Merge, merge
from scaffolder.tree import File

LINK, SUBMODULE = 0o120000, 0o160000
PAGE = b"# Radar\n\nIt works.\n\n## Deployment\n\nBy hand.\n\n## Demo\n\nNone.\n"
BLOCKS = (
    b"# Radar\n\n<!-- measured:results -->\n_Not yet._\n<!-- /measured:results -->\n\n"
    b"<!-- data:source -->\nOf a telecom.\n<!-- /data:source -->\n\nEnd.\n"
)
MEASURED = BLOCKS.replace(b"_Not yet._", b"| f1 | 0.9 |\n|---|---|\n| x | 0.8 |")
ADOPTED = MEASURED.replace(b"Of a telecom.", b"Of parcels.\n\nMine.")


def one(base: bytes | None, ours: bytes | None, theirs: bytes | None, path: str = "README.md") -> Merge:
    """A merge of one file."""
    return merge(*({} if data is None else {path: File(data)} for data in (base, ours, theirs)))
