"""Whether an image file decodes and is not blank, which is all that a machine can tell of it."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import UnseenError

MOST_PIXELS = 25_000_000  # of an image; a 5K display has 15 million
MOST_PIXELS_TOGETHER = 60_000_000
LEAST_SIDE = 16  # pixels: smaller is an icon, not a picture
LEAST_SPREAD = 2.0  # standard deviation of the grey levels, of 255; a photographed sheet of paper has more
LEAST_DRAWN = 2  # elements of a drawing; one may be its background

_POINTER = b"version https://git-lfs.github.com/spec/"
RASTER = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp")
_DRAWN = frozenset(("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "image", "use"))


class Picture(NamedTuple):
    """An image file; `problem` says what is wrong with it, "" if nothing."""

    path: str
    problem: str = ""
    size: tuple[int, int] | None = None  # in pixels; None for a drawing
    unread: bool = False  # it is there, but too large, or kept elsewhere by Git LFS
    undecoded: bool = False  # it is there, and nothing here can decode it
    form: str = ""  # that of its bytes, such as "PNG"; "SVG" of a drawing

    def __str__(self) -> str:
        if self.unread or self.undecoded:
            return "there, not looked at"
        return f"{self.size[0]} × {self.size[1]} pixels" if self.size else "a drawing"


@fact
def images(repo: Repository) -> Callable[[str], Picture]:
    """A function that inspects the image at a path, each only once; after too many pixels it decodes no more."""
    left = MOST_PIXELS_TOGETHER

    @cache
    def look(path: str) -> Picture:
        nonlocal left
        data = repo.snapshot.data(path)
        if not repo.snapshot.is_file(path):
            return Picture(path, "the file is not there")
        if data is None or data.startswith(_POINTER):
            return Picture(path, unread=True)
        picture = inspect(path, data, min(left, MOST_PIXELS))
        left -= picture.size[0] * picture.size[1] if picture.size else 0
        return picture

    return look


def problem(repo: Repository, path: str) -> str:
    """The problem with the image at `path`, "" if there is none; raises `UnseenError` if it cannot be decoded here."""
    picture = images(repo)(path)
    if picture.undecoded:
        raise UnseenError(f"{path} was not looked at: Pillow, which decodes pictures, is not installed here")
    return picture.problem


def inspect(path: str, data: bytes, most_pixels: int = MOST_PIXELS) -> Picture:
    """Inspect an image; never raises."""
    if not data:
        return Picture(path, "the file is empty")
    if path.lower().endswith(".svg"):
        return Picture(path, _drawing_problem(data), form="SVG")
    if path.lower().endswith(RASTER):
        return _raster(path, data, most_pixels)
    return Picture(path, f"{path.rpartition('.')[2]} is no image format that can be checked")


def _raster(path: str, data: bytes, most_pixels: int) -> Picture:
    try:
        from PIL import Image
    except ImportError:  # as in a browser
        return Picture(path, undecoded=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=("PNG", "JPEG", "GIF", "WEBP", "BMP")) as image:
                size, form = image.size, image.format or ""
                if size[0] * size[1] > most_pixels:
                    return Picture(path, size=size, form=form)  # it was not decoded, so nothing is said against it
                spread = _spread(image)
    except Exception as error:  # the bytes are a stranger's: whatever a decoder raises, they are no image
        return Picture(path, f"it does not decode as an image ({type(error).__name__})")
    if min(size) < LEAST_SIDE:
        return Picture(path, f"it is only {size[0]} × {size[1]} pixels", size)
    return Picture(path, "it is blank" if spread < LEAST_SPREAD else "", size, form=form)


def _spread(image: Any) -> float:
    """Standard deviation of the grey levels, transparent parts on white."""
    from PIL import Image, ImageStat

    image.draft("L", (800, 800))
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", coloured.size, "white"), coloured)
    return float(ImageStat.Stat(image.convert("L")).stddev[0])


def _drawing_problem(data: bytes) -> str:
    """The problem with an SVG file: it is not XML, declares entities, or draws nothing; "" if there is none.

    Entities are not expanded and nothing outside the file is read.
    """
    from xml.parsers import expat

    root = ""
    drawn = 0

    def start(name: str, _: object) -> None:
        nonlocal root, drawn
        local = name.rpartition(":")[2]
        root = root or local
        drawn += local in _DRAWN

    def declared(*_: object) -> None:
        raise ValueError("entities are declared, which no figure needs")

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, ValueError) as error:
        return f"it is not XML of a figure ({error})"
    if root != "svg":
        return f"its first element is {root[:30]!r}, not svg"
    return "" if drawn >= LEAST_DRAWN else "it is blank"
