"""`make cover`: take the picture of README.md anew, docs/images/demo.png.

It shows what `make demo` prints, the results in the README that it writes, and the page that the project serves. The
digest of the files that make these stands in the picture, so a test knows when they have changed since.
"""

from __future__ import annotations

import base64
import html
import io
import os
import re
import shutil
import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path
from string import Template

from markdown_it import MarkdownIt
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from playwright.sync_api import sync_playwright
from show_demo import measured_block

from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render
from scaffolder.tree import digest_of

ROOT = Path(__file__).resolve().parent.parent
PICTURE, PROJECT = ROOT / "docs/images/demo.png", ROOT / "demo/credit-risk"
TEMPLATE = "classical-ml"
SOURCES = ("src/*.html", "src/*.css", "src/*.js", "src/*.jinja", "README.md", "settings.toml")
WIDTH, SHARPNESS, COLOURS = 1200, 4 / 3, 128  # CSS pixels, pixels of the picture to each, and few colours: a small file
SHOWN = 44  # characters of a line that is printed


def digest() -> str:
    """The digest of the files that a default project prints, shows and serves its results with."""
    template = catalog.bundled(TEMPLATE)
    files = render(template, complete(template, chosen({})))
    return digest_of({path: file for path, file in files.items() if any(fnmatchcase(path, each) for each in SOURCES)})


def digest_in(picture: Path) -> str:
    """The digest that a picture was taken with."""
    with Image.open(picture) as image:
        return str(image.info.get("Description"))


def main() -> int:
    printed = run("make", "demo")
    run("make", "-C", str(PROJECT), "screenshot", f"PYTHON={sys.executable}", f"SHOOT={sys.executable}")
    page = Template((ROOT / "tools/cover.html").read_text("utf-8")).substitute(
        width=WIDTH,
        printed=html.escape("\n".join(excerpt(printed))),
        readme=MarkdownIt("commonmark", {"html": True}).enable("table").render(results(PROJECT / "README.md")),
        page=base64.b64encode((PROJECT / "docs/screenshot.png").read_bytes()).decode(),
    )
    said = PngInfo()
    said.add_text("Description", digest())
    with Image.open(io.BytesIO(taken(page))) as image:
        few = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        few.save(PICTURE, "PNG", optimize=True, pnginfo=said)
    print(f"{PICTURE.relative_to(ROOT)} is written: {PICTURE.stat().st_size:,} bytes. Look at it.")
    return 0


def run(*command: str) -> str:
    """What a command prints; what make hands on to another make is left out."""
    kept = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL")}
    return subprocess.run(command, cwd=ROOT, env=kept, check=True, stdout=subprocess.PIPE, text=True).stdout


def excerpt(printed: str) -> list[str]:
    """The measured part of what `make demo` prints."""
    scores = re.findall(r"^(?:Scores on.*|  \S.*\[.*\]|Gain .*|Rewrote .*)$", printed, re.MULTILINE)
    lines = [
        "$ make demo",
        "…",
        *scores,
        "",
        f"$ make -C {PROJECT.relative_to(ROOT)} serve",
        "Open http://127.0.0.1:8000",
    ]
    return [line if len(line) <= SHOWN else f"{line[: SHOWN - 2]} …" for line in lines]


def results(readme: Path) -> str:
    """Title, headline and table of results of a project's README."""
    text = readme.read_text("utf-8")
    table = "\n".join(re.findall(r"^\|.*", measured_block(text, "results"), re.MULTILINE))
    return "\n\n".join([text.split("\n", 1)[0], measured_block(text, "headline"), "## Results", table])


def taken(page: str) -> bytes:
    """A picture of a page, as PNG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": WIDTH, "height": 800}, device_scale_factor=SHARPNESS)
        shown.set_content(page)
        picture = shown.screenshot(full_page=True)
        browser.close()
    return picture


if __name__ == "__main__":
    sys.exit(main())
