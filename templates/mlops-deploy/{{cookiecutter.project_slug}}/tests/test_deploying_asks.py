"""What the deployer asks the slots, and what it makes of their answers."""

import json
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread

import pytest

import toy_site
from real_site import free_port
from service import deploying
from service.deploying import acts
from service.deploying.processes import Processes, SlotError
from service.routing.config import RouterConfig
from service.settings import load_settings
from toy_site import GOOD, FakeSlots, FileRegistry, lines

GONE = "http://127.0.0.1:9"


class Slot(BaseHTTPRequestHandler):
    """A champion with version 3; it gives each row the probability x."""

    def do_GET(self) -> None:
        self.answer({"/model": '{"version": "3"}', "/health/live": "{}", "/text": "good"}.get(self.path))

    def do_POST(self) -> None:
        rows = json.loads(self.rfile.read(int(self.headers["content-length"])))["rows"]
        self.answer(json.dumps({"predictions": [{"probability": row["x"]} for row in rows]}))

    def answer(self, body: str | None) -> None:
        self.send_response(200 if body else 404)
        self.end_headers()
        self.wfile.write((body or "").encode())

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Processes]:
    """A champion that something else has started, as compose does, and a canary that is not there."""
    monkeypatch.chdir(tmp_path)
    with ThreadingHTTPServer(("127.0.0.1", 0), Slot) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield Processes(RouterConfig(champion=f"http://127.0.0.1:{server.server_port}", canary=GONE))
        server.shutdown()


def test_a_slot_tells_its_version_and_scores_rows(processes: Processes) -> None:
    assert (processes.version("champion"), processes.version("canary")) == ("3", None)
    assert processes.scores("champion", [{"x": 0.25}, {"x": 0.5}]) == [0.25, 0.5]


@pytest.mark.parametrize(("name", "path"), [("champion", "/nothing"), ("champion", "/text"), ("canary", "/model")])
def test_what_is_no_answer_in_json_is_told_in_a_sentence(processes: Processes, name: str, path: str) -> None:
    with pytest.raises(SlotError, match=f"^the {name} does not answer at http://127.0.0.1:.*{path}: .+$"):
        processes.ask(name, path)


def test_what_something_else_starts_lives_as_long_as_it_answers(processes: Processes) -> None:
    alive = [name for name in ("router", "supervisor", "champion", "canary") if processes.alive(name)]
    assert alive == ["router", "supervisor", "champion"]


def test_who_is_slow_to_start_is_waited_for_and_that_is_said_once(
    processes: Processes, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers, clock = [*[False] * 300, True], count()  # seconds
    monkeypatch.setattr(processes, "_answers", lambda *_: answers.pop(0))
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    processes.start("champion")
    assert answers == []
    assert capsys.readouterr().out == "The champion is slow to start; waiting for it, up to 600 seconds.\n"


@pytest.mark.parametrize(
    ("program", "seconds", "looks"),
    [("print('no model')", 600.0, 500), ("import time; time.sleep(600)", 0.0, 0)],
)
def test_who_ends_or_does_not_become_ready_is_told_with_the_place_of_its_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, seconds: float, looks: int
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ROUTER_PORT", str(free_port()))
    monkeypatch.setattr("service.deploying.processes.READY_SECONDS", seconds)
    found = Processes(RouterConfig())
    found.command, left = (sys.executable, "-c", program), iter(range(looks))
    with pytest.raises(SlotError, match=r"^the champion ended, or is not ready after \d+ s; see var/champion\.log$"):
        found.start("champion", meanwhile=lambda: next(left))  # which ends in an error if it waits on
    found.stop("champion")


def test_a_slot_that_keeps_its_old_version_ends_the_release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    version = FakeSlots.version
    monkeypatch.chdir(tmp_path)
    toy_site.take_its_place(monkeypatch)
    monkeypatch.setattr(FakeSlots, "version", lambda self, name: "1" if name == "champion" else version(self, name))
    monkeypatch.setattr(acts, "SWITCH_SECONDS", 0.0)
    assert deploying.deploy(toy_site.make(tmp_path), GOOD, yes=True) == 1
    assert "the champion serves version 1 and does not change to 2; see its log" in lines()[-1]["why"]
    assert FileRegistry(load_settings(toy_site.ROOT / "settings.toml")).aliases() == {"champion": "1"}
