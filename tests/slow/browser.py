"""Headless Chromium through ChromeDriver's own protocol, as little of it as the tests of pages need."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from projects import must_run

_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def needed(program: str) -> str:
    """The program's path."""
    found = shutil.which(program)
    if found is None:
        must_run(f"{program} is not installed")
    return str(found)


class Browser:
    """One session of a browser."""

    def __init__(self, address: str) -> None:
        self._address = address
        options = {"binary": needed("chromium"), "args": list(_FLAGS)}
        wanted = {"alwaysMatch": {"goog:chromeOptions": options, "unhandledPromptBehavior": "ignore"}}
        session = self._ask("session", {"capabilities": wanted})["sessionId"]
        self._address += f"/session/{session}"

    def _ask(self, path: str, body: dict[str, Any] | None = None, method: str | None = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._address}/{path}".rstrip("/"), data, method=method)
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def close(self) -> None:
        self._ask("", method="DELETE")

    def open(self, page: Path, width: int = 1100, height: int = 900, dark: bool = False) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.command("Emulation.setDeviceMetricsOverride", **size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.command("Emulation.setEmulatedMedia", features=[scheme])
        self._ask("url", {"url": page.as_uri()})

    def run(self, script: str) -> Any:
        """What the body of a function `script` returns or resolves to."""
        return self._ask("execute/sync", {"script": script, "args": []})

    def command(self, name: str, **parameters: Any) -> Any:
        return self._ask("goog/cdp/execute", {"cmd": name, "params": parameters})

    def title(self) -> str:
        return str(self._ask("title"))

    def console(self) -> list[str]:
        """What the browser complained of since the page was opened."""
        return [entry["message"] for entry in self._ask("se/log", {"type": "browser"})]

    def picture(self, file: Path) -> None:
        """The whole page as a PNG file."""
        shot = self.command("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        file.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser() -> Iterator[Browser]:
    """A browser that ends with the block."""
    driver = needed("chromedriver")
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen([driver, "--port=0"], stdout=log, stderr=subprocess.STDOUT)
        session = None
        try:
            session = Browser(f"http://127.0.0.1:{_port(process, Path(f'/proc/self/fd/{log.fileno()}'))}")
            yield session
        finally:
            if session:
                session.close()
            process.terminate()
            process.wait(20)


def _port(process: subprocess.Popen[bytes], log: Path) -> int:
    for _ in range(200):
        _, found, rest = log.read_text().partition("started successfully on port ")
        if found:
            return int(rest.split(".")[0])
        assert process.poll() is None, log.read_text()
        time.sleep(0.1)
    raise AssertionError("chromedriver does not start: " + log.read_text())
