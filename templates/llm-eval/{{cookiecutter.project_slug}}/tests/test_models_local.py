"""A language model on this machine, in a process of its own."""

import os
import select
import sys
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from bench.models import local
from bench.models.asking import Asker
from bench.models.budget import Models
from bench.models.responses import ModelError, Request, Unavailable

ASKED = Request(model="giant", prompt="Why?")
CHILD = f"import sys; sys.path[:0] = {sys.path!r}\n"  # a process that imports what this one can


def test_a_local_model_has_to_be_there_and_to_start(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match='"giant" is not installed; `make setup-model`'):
        Asker(Models(url="local:giant", answers=str(tmp_path / "a.db"))).complete_all([ASKED])
    with pytest.raises(Unavailable, match=r"none\.gguf does not start"), local.serve(tmp_path / "none.gguf"):
        pass


LLAMA = """
from types import SimpleNamespace as Some
def CommonParams():
    return Some(model=Some(), cpuparams=Some(), cpuparams_batch=Some())
class Server:
    listening_address = "data:,"
    def __init__(self, params):
        self.alive = open("alive", "w")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pipes in folders")
def test_the_local_server_ends_with_a_killed_parent(tmp_path: Path) -> None:
    """A stand-in for llama.cpp's server holds a pipe open for as long as it runs."""
    (tmp_path / "xllamacpp.py").write_text(LLAMA)
    os.mkfifo(tmp_path / "alive")
    code = "from bench.models import local\nwith local.serve('a.gguf') as url: print(url, flush=True); input()"
    with (
        Popen([sys.executable, "-c", CHILD + code], cwd=tmp_path, stdin=PIPE, stdout=PIPE, text=True) as parent,
        open(tmp_path / "alive") as alive,
    ):
        assert parent.stdout is not None
        assert parent.stdout.readline() == "data:,/v1\n"
        parent.kill()
        assert select.select([alive], [], [], 60)[0] == [alive]
