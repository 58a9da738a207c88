"""Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, sync_playwright
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


class Screen(NamedTuple):
    """What a page is shown on; the sizes are CSS pixels."""

    width: int = 1100
    height: int = 900
    dark: bool = False


DESKTOP = Screen()


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
def opened(chromium: Browser, file: Path, screen: Screen = DESKTOP) -> Iterator[Page]:
    """The page in `file` as `screen` shows it, in a session of its own."""
    context = chromium.new_context(
        viewport={"width": screen.width, "height": screen.height},
        is_mobile=screen.width < 600,
        color_scheme="dark" if screen.dark else "light",
    )
    try:
        page = context.new_page()
        page.goto(file.as_uri())
        yield page
    finally:
        context.close()
