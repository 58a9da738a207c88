"""The README of a filled-in project as GitHub shows it: at most four screens, nothing cut off, each picture there.

On a phone, wide tables and code may be scrolled; the letters of a diagram have to be readable there, too.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from browser import DESKTOP, npm_package, opened
from markdown_it import MarkdownIt
from playwright.sync_api import Browser
from projects import Project

STYLE, DIAGRAMS = ("github-markdown-css", "5.9.0"), ("mermaid", "12.3.0")
COLUMN, PHONE = 816, 358  # pixels: GitHub's column, and what it leaves of 390
HIGHEST = 4_200
SMALLEST = 9.5  # of the letters of a diagram

PAGE = """<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="{style}">
<style>body {{ margin: 0 }} .markdown-body {{ width: {column}px }}</style>
<article class="markdown-body">{body}</article><script src="{mermaid}"></script>
<script>mermaid.initialize({{ startOnLoad: false }})</script>"""
DRAW = "() => mermaid.run({ querySelector: '.mermaid' })"
MEASURE = """() => {
  const page = document.querySelector(".markdown-body");
  const wide = [...page.querySelectorAll("p, ul, table, pre, svg, img")].filter(
    (part) => part.scrollWidth > part.clientWidth + 1 || part.getBoundingClientRect().right > page.clientWidth + 1);
  const letters = [...page.querySelectorAll(".mermaid svg")].flatMap((svg) => {
    const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll("text, foreignObject *")].filter((part) => part.textContent.trim());
    return texts.map((part) => parseFloat(getComputedStyle(part).fontSize) * scale);
  });
  return {
    height: page.getBoundingClientRect().height,
    wide: wide.map((part) => part.outerHTML.slice(0, 200)),
    broken: [...page.querySelectorAll("img")].filter((img) => !img.complete || !img.naturalWidth).map((img) => img.src),
    images: page.querySelectorAll("img").length,
    diagrams: page.querySelectorAll(".mermaid").length,
    letters,
  };
}"""


def rendered(readme: Path, column: int = COLUMN) -> Path:
    """The README as a page beside it, as GitHub would show it."""
    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    body = parser.render(readme.read_text("utf-8"))
    body = re.sub(
        r'<pre><code class="language-mermaid">(.*?)</code></pre>',
        r'<pre class="mermaid">\1</pre>',
        body,
        flags=re.DOTALL,
    )
    page = readme.with_name("README.html")
    page.write_text(
        PAGE.format(
            style=(npm_package(*STYLE) / "github-markdown-light.css").as_uri(),
            mermaid=(npm_package(*DIAGRAMS) / "dist/mermaid.min.js").as_uri(),
            column=column,
            body=body,
        ),
        "utf-8",
    )
    return page


def look(chromium: Browser, page: Path, picture: Path) -> dict[str, Any]:
    with opened(chromium, page.as_uri(), DESKTOP) as shown:
        shown.wait_for_load_state("networkidle")
        shown.evaluate(DRAW)
        found: dict[str, Any] = shown.evaluate(MEASURE)
        shown.screenshot(path=picture, full_page=True)
    return found


def test_the_readme_of_a_filled_in_project_is_four_screens_high(
    chromium: Browser, filled: Project, tmp_path: Path
) -> None:
    page = rendered(filled.path / "README.md")
    assert "docs/screenshot.png" in filled.read("README.md")
    assert "TODO(" not in filled.read("README.md")
    found = look(chromium, page, tmp_path / "readme.png")
    print(f"{found['height']:.0f} px high, {found['images']} images, letters from {min(found['letters']):.1f} px")
    assert found["height"] <= HIGHEST
    assert (found["wide"], found["broken"]) == ([], [])
    assert found["images"] >= 1  # the product; llm-eval has its figures in docs/evaluation.md
    assert found["diagrams"] >= 1
    assert min(found["letters"]) >= SMALLEST
    phone = look(chromium, rendered(filled.path / "README.md", PHONE), tmp_path / "phone.png")
    print(f"{phone['height']:.0f} px high on a phone, letters from {min(phone['letters']):.1f} px")
    assert min(phone["letters"]) >= SMALLEST
