"""`make pictures T=llm-eval`: take the picture of its page that a template ships; without T, that of each template.

The default project is made and run, and its own `make screenshot` takes the picture. With few colours it is small. Its
description says where it comes from, by which a project and the checklist know it from a picture of its owner's. The
digest of the page's sources stands there, too, by which a proof knows that the page has changed since.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
from fnmatch import fnmatchcase
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from scaffolder.check.initial_render import SHIPPED
from scaffolder.project.machine import PICTURE
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render
from scaffolder.tree import Tree, digest_of

IN_TEMPLATE = "docs/{% if cookiecutter.__pictured %}screenshot.png{% endif %}"
SOURCES = ("src/*.html", "src/*.css", "src/*.js", "src/*/serving/*.jinja", "settings.toml")  # of the page
COLOURS = 128


def main(names: list[str]) -> int:
    for name in names or catalog.names():
        with tempfile.TemporaryDirectory() as folder:
            taken = take(name, Path(folder))
            store(taken, file_of(name), description(name))
        print(f"{name}: a picture of {file_of(name).stat().st_size:,} bytes", flush=True)
    return 0


def take(name: str, folder: Path) -> Path:
    """Make the default project of a template in `folder`, run it, and return the picture that it takes of its page."""
    run(sys.executable, "-m", "scaffolder", "new", name, "--yes", "--no-git", "-o", folder)
    (project,) = folder.iterdir()
    port = random.SystemRandom().randrange(10_000, 30_000)  # of mlops-deploy, beside whatever runs here
    run("make", "demo", f"PYTHON={sys.executable}", f"ROUTER_PORT={port}", cwd=project)
    run("make", "screenshot", f"SHOOT={sys.executable}", cwd=project)
    return project / PICTURE


def run(*command: str | Path, cwd: Path | None = None) -> None:
    """Run a command; what it prints is shown only if it fails."""
    kept = {key: value for key, value in os.environ.items() if key not in ("MAKEFLAGS", "MAKELEVEL", "VIRTUAL_ENV")}
    done = subprocess.run(command, cwd=cwd, env=kept, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout[-4_000:]}{done.stderr[-4_000:]}")


def store(taken: Path, target: Path, said: str) -> None:
    """Write a picture with few colours and this description."""
    texts = PngInfo()
    texts.add_text("Description", said)
    with Image.open(taken) as image:
        small = image.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    small.save(target, "PNG", optimize=True, pnginfo=texts)


def file_of(name: str) -> Path:
    """The picture in a template."""
    template = catalog.bundled(name)
    return template.folder / template.project_folder / IN_TEMPLATE


def description(name: str) -> str:
    """The text in the picture of a template whose page is as it is now."""
    template = catalog.bundled(name)
    files = render(template, complete(template, chosen({})))
    return f"{SHIPPED.decode()}; its sources: {digest_of(sources(files))[:16]}"


def sources(files: Tree) -> Tree:
    """The files of a project that its page is made of."""
    return {path: file for path, file in files.items() if any(fnmatchcase(path, pattern) for pattern in SOURCES)}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
