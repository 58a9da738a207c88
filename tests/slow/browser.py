"""Debian's Chromium, driven by Playwright, and axe-core, which looks for barriers in a page."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright
from projects import alone, environment, must_run
from support import PATIENCE

_AXE = "4.14.1"
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


class Screen(NamedTuple):
    """The screen that shows a page, in CSS pixels."""

    width: int = 1100
    height: int = 900
    dark: bool = False


DESKTOP = Screen()
SCREENS = {
    "laptop": Screen(1280, 800),
    "laptop dark": Screen(1280, 800, dark=True),
    "phone": Screen(390, 844),
    "phone dark": Screen(390, 844, dark=True),
    "phone on its side": Screen(844, 390),
}
# Text whose contrast axe-core leaves open: a bar covers it, it is scrolled out of a table, or it has one letter.
UNSEEN = {"bgOverlap", "elmPartiallyObscured", "elmPartiallyObscuring", "shortTextContent"}


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless browser, closed when the block ends."""
    executable = shutil.which("chromium") or must_run("chromium is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(executable), args=_FLAGS)
        try:
            yield started
        finally:
            started.close()


@contextmanager
def opened(chromium: Browser, address: str, screen: Screen = DESKTOP) -> Iterator[Page]:
    """Open `address` in a new session with this screen."""
    context = chromium.new_context(
        viewport={"width": screen.width, "height": screen.height},
        is_mobile=screen.width < 600,
        color_scheme="dark" if screen.dark else "light",
    )
    try:
        page = context.new_page()
        page.set_default_timeout(1_000 * PATIENCE)
        page.goto(address)
        yield page
    finally:
        context.close()


class Quiet(SimpleHTTPRequestHandler):
    """A file server that prints nothing."""

    def log_message(self, format: str, *arguments: object) -> None:
        """Nothing is said of a request."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a plain file server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()


@contextmanager
def shown(chromium: Browser, address: str, screen: Screen = DESKTOP) -> Iterator[Page]:
    """The page, which neither complains nor asks another host for anything."""
    with opened(chromium, "about:blank", screen) as page:
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        yield page
        assert said == []
        assert asked
        assert [url for url in asked if not url.startswith(address.rpartition("/")[0])] == []


def npm_package(name: str, version: str) -> Path:
    """The folder of a package, installed with npm once per machine."""
    folder = Path(tempfile.gettempdir(), f"scaffolder-{name}-{version}-{os.getuid()}")
    package = folder / "node_modules" / name
    with alone("npm"):
        if not package.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            install = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
            try:
                subprocess.run([*install, f"{name}@{version}"], check=True, capture_output=True, env=environment())
            except (OSError, subprocess.CalledProcessError) as error:
                must_run(f"{name} cannot be installed with npm: {error}")
    return package


def axe_core() -> str:
    """The source of axe-core."""
    return (npm_package("axe-core", _AXE) / "axe.min.js").read_text(encoding="utf-8")


def barriers(page: Page, axe: str, unseen: Set[str] = UNSEEN) -> list[str]:
    """What axe-core finds or leaves open, but for the contrast of text that it does not see."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations', 'incomplete']})")
    assert len(found["passes"]) > 10
    hidden = [
        rule
        for rule in found["incomplete"]
        if rule["id"] == "color-contrast"
        and {check["data"]["messageKey"] for node in rule["nodes"] for check in node["any"] if check["data"]} <= unseen
    ]
    return [rule["id"] for rule in found["violations"] + found["incomplete"] if rule not in hidden]


def fits(page: Page) -> bool:
    """Whether nobody has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
