"""The picture of a project's product, by the type that its bytes have, whatever its name says."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from scaffolder.check.documents import FIGURES, readme
from scaffolder.check.initial_render import initial_render
from scaffolder.check.items.demo import Demo, pictures
from scaffolder.check.readers.images import images
from scaffolder.check.readers.links import files
from scaffolder.check.readers.parts import Part
from scaffolder.portfolio.model import Picture
from scaffolder.portfolio.project import Project

SUFFIXES = {"PNG": "png", "JPEG": "jpg", "GIF": "gif", "WEBP": "webp"}
BLOCK = "picture"  # the measured block in which a program shows the product, if need be by a figure
LONGEST = 200  # characters of a description
_HARMLESS = frozenset(  # elements and attributes
    "svg g defs image symbol use path rect circle ellipse line polyline polygon text tspan textpath title desc marker "
    "pattern mask clippath lineargradient radialgradient stop filter style metadata rdf work type date format "
    "creator agent id class lang space viewbox preserveaspectratio version baseprofile width height x y x1 x2 y1 "
    "y2 cx cy r rx ry fx fy d dx dy rotate points transform href fill stroke opacity offset color visibility "
    "display overflow clip-path role focusable refx refy orient markerwidth markerheight markerunits patternunits "
    "gradientunits gradienttransform spreadmethod clippathunits maskunits textlength lengthadjust letter-spacing "
    "word-spacing direction writing-mode about resource".split()
)
_HARMLESS_FAMILIES = (
    "aria-",
    "data-",
    "fill-",
    "stroke-",
    "font-",
    "text-",
    "stop-",
    "marker-",
    "clip-",
    "shape-",
    "fe",
    "xmlns",
)
_INSIDE = re.compile(r"#|data:image/(?:png|jpeg);")
_LOADS = re.compile(r"url\(\s*[\"']?(?!#)|(?:image|image-set|cross-fade|src)\(\s*[\"']|@import|javascript:|\\", re.I)


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
            why = f"{path} is no PNG, JPEG, GIF, WebP or SVG file without scripts"
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
        return "" if _is_active(data) else "svg"
    from PIL import Image

    try:
        with Image.open(io.BytesIO(data), formats=tuple(SUFFIXES)) as image:
            return SUFFIXES[image.format or ""]
    except Exception:  # the bytes are a stranger's: whatever a decoder raises, they are no picture
        return ""


def _is_active(data: bytes) -> bool:
    """Whether a drawing has more than shapes and words: opened by its own address, it could run or load something."""
    from xml.parsers import expat

    strange: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        names = [name, *(key for key in attributes if not key.startswith("xmlns"))]
        keys = [each.rpartition(":")[2].lower() for each in names]
        strange.extend(key for key in keys if key not in _HARMLESS and not key.startswith(_HARMLESS_FAMILIES))
        strange.extend(value for key, value in attributes.items() if key.endswith("href") and not _INSIDE.match(value))
        texts(" ".join(attributes[key] for key in attributes if key.partition(":")[0] != "xmlns"))

    def texts(text: str) -> None:
        strange.extend(_LOADS.findall(text))

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = start, texts
    parser.ProcessingInstructionHandler = lambda target, _: strange.append(target)
    parser.EntityDeclHandler = lambda *declared: strange.append(declared[0])
    try:
        parser.Parse(data, True)
    except expat.ExpatError:
        return True
    return bool(strange)
