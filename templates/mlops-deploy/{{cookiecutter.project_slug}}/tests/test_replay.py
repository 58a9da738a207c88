"""The replay: each parcel once, on its day; an outcome only when it is known; what is lost is written down."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pandas as pd
import pytest

from service import replay, store
from service.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
FIRST, SECOND = date(2016, 1, 1), date(2016, 1, 2)


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: list[dict[str, object]]
    broken = ""  # the reference of the parcel that gets no answer

    def do_POST(self) -> None:
        row = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.asked.append(row)
        if row["reference"] == self.broken:
            self.close_connection = True
            return
        body = json.dumps({"id": f"id-{row['reference']}", "model_version": "7"}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def settings() -> Settings:
    return load_settings(ROOT / "settings.toml")


@pytest.fixture
def played(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[replay.Replay, type[Answering]]]:
    """Three parcels of two days; the outcome of the first is known on the second day."""
    monkeypatch.chdir(tmp_path)
    example = {one.name: one.example for one in settings.features}
    data = settings.data
    known = ["2016-01-02", "2016-01-05", "2016-01-09"]
    rows = [
        {**example, data.id: f"b{number}", data.time: day, data.known: known[number], data.target: number % 2}
        for number, day in enumerate(["2016-01-01", "2016-01-01", "2016-01-02"])
    ]
    rows[1][settings.features[-1].name] = float("nan")
    monkeypatch.setattr(replay, "request_rows", lambda _: pd.DataFrame(rows))
    handler = type("Handler", (Answering,), {"asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield replay.Replay(settings, "127.0.0.1", server.server_port), handler
        server.shutdown()


def play(client: replay.Replay, day: date) -> None:
    client.send(day, client.requests[day.isoformat()])
    client.tell(day)


def answers() -> list[dict[str, object]]:
    return [json.loads(line) for line in replay.LOG.read_text("utf-8").splitlines()]


def test_each_parcel_is_sent_once_on_its_day(played: tuple[replay.Replay, type[Answering]], settings: Settings) -> None:
    client, handler = played
    play(client, FIRST)
    assert sorted(str(row["reference"]) for row in handler.asked) == ["b0", "b1"]
    play(client, SECOND)
    assert [row["reference"] for row in handler.asked if row["day"] == "2016-01-02"] == ["b2"]
    assert [row[settings.features[-1].name] for row in handler.asked if row["reference"] == "b1"] == [None]
    assert [(each["id"], each["status"], each["version"]) for each in answers()][2] == ("id-b2", 200, "7")


def test_an_outcome_is_written_down_when_it_is_known(played: tuple[replay.Replay, type[Answering]]) -> None:
    client, _ = played

    def known() -> list[tuple[str, str, int]]:
        with closing(store.connect()) as database:
            return database.execute("SELECT reference, known_on, outcome FROM outcomes").fetchall()

    play(client, FIRST)
    assert known() == []
    play(client, SECOND)
    assert known() == [("b0", "2016-01-02", 0)]


def test_what_gets_no_answer_is_lost_and_the_others_go_on(played: tuple[replay.Replay, type[Answering]]) -> None:
    client, handler = played
    handler.broken = "b0"
    play(client, FIRST)
    play(client, SECOND)
    assert sorted((str(each["id"]), each["status"]) for each in answers()) == [
        ("None", 0),
        ("id-b1", 200),
        ("id-b2", 200),
    ]
