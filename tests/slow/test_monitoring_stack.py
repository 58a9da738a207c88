"""Prometheus and Alertmanager from Debian with the files of mlops-deploy: what drifted traffic does reaches a webhook."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
import yaml
from projects import Project, free_ports, must_run
from sites import Site, slot, until
from support import PATIENCE

ALARM = "ModelPerformance"
COMMANDS = [
    ("promtool", "check", "config", "prometheus.yml"),
    ("promtool", "check", "rules", "alerts.yml"),
    ("promtool", "test", "rules", "alerts.test.yml"),
    ("amtool", "check-config", "alertmanager.yml"),
]
QUIET_SECONDS = 12  # longer than the alarm's rule waits


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_the_files_are_accepted(hotel: Project, command: tuple[str, ...]) -> None:
    if shutil.which(command[0]) is None:
        must_run(f"{command[0]} is not installed")
    done = subprocess.run(command, cwd=hotel.path / "monitoring", capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


class Webhook(ThreadingHTTPServer):
    """Where alerts arrive."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Receive)
        self.alerts: list[dict[str, Any]] = []

    def of(self, name: str, status: str) -> list[dict[str, Any]]:
        return [one for one in self.alerts if (one["labels"]["alertname"], one["status"]) == (name, status)]


class Receive(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.alerts += json.loads(body)["alerts"]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def program(*command: object) -> Iterator[None]:
    if shutil.which(str(command[0])) is None:
        must_run(f"{command[0]} is not installed")
    process = subprocess.Popen([str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


@contextmanager
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def stack(site: Site, tmp_path: Path) -> Iterator[tuple[Site, str, Webhook]]:
    """The site's champion, watched by Prometheus: its address, and the webhook behind Alertmanager.

    Beside the template's rules, there are the same with one metric misnamed, whose alert is called Misnamed.
    """
    first = free_ports(2)
    prometheus, alertmanager = f"127.0.0.1:{first}", f"127.0.0.1:{first + 1}"
    given = site.folder / "monitoring"
    config = yaml.safe_load((given / "prometheus.yml").read_text("utf-8"))
    config["global"] = {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"}
    config["alerting"]["alertmanagers"][0]["static_configs"][0]["targets"] = [alertmanager]
    for target in config["scrape_configs"][0]["static_configs"]:
        target["targets"] = [site.address(target["labels"]["slot"]).removeprefix("http://")]
    rules = (given / "alerts.yml").read_text("utf-8")
    (tmp_path / "alerts.yml").write_text(rules)
    (tmp_path / "wrong.yml").write_text(
        re.sub(r"(?m)^  - name: ", "  - name: wrong ", rules)
        .replace("monitoring_alert", "model_alert")
        .replace(ALARM, "Misnamed")
    )
    config["rule_files"].append("wrong.yml")
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    with webhook() as received:
        (tmp_path / "webhook-url").write_text(f"http://127.0.0.1:{received.server_port}/")
        sent = (given / "alertmanager.yml").read_text("utf-8")
        sent = sent.replace("/etc/alertmanager/webhook-url", str(tmp_path / "webhook-url"))
        (tmp_path / "alertmanager.yml").write_text(re.sub(r"group_interval: \w+", "group_interval: 1s", sent))
        with (
            slot(site, "champion"),
            program(
                *("prometheus-alertmanager", f"--config.file={tmp_path / 'alertmanager.yml'}"),
                *(f"--storage.path={tmp_path / 'sent'}", f"--web.listen-address={alertmanager}"),
                "--cluster.listen-address=",
            ),
            program(
                *("prometheus", f"--config.file={tmp_path / 'prometheus.yml'}"),
                *(f"--storage.tsdb.path={tmp_path / 'measured'}", f"--web.listen-address={prometheus}"),
            ),
        ):
            yield site, f"http://{prometheus}", received


def asked(address: str, query: str) -> list[Any]:
    with urlopen(f"{address}/api/v1/query?query={query}", timeout=5) as answer:
        found: list[Any] = json.load(answer)["data"]["result"]
        return found


def forget(site: Site) -> date:
    """Forget what monitoring has found; returns the day on which the alarm began."""
    ((day,),) = site.rows("SELECT min(day) FROM alerts")
    site.write("DELETE FROM alerts", "DELETE FROM measurements")
    return date.fromisoformat(day)


def test_drifted_traffic_is_told_to_the_webhook(stack: tuple[Site, str, Webhook]) -> None:
    site, prometheus, received = stack
    day = forget(site)
    until(lambda: asked(prometheus, 'up{slot="champion"}==1'), "the champion is scraped")
    assert asked(prometheus, "model_info")[0]["metric"]["version"] == site.serves("champion")
    time.sleep(QUIET_SECONDS)
    assert received.of(ALARM, "firing") == []

    before = [(day - timedelta(days=number)).isoformat() for number in (2, 1)]
    codes = [site.service("monitor", f"--day={earlier}") for earlier in before]
    assert "ALARM" not in "".join(codes)
    assert "ALARM" in site.service("monitor", f"--day={day}", code=1)
    (alert, *_) = until(lambda: received.of(ALARM, "firing"), "the alert arrives")
    assert alert["labels"]["severity"] == "page"
    page, _, chapter = alert["annotations"]["runbook"].partition("#")
    headings = re.findall(r"(?m)^#+ (.+)$", (site.folder / page).read_text("utf-8"))
    assert chapter in [heading.lower() for heading in headings]

    time.sleep(QUIET_SECONDS)  # a rule on a metric that nobody has stays silent, and looks like good news
    assert {one["labels"]["alertname"] for one in received.alerts} == {ALARM}
    site.write(f"UPDATE alerts SET closed_day = '{day}'")
    until(lambda: received.of(ALARM, "resolved"), "the all-clear arrives")
