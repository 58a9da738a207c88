"""The rules load and do what they say; slow: Prometheus reads the service, and the alarm reaches the webhook."""

import json
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import uvicorn

import toy_model
import toy_parcels as toy
from service import store

FOLDER = toy.ROOT / "monitoring"
PATIENCE = 60.0
PROGRAMS = {
    "prometheus": ("--config.file=prometheus.yml", "--storage.tsdb.path=data"),
    "prometheus-alertmanager": ("--config.file=alertmanager.yml", "--storage.path=kept", "--cluster.listen-address="),
}
CHECKS = ("check config prometheus.yml", "check rules alerts.yml", "test rules alerts.test.yml")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
@pytest.mark.parametrize("command", CHECKS)
def test_promtool_finds_nothing_wrong(command: str) -> None:
    done = subprocess.run(["promtool", *command.split()], cwd=FOLDER, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_chapter_in_the_runbook() -> None:
    rules = (FOLDER / "alerts.yml").read_text(encoding="utf-8")
    alerts = [line.split()[-1] for line in rules.splitlines() if "- alert:" in line]
    chapters = (toy.ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    assert alerts
    for alert in alerts:
        assert f"runbook: docs/runbook.md#{alert.lower()}" in rules
        assert f"# {alert}\n" in chapters, alert


@pytest.mark.slow
@pytest.mark.skipif(any(shutil.which(name) is None for name in PROGRAMS), reason="Prometheus is not installed")
def test_an_open_alarm_reaches_the_webhook(tmp_path: Path) -> None:
    made = toy_model.registry(tmp_path / "registry")
    with closing(store.connect(tmp_path / "service.db")) as database, database:
        database.execute("INSERT INTO alerts VALUES ('calibration', '2016-01-26', 0.05, 0.04, 0, NULL)")
    ports = dict(zip(("service", "prometheus", "alertmanager"), free_ports(3), strict=True))
    with receiver() as (address, received), serving(toy_model.client(made).app, ports["service"]):
        here = {
            "champion:8000": f"127.0.0.1:{ports['service']}",
            "alertmanager:9093": f"127.0.0.1:{ports['alertmanager']}",
            "_interval: 5s": "_interval: 1s",
            "scrape_timeout: 3s": "scrape_timeout: 1s",
            "/etc/alertmanager/": f"{tmp_path}/",
        }
        for path in FOLDER.glob("*.yml"):
            text = path.read_text(encoding="utf-8")
            for there, changed in here.items():
                text = text.replace(there, changed)
            (tmp_path / path.name).write_text(text, encoding="utf-8")
        (tmp_path / "webhook-url").write_text(address, encoding="utf-8")
        running = [
            subprocess.Popen([name, *options, f"--web.listen-address=127.0.0.1:{port}"], cwd=tmp_path)
            for (name, options), port in zip(
                PROGRAMS.items(), (ports["prometheus"], ports["alertmanager"]), strict=True
            )
        ]
        try:
            end = time.monotonic() + PATIENCE
            while "ModelPerformance" not in names(received) and time.monotonic() < end:
                time.sleep(0.2)
        finally:
            for process in running:
                process.kill()
                process.wait()
    assert "ModelPerformance" in names(received)
    assert "ChampionDown" not in names(received)


def names(received: list[dict[str, Any]]) -> set[str]:
    return {alert["labels"]["alertname"] for message in received for alert in message["alerts"]}


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [int(one.getsockname()[1]) for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextmanager
def serving(app: Any, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def receiver() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A webhook: its address, and the messages that it has got."""
    received: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", received
    finally:
        server.shutdown()
        server.server_close()
