"""Images: what decodes, what is blank, and what is never looked into."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from cost import at_most
from PIL import Image, ImageDraw
from synthetic import repository

from scaffolder.check.readers.images import images, inspect


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    image.save(out, form)
    return out.getvalue()


def page() -> Image.Image:
    """A white page with a few lines of text, as a screenshot of a form is."""
    image = Image.new("RGB", (640, 480), "white")
    for line in range(5):
        ImageDraw.Draw(image).text((20, 20 + 30 * line), "Probability that the customer leaves: 0.31", fill="black")
    return image


@pytest.mark.parametrize(("name", "form"), [("a.png", "PNG"), ("a.jpg", "JPEG"), ("a.gif", "GIF"), ("a.webp", "WEBP")])
def test_a_page_is_fine_and_an_empty_one_is_blank(name: str, form: str) -> None:
    assert inspect(name, encoded(page(), form)).problem == ""
    assert inspect(name, encoded(Image.new("RGB", (640, 480), "#eee"), form)).problem == "it is blank"


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA"])
def test_every_mode_is_read_and_transparency_is_blank(mode: str) -> None:
    assert inspect("a.png", encoded(page().convert(mode))).problem == ""
    assert inspect("a.png", encoded(Image.new("RGBA", (64, 64), (255, 0, 0, 0)))).problem == "it is blank"


@pytest.mark.parametrize(
    "data", [b"", b"TODO", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"<html></html>", encoded(page())[:-900]]
)
def test_what_does_not_decode_is_a_problem(data: bytes) -> None:
    assert inspect("a.png", data).problem


def test_a_decompression_bomb_is_not_decoded() -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 1_000_000)) + chunk(b"IEND", b"")
    with at_most(100):
        assert inspect("a.png", bomb).problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("<svg xmlns='http://www.w3.org/2000/svg'><path/><text>a</text></svg>", ""),
        ("<!DOCTYPE svg PUBLIC 'x' 'http://x/svg.dtd'><svg><g><rect/><path/></g></svg>", ""),
        ("<svg:svg xmlns:svg='x'><svg:path/><svg:path/></svg:svg>", ""),
        ("<svg><rect/></svg>", "blank"),
        ("<html><path/><path/></html>", "not svg"),
        ("<svg><path></svg>", "not XML"),
        ("plain", "not XML"),
        ("<!DOCTYPE svg [<!ENTITY a 'x'><!ENTITY b '&a;&a;'>]><svg><path/>&b;</svg>", "entities"),
        ("<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg>&a;</svg>", "entities"),
    ],
)
def test_drawings(text: str, problem: str) -> None:
    found = inspect("a.svg", text.encode()).problem
    assert problem in found if problem else found == ""


def test_what_is_not_there_or_of_another_format_is_said() -> None:
    look = images(repository({"a.pdf": b"%PDF"}))
    assert (look("a.png").problem, look("a.pdf").problem) == (
        "the file is not there",
        "pdf is no image format that can be checked",
    )
