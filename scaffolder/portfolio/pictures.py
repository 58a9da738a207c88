"""The picture of a project's product, by the type that its bytes have, whatever its name says."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.documents import FIGURES, readme
from scaffolder.check.initial_render import initial_render
from scaffolder.check.items.demo import Demo, pictures
from scaffolder.check.readers.images import images
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Part
from scaffolder.portfolio.model import SVG, Picture
from scaffolder.portfolio.project import Project

SUFFIXES = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp", "SVG": SVG}
BLOCK = "picture"  # the measured block in which a program shows the product, if need be by a figure
LONGEST = 200  # characters of a description


def picture(project: Project, number: int) -> tuple[Picture | None, str]:
    """The first picture of the product that can be shown, and "", or None and why there is none."""
    why = "README.md shows no picture of the product"
    for words, path in _shown(project):
        image = images(project.repo)(path)
        suffix = SUFFIXES.get(image.form)
        if image.problem or not suffix:
            why = f"{path}: {image.problem}" if image.problem else f"{path} is no PNG, JPEG, GIF, WebP or SVG file"
            continue
        data = project.repo.snapshot.data(path) or b""
        return Picture(f"{number}.{suffix}", words[:LONGEST], image.size, data), ""
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
