"""The picture of a project's product, by the type that its bytes have, whatever its name says."""

from __future__ import annotations

import io
from collections.abc import Iterator

from scaffolder.check.documents import FIGURES, readme
from scaffolder.check.initial_render import initial_render
from scaffolder.check.items.demo import Demo, pictures
from scaffolder.check.readers.images import images
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Part
from scaffolder.portfolio.model import SVG, Picture
from scaffolder.portfolio.project import Project

SUFFIXES = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
BLOCK = "picture"  # the measured block in which a program shows the product, if need be by a figure
LONGEST = 200  # characters of a description


def picture(project: Project, number: int) -> tuple[Picture | None, str]:
    """The first picture of the product that can be shown, and "", or None and why there is none."""
    why = "README.md shows no picture of the product"
    for words, path in _shown(project):
        if problem := images(project.repo)(path).problem:
            why = f"{path}: {problem}"
            continue
        data = project.repo.snapshot.data(path) or b""
        suffix = kind(path, data)
        if not suffix:
            why = f"{path} is no PNG, JPEG, GIF, WebP or SVG file"
            continue
        size = images(project.repo)(path).size
        return Picture(f"{number}.{suffix}", words[:LONGEST], size, data), ""
    return None, why


def _shown(project: Project) -> Iterator[tuple[str, str]]:
    """The pictures that the README shows of the product: the words of each, and its path."""
    page, given = readme(project.repo), initial_render(project.repo)
    if page is None:
        return
    chosen = Part(page, (block for block in page.blocks if block.measured == BLOCK))
    passages = (Demo().passage(project.repo), pictures(project.repo, page))
    found = [each for passage in passages if passage for each in files(passage.images, passage.path)]
    shown = [(link, path) for link, path in found if not path.startswith(FIGURES)]
    for link, path in dict.fromkeys([*shown, *files(chosen.images, chosen.path)]):
        if not given.has(path, project.repo.snapshot.data(path)):
            yield link.text, path


def kind(path: str, data: bytes) -> str:
    """The suffix of the type that the bytes have; "" for a type that a page does not show."""
    if path.lower().endswith(".svg"):  # `images` has parsed it
        return SVG
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=tuple(SUFFIXES)) as image:
            return SUFFIXES[image.format or ""]
    except Exception:  # the bytes are a stranger's: whatever a decoder raises, they are no picture
        return ""
