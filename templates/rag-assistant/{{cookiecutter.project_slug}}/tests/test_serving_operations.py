"""What running the service needs: settings that are written down, a log without questions, patience with models."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from assistant.answering.evidence import EvidenceFinder
from assistant.answering.generative import Generative
from assistant.serving.app import Config
from assistant.settings import Answering, Settings
from assistant.stores.base import Store
from model_server import Act, answer, cut_stream, drip, model_server, raw_events, silence, stream
from sample_service import Scripted, events, make_app
from toy import HashEmbedder

ROOT = Path(__file__).parents[1]
BOOK = {"question": "How long is a book lent?"}
STREAMED = {"accept": "text/event-stream"}


def test_the_example_environment_file_names_every_setting() -> None:
    listed = set(re.findall(r"^#? ?(ASSISTANT_\w+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert {f"ASSISTANT_{name.upper()}" for name in Config.model_fields} <= listed


def test_questions_are_not_in_the_service_log(
    settings: Settings, store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with TestClient(make_app(settings, store, Scripted(), tmp_path), raise_server_exceptions=False) as client:
        client.post("/ask", json=BOOK)
        client.get("/", params={"q": BOOK["question"]})
        client.post("/ask", json={"question": "How long is a book lent?", "where": {"kind": ["lent"]}})
        client.post("/documents", files={"file": ("lent.md", b"# Lent\n\nText.\n")})
    logged = capsys.readouterr().out
    assert "/ask" in logged
    assert "lent" not in logged.lower()


def test_the_service_loads_only_what_its_settings_need() -> None:
    program = "import sys; from assistant.serving import app; print(*{name.split('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.split()
    assert "fastapi" in loaded
    assert not {"openai", "psycopg", "onnxruntime", "wordllama"} & set(loaded)


ERROR = '{"error": {"message": "secret detail"}}'
MOODS: dict[str, tuple[Act, str]] = {
    "busy": (answer(ERROR, status=429), "429"),
    "failing": (answer(ERROR, status=500), "500"),
    "slow": (silence(5), "within 1 seconds"),
    "dripping": (drip(5), "within 1 seconds"),
    "cut": (cut_stream("A book is"), "stopped in the middle"),
    "no JSON": (answer("<html>hello</html>", "text/html"), "answers"),
    "broken events": (raw_events("{broken"), "answers"),
}


@pytest.mark.parametrize("mood", MOODS)
def test_a_model_server_in_any_mood_leaves_the_service_up(
    mood: str, settings: Settings, store: Store, tmp_path: Path
) -> None:
    act, words = MOODS[mood]
    answering = Answering(backend="endpoint", abstain_below=0, timeout_seconds=1, retries=0)
    with model_server(act, act, stream("A book is lent for four weeks [1].")) as server:
        model = Generative(answering, EvidenceFinder(store, HashEmbedder()), server.url)
        app = make_app(settings, store, model, tmp_path)
        with TestClient(app, raise_server_exceptions=False) as client:
            whole = client.post("/ask", json=BOOK)
            assert whole.status_code == 503
            assert words in whole.json()["detail"]
            assert "secret detail" not in whole.text
            streamed = client.post("/ask", json=BOOK, headers=STREAMED)
            assert streamed.status_code == 503 or events(streamed.text)[-1][0] == "error"
            assert client.post("/ask", json=BOOK).json()["text"] == "A book is lent for four weeks [1]."


def test_while_a_model_is_slow_everything_else_answers(settings: Settings, store: Store, tmp_path: Path) -> None:
    answering = Answering(backend="endpoint", abstain_below=0, timeout_seconds=2, retries=0)
    with model_server(silence(5)) as server:
        model = Generative(answering, EvidenceFinder(store, HashEmbedder()), server.url)
        with TestClient(make_app(settings, store, model, tmp_path)) as client:
            asking = [threading.Thread(target=client.post, args=("/ask",), kwargs={"json": BOOK}) for _ in range(4)]
            for one in asking:
                one.start()
            while len(server.requests) < 4:
                time.sleep(0.01)
            started = time.monotonic()
            for path in ("/health", "/documents", "/"):
                assert client.get(path).status_code == 200
            assert time.monotonic() - started < 1
            for one in asking:
                one.join()


def test_a_dead_model_server(settings: Settings, store: Store, tmp_path: Path) -> None:
    answering = Answering(backend="endpoint", abstain_below=0, timeout_seconds=1, retries=0)
    model = Generative(answering, EvidenceFinder(store, HashEmbedder()), "http://127.0.0.1:9/v1")
    with TestClient(make_app(settings, store, model, tmp_path)) as client:
        assert "cannot be reached" in client.post("/ask", json=BOOK).json()["detail"]
        assert client.post("/search", json=BOOK).status_code == 200
