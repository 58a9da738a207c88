"""The picture of the page, with a program that stands in for the browser."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.serving import screenshot
from assistant.serving.screenshot import ScreenshotError, take

Install = Callable[[str], None]

A_SERVICE = (
    "import os, uvicorn; from assistant.serving.latency import constant; app = constant(); "
    "app.get('/health')(lambda: {}); uvicorn.run(app, port=int(os.environ['UVICORN_PORT']), log_level='error')"
)
BROWSER = """#!/bin/sh
for argument in "$@"; do
  case "$argument" in
    --screenshot=*) file="${argument#--screenshot=}";;
    --no-sandbox) free=1;;
    http*) page="$argument";;
  esac
done
"""


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a browser with this script on an otherwise empty search path."""
    monkeypatch.setattr(screenshot, "SERVICE", ("-c", A_SERVICE))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))

    def write(script: str) -> None:
        program = tmp_path / "bin" / "chromium"
        program.parent.mkdir()
        program.write_text(BROWSER + script)
        program.chmod(0o755)

    return write


def test_the_answer_and_its_source_are_in_the_picture(tmp_path: Path, install: Install) -> None:
    install('echo "$page" > "$file"\n')
    picture = tmp_path / "docs" / "page.png"
    take(picture, "What's a book?")
    assert picture.read_text().startswith("http://127.0.0.1:")
    assert picture.read_text().strip().endswith("/?q=What%27s+a+book%3F&cite=1")


def test_where_the_sandbox_does_not_work_it_goes_without(tmp_path: Path, install: Install) -> None:
    install('[ -n "$free" ] && echo picture > "$file"\n')
    take(tmp_path / "page.png", "book")
    assert (tmp_path / "page.png").read_text() == "picture\n"


def test_a_browser_that_takes_no_picture(tmp_path: Path, install: Install) -> None:
    install("exit 1\n")
    with pytest.raises(ScreenshotError, match="took no picture"):
        take(tmp_path / "page.png", "book")
    assert not (tmp_path / "page.png").exists()


def test_without_a_browser_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.fspath(tmp_path))
    with pytest.raises(ScreenshotError, match="install Chromium"):
        take(tmp_path / "page.png", "book")
