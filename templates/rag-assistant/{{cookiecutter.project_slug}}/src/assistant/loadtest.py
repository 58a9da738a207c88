"""How long an answer takes, beside `/health`: `make load`."""

import json
import os
from itertools import cycle, repeat
from pathlib import Path

from .evaluation.benchmark import read
from .serving.latency import SERVICE, Request, Target, measure, server
from .settings import Settings
from .wiring import open_assistant


def run(settings: Settings) -> None:
    """Measure quotations, print a table and write reports/load.json.

    Raises:
        LoadError: the server does not start, or does not answer as it should.
        AssistantError: there is no index, or other settings made it.
    """
    with open_assistant(settings) as assistant:
        passages = sum(one.chunks for one in assistant.index.store.documents())
        facts = {"embedding": assistant.index.embedder.name, "passages": str(passages)}
    questions = [one.question for one in read(Path(settings.evaluation.benchmark))] or [settings.corpus.example]
    asking = cycle([Request("/ask", json.dumps({"question": one}).encode()) for one in questions])
    # Only this machine can ask. A language model would cost money, and its own time would be measured.
    os.environ |= {"ASSISTANT_TOKEN_TO_ASK": "false", "ASSISTANT_LLM_URL": ""}
    with server(SERVICE, "ASSISTANT_", "/health") as port:
        measure({"health": Target(port, repeat(Request("/health"))), "ask": Target(port, asking)}, facts)
