"""Repositories on disk for the portfolio's tests: finished ones, one half-finished, and small ones to be changed."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

from handed_in import filled
from PIL import Image, ImageDraw
from rendered import fresh

from scaffolder.portfolio import project, site
from scaffolder.portfolio.model import Card, Site
from scaffolder.portfolio.owner import Owner

OWNER = Owner("Mara Lindqvist", "AI engineer", contact=("mara@example.org", "https://github.com/mara"))
CHANGES = """

## What I changed and why

I gave the service our own calls since 2023, because the published ones have no time of day.

TODO(changes): what else is yours?
"""


def written(folder: Path, files: Mapping[str, bytes | str], remote: str = "") -> Path:
    """A repository with these files; its `.git` has only what names the remote."""
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
    if remote:
        (folder / ".git/objects").mkdir(parents=True)
        (folder / ".git/refs").mkdir()
        (folder / ".git/HEAD").write_text("ref: refs/heads/main\n")
        (folder / ".git/config").write_text(f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {remote}\n')
    return folder


def finished(folder: Path, name: str = "churn") -> Path:
    """A finished project of one of the templates, with what its owner changed."""
    files = filled(name)
    files["README.md"] = files["README.md"].replace(b"\n## Data", CHANGES.encode() + b"\n## Data", 1)
    return written(folder / name, files, f"git@github.com:mara/{name}.git")


def half_finished(folder: Path) -> Path:
    """A project as it was generated, with all its questions open."""
    return written(folder / "half", fresh("classical-ml"))


def metrics(**changed: object) -> str:
    """A small report of a run."""
    value = {"name": "roc_auc", "label": "ROC AUC", "value": 0.812345, "higher_is_better": True}
    rule = {"name": "roc_auc", "value": 0.5, "higher_is_better": True, "model": "average rate"}
    return json.dumps({"task": "x", "metrics": [value], "baseline": [rule], **changed})


def picture(form: str = "PNG", size: tuple[int, int] = (320, 200)) -> bytes:
    image = Image.new("RGB", size, "white")
    ImageDraw.Draw(image).rectangle((40, 40, 200, 120), fill="navy")
    buffer = io.BytesIO()
    image.save(buffer, form)
    return buffer.getvalue()


SMALL: dict[str, str | bytes] = {
    "README.md": "# Parcels\n\n![The page](docs/page.png)\n\nSays which parcels will come late, so that people can be told. "
    "More follows.\n\n## Demo\n\n[Try it](https://parcels.nordtel.example/).\n",
    "docs/page.png": picture(),
    "reports/metrics.json": metrics(),
    "src/parcels/app.py": "import torch\n\nfrom fastapi import FastAPI\n\napp = FastAPI(torch.cuda)\n",
    "pyproject.toml": '[project]\nname = "parcels"\ndependencies = ["fastapi>=0.1", "torch==2"]\n',
}


def card(folder: Path) -> Card:
    """The card of the repository in `folder`."""
    return read([folder]).cards[0]


def read(folders: list[Path], owner: Owner = OWNER) -> Site:
    return site.read(folders, owner)


def opened(folder: Path) -> project.Project:
    return project.opened(folder)


class Elements(HTMLParser):
    """The elements of a page, each with its attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str, attribute: str) -> list[str]:
        return [
            attributes[attribute] or "" for name, attributes in self.found if name == tag and attribute in attributes
        ]
