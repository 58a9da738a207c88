"""A small language model on this machine, in a process of its own: packages of `make setup-model`, nothing else."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .responses import ModelError, Unavailable

# One request at a time and no memory of the last one, so that an answer does not depend on what else was asked. One
# thread, since several wait for each other: on two busy cores, two threads are six times slower than one.
# It prints its address when it is healthy, and ends with its standard input, even if the parent was killed.
SERVER = """
import os, sys, urllib.request, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.verbosity, params.ui = sys.argv[1], 4096, 0, False
params.n_parallel, params.cache_prompt = 1, False
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = 1
server = xllamacpp.Server(params)
urllib.request.build_opener(urllib.request.ProxyHandler({})).open(server.listening_address + "/health").close()
print("healthy at", server.listening_address, flush=True)
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
sys.stdin.read()
"""


def weights(name: str) -> Path:
    """The GGUF file of a local model, which lies in a package of its own that is not imported.

    Raises:
        ModelError: its package or its server is not installed.
    """
    spec = importlib.util.find_spec(f"llm_{name}")
    if spec is None or spec.origin is None or importlib.util.find_spec("xllamacpp") is None:
        raise ModelError(f'The local model "{name}" is not installed; `make setup-model` installs smollm2.')
    return next(Path(spec.origin).parent.glob("*.gguf"))


@contextmanager
def serve(gguf: Path) -> Iterator[str]:
    """The base URL of a server on a free port of the loopback, which ends with the block.

    Raises:
        Unavailable: it does not start.
    """
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", SERVER, str(gguf)],
        stdin=subprocess.PIPE,  # closed at the end of the block, or of this process, however it ends
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        address = next((line.split()[-1] for line in process.stdout or () if line.startswith("healthy at ")), None)
        if address is None:
            raise Unavailable(f"The local model {gguf.name} does not start; is there enough memory?")
        yield f"{address}/v1"
