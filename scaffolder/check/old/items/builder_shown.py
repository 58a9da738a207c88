"""Builder: what it looks like when it runs."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from scaffolder.check.engine.finding import Evidence, Level, Verdict, best, done, missing, placeholder, unverified
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.images import Picture
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Document, Passage, Section
from scaffolder.check.readers.web import Live
from scaffolder.check.words.placeholders import unfinished

if TYPE_CHECKING:
    from scaffolder.tree import Tree

README = "README.md"

_LOCAL = re.compile(
    r"https?://(?:localhost|127\.|0\.0\.0\.0|\[::1\]|[^/]*\.local\b|[^/]*example\.(?:com|org)|github\.com/|img\.shields\.io)"
)
_SHOT = re.compile(r"screen ?shot|screen|demo|\bui\b|page|app", re.IGNORECASE)


class Demo(Item):
    """Screenshot or live demo: what it looks like when it runs."""

    id = "demo"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: screenshots or live demo links"
    essential = True
    human = True

    def check(
        self,
        readme: Document | None,
        images: Callable[[str], Picture],
        pristine: Tree | None,
        live: Callable[[str], Live] | None,
        snapshot: Snapshot,
    ) -> Verdict:
        """Under "Demo" in README.md, show a screenshot (`docs/screenshot.png`) or link where it runs.

        Most readers never install anything: this picture is all that they will see of it running.
        """
        section = readme.section("demo") if readme else None
        if left := unfinished(section) if section else ():
            return placeholder(*left)
        place: Passage | None = section or readme
        if place is None:
            return missing(Evidence("there is no README", README))
        shots = _shots(place, images, pristine, snapshot, anywhere=section is None)
        nothing = Evidence("neither a screenshot nor an address", place.path, section.line if section else None)
        return best([*shots, *(_addresses(section, live) if section else ())]) or missing(nothing)


def _shots(
    place: Passage, images: Callable[[str], Picture], pristine: Tree | None, snapshot: Snapshot, anywhere: bool
) -> list[Verdict]:
    found = []
    for link, path in files(place.images, place.path):
        if path.startswith("reports/") or (anywhere and not _SHOT.search(f"{link.text} {path}")):
            continue
        picture = images(path)
        if picture.problem:
            found.append(missing(Evidence(f"{path}: {picture.problem}", place.path, link.line)))
        elif pristine is not None and path in pristine and pristine[path].data == snapshot.data(path):
            found.append(placeholder(Evidence(f"{path} is the template's own image", place.path, link.line)))
        else:
            found.append(done(Evidence(f"{path}, {picture}", place.path, link.line)))
    return found


def _addresses(section: Section, live: Callable[[str], Live] | None) -> list[Verdict]:
    """Verdicts on the public addresses that the section links."""
    links = [link for link in section.links if re.match(r"https?://", link.target) and not _LOCAL.match(link.target)]
    found = []
    for link in links[:3]:
        evidence = Evidence(link.target[:120], section.path, link.line)
        if live is None:
            found.append(unverified("an address is asked only with --online", evidence))
        else:
            answer = live(link.target)
            said = Evidence(f"{link.target[:120]} answered {answer.fact}", section.path, link.line)
            found.append(done(said) if answer.works else missing(said))
    return found
