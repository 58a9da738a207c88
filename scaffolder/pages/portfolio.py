"""A portfolio as one HTML page for a recruiter, which has no script and loads nothing but its pictures."""

from __future__ import annotations

from functools import cache
from urllib.parse import urljoin

from jinja2 import Template

from scaffolder.pages.environment import source, template
from scaffolder.portfolio.model import GENERATOR, INDEX, PICTURES, Picture, Site


def files(site: Site) -> dict[str, bytes]:
    """The files of the site: path -> content."""
    pictures = [card.picture for card in site.cards if card.picture and not card.picture.is_drawing]
    page = _template().render(site=site, preview=_preview(site, pictures))
    made = {INDEX: page.encode(errors="replace")}
    return made | {f"{PICTURES}/{picture.name}": picture.data for picture in pictures}


def _preview(site: Site, pictures: list[Picture]) -> str:
    """The address of the picture that chats and networks show beside a link to the page; "" if there is none."""
    fitting = (picture.name for picture in pictures if picture.size)
    base = site.person.address.rstrip("/") + "/"
    return next((urljoin(base, f"{PICTURES}/{name}") for name in fitting), "") if site.person.address else ""


@cache
def _template() -> Template:
    shared = source("report.css").partition("\n.sprite {")[0]
    style = f"\n{shared}\n{source('portfolio.css')}"
    return template("portfolio.html", {"style": style}, generator=GENERATOR)
