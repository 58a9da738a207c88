"""Loads pygit2 in less time than its own import takes."""

from __future__ import annotations

import importlib
import os
from functools import cache

_CERTIFICATES = {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.sep}  # no file, and a folder that has none


@cache
def load() -> None:
    """Import pygit2 without the certificates of all hosts, which take a quarter of that time: libgit2 asks no host."""
    before = {name: os.environ.get(name) for name in _CERTIFICATES}
    os.environ.update(_CERTIFICATES)
    try:
        importlib.import_module("pygit2")
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
