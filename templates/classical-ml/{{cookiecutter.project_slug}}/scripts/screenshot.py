"""Take the picture of the page that README.md shows: `make screenshot`.

    python scripts/screenshot.py STEP... SHOWN

starts the service, opens its page, clicks on one element after the other (CSS selectors) or, where a step is
"SELECTOR := WORDS", types the last line that `python -m predictor WORDS` prints, waits until the last one is there,
and writes docs/screenshot.png. It needs Playwright, which the lock files leave out.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

PYTHON = f".venv/{'Scripts' if os.name == 'nt' else 'bin'}/python"
COMMAND = [PYTHON, "-m", "predictor"]
PREFIX = "predictor".upper()
PICTURE = Path("docs/screenshot.png")
WIDTH, HEIGHT = 1280, 800  # CSS pixels
SHARPNESS = 1.25  # pixels of the picture to a CSS pixel
SECONDS = 60  # until the service answers, and until an element is there
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
NO_PLAYWRIGHT = (
    'Playwright is not installed. With uv: make screenshot SHOOT="uv run --no-project --with playwright python"; '
    f"without uv: {PYTHON} -m pip install playwright, then make screenshot."
)


class ScreenshotError(Exception):
    """There is no picture; the message says why."""


@contextmanager
def served() -> Iterator[str]:
    """Run the service on a free port; gives the address of its page."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:  # what the service writes is the picture's own
        files = {"DATABASE": str(Path(folder, "picture.db")), "REVIEWERS": str(Path(folder, "reviewers.toml"))}
        own = {"HOST": "127.0.0.1", "PORT": str(port), **files}
        os.environ.update({f"{PREFIX}_{name}": value for name, value in own.items()})
        with subprocess.Popen([*COMMAND, "serve"], stdout=subprocess.DEVNULL) as process:  # noqa: S603
            try:
                _wait(process, port)
                yield f"http://127.0.0.1:{port}/"
            finally:
                process.terminate()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(10 * SECONDS):
        if process.poll() is not None:
            raise ScreenshotError("the service ended at once; try: make serve")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise ScreenshotError(f"the service did not answer within {SECONDS} s")


def shoot(address: str, steps: Sequence[str], shown: str) -> None:
    """Click through the page at `address` and write the picture."""
    from playwright.sync_api import Error, sync_playwright  # type: ignore[import-not-found, unused-ignore]

    with sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=_browser(playwright.chromium.executable_path))
            screen = browser.new_context(
                viewport={"width": WIDTH, "height": HEIGHT}, device_scale_factor=SHARPNESS, color_scheme="light"
            )
            page = screen.new_page()
            page.set_default_timeout(1000 * SECONDS)
            page.goto(address)
            _walk(page, steps, shown)
            PICTURE.parent.mkdir(exist_ok=True)
            page.screenshot(path=PICTURE, animations="disabled")
        except Error as error:
            raise ScreenshotError(str(error).splitlines()[0]) from None


def _walk(page: Any, steps: Sequence[str], shown: str) -> None:
    for step in steps:
        selector, types, words = step.partition(" := ")
        element = page.locator(selector).first
        element.fill(_printed(words)) if types else element.click()
    page.locator(shown).first.wait_for()
    page.mouse.move(0, 0)  # a button under the pointer has another colour
    page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")


def _printed(words: str) -> str:
    """The last line that a command of the package prints."""
    done = subprocess.run([*COMMAND, *words.split()], check=True, capture_output=True, text=True)  # noqa: S603
    return done.stdout.splitlines()[-1]


def _browser(own: str) -> str:
    """The path of Playwright's own Chromium or, where there is none, of a browser that is installed."""
    if Path(own).exists():
        return own
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        raise ScreenshotError(f"no browser is installed; get one with: {sys.executable} -m playwright install chromium")
    return found


def main(steps: Sequence[str], shown: str) -> int:
    try:
        if find_spec("playwright") is None:
            raise ScreenshotError(NO_PLAYWRIGHT)
        with served() as address:
            shoot(address, steps, shown)
    except (ScreenshotError, subprocess.SubprocessError, OSError) as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    print(f"{PICTURE} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:-1], sys.argv[-1]))
