"""A picture of the page with an answer and its source: `python -m assistant.serving.screenshot docs/screenshot.png`."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from dotenv import load_dotenv

from ..exits import exit_code
from ..settings import load_settings
from .examples import examples
from .latency import HOST, SERVICE, server
from .schemas import QUESTION
from .service import Holder

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
SIZE = "1280,1000"  # CSS pixels
SECONDS = 60
FLAGS = (
    "--headless",
    "--disable-gpu",
    "--hide-scrollbars",
    "--no-first-run",
    "--disable-background-networking",
    "--force-device-scale-factor=2",
    f"--window-size={SIZE}",
)


class ScreenshotError(ValueError):
    """No picture could be taken; the message says why."""


def take(picture: Path, question: str) -> None:
    """Start the service, ask `question`, and write the page as a PNG file.

    Raises:
        ScreenshotError: there is no browser, or it takes no picture.
        LoadError: the service does not start.
    """
    browser = find_browser()
    picture.parent.mkdir(parents=True, exist_ok=True)
    with server(SERVICE, "/health") as port, TemporaryDirectory() as profile:
        address = f"http://{HOST}:{port}/?{urlencode({'q': question, 'cite': 1})}"
        _shoot([browser, *FLAGS, f"--user-data-dir={profile}"], address, Path(profile, "page.png"), picture)


def find_browser() -> str:
    """The path of a Chromium.

    Raises:
        ScreenshotError: there is none.
    """
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        raise ScreenshotError(f"no browser found ({', '.join(BROWSERS)}); install Chromium and run this again")
    return found


def _shoot(command: list[str], address: str, taken: Path, picture: Path) -> None:
    """Inside a container, where Chromium's sandbox cannot be set up, the second try does without it."""
    for flags in ([], ["--no-sandbox"]):
        full = [*command, *flags, f"--screenshot={taken}", address]
        try:
            subprocess.run(full, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise ScreenshotError(f"the browser took no picture within {SECONDS} s") from None
        if taken.exists():
            shutil.move(taken, picture)
            return
    raise ScreenshotError(f"{command[0]} took no picture; try to start it by hand")


def main() -> int:
    """Take the picture. Returns 0, or 2 if that is not possible."""
    parser = argparse.ArgumentParser(prog="python -m assistant.serving.screenshot", description=__doc__)
    parser.add_argument("picture", type=Path, help="PNG file to write")
    parser.add_argument("--question", help="what to ask; the first example of the page by default")
    given = parser.parse_args()
    load_dotenv(".env")
    return exit_code(lambda: _run(given.picture, given.question))


def _run(picture: Path, question: str | None) -> int:
    take(picture, question or _question())
    print(picture)
    return 0


def _question() -> str:
    settings = load_settings()
    holder = Holder(settings)
    found = examples(settings.evaluation, {one.id for one in holder.get().store.documents()})
    holder.close()
    return found[0] if found else QUESTION


if __name__ == "__main__":
    sys.exit(main())
