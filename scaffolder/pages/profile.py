"""A portfolio as the README.md of a GitHub profile, from the same facts as the page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.pages.markdown import escaped
from scaffolder.portfolio.model import Card, Link, Site, Skill

_MARKED, _NUMBERED = re.compile(r"\A([-+=])"), re.compile(r"\A(\d{1,9})([.)])")

MARK = "<!-- scaffolder:profile -->"
"""The first line: a file that begins with it may be written again."""


def page(site: Site) -> str:
    """The Markdown."""
    return "\n".join(_lines(site)).encode(errors="replace").decode()


def _lines(site: Site) -> Iterator[str]:
    person = site.person
    yield MARK
    yield f"# {escaped(person.name)}\n"
    yield f"Looking for: **{escaped(person.role)}**\n"
    if person.about:
        yield f"{_paragraph(person.about)}\n"
    if links := [*person.contact, *([Link("Portfolio", person.address)] if person.address else [])]:
        yield f"{' · '.join(_link(each.words, each.address) for each in links)}\n"
    yield "## Projects\n"
    for card in site.cards:
        yield from _card(card)
    by_template: dict[str, list[Skill]] = {}
    for skill in site.skills:
        by_template.setdefault(skill.template, []).append(skill)
    if own := by_template.pop("", []):
        yield "## Skills, and where work of mine shows them\n"
        yield "| Skill | Evidence |\n| --- | --- |"
        for skill in own:
            shown = skill.shown[0]
            fact = f"{escaped(shown.project)}: {escaped(shown.fact)} {_link(shown.place, shown.address)}"
            yield f"| {escaped(skill.name)} | {fact} |"
        yield ""
    for template, skills in by_template.items():
        yield f"<details><summary>Shown by the template {escaped(template)}, not work of mine</summary>\n"
        yield f"{_paragraph(', '.join(skill.name for skill in skills))}\n\n</details>\n"


def _card(card: Card) -> Iterator[str]:
    yield f"### {_link(card.name, card.address)}\n"
    if card.sentence:
        yield f"{_paragraph(card.sentence)}\n"
    if card.whose:
        yield f"{_paragraph(card.whose)}\n"
    if card.in_words:
        yield f"{_paragraph(card.in_words)}\n"
    if card.result:
        yield f"**{escaped(str(card.result))}**\n"
    if card.live:
        yield f"{_link('Try it', card.live)}\n"


def _paragraph(text: str) -> str:
    """A paragraph that begins no list and underlines no heading, whatever its first character is."""
    return _NUMBERED.sub(r"\1\\\2", _MARKED.sub(r"\\\1", escaped(text)))


def _link(words: str, address: str) -> str:
    """A link, or only its words if it leads nowhere; an address between angle brackets cannot end early."""
    safe = address.replace("<", "%3C").replace(">", "%3E")
    return f"[{escaped(words)}](<{safe}>)" if address else escaped(words)
