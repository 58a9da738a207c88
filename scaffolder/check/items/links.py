"""Links inside the repository that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.documents import documents, readme
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import MAX_FILES, SKIPPED
from scaffolder.check.readers.links import Target, files, internal, relative
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_inline import Link

SHOWN = 5  # pieces of evidence
MAX_LINKS = 3_000  # of one document

_LINES = re.compile(r"L(\d{1,9})(?:C\d+)?(?:-L?(\d{1,9})(?:C\d+)?)?")
_FILLED_IN = re.compile(r"[{}<>$*]")  # what a site generator or a reader replaces


class Links(Item):
    """Links: those inside the repository lead somewhere."""

    id = "links"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: a reader finds what is named"

    def check(self, repo: Repository) -> Verdict:
        """Correct the path or the heading that the link names; an anchor is the heading in small letters with hyphens.

        A dead link on the first page tells a reader that nobody looked.
        """
        pages = documents(repo)
        if not pages:
            return missing(Evidence("no Markdown document was found"))
        shown = readme(repo)
        own = {path for _, path in files(shown.images, shown.path)} if shown else set()
        broken = (each for page in pages for each in _broken(repo, page, own))
        if found := tuple(each for each, _ in zip(broken, range(SHOWN), strict=False)):
            return missing(*found)
        count = sum(internal(link, page.path) is not None for page in pages for link in page.links)
        return done(Evidence(f"{count} links inside the repository, in {len(pages)} documents", pages[0].path))


def _broken(repo: Repository, page: Document, images: set[str]) -> Iterator[Evidence]:
    """The links of a document that lead nowhere; images that the README shows have items of their own."""
    for link in page.links[:MAX_LINKS]:
        if not (link.image and relative(link, page.path) in images) and (reason := _reason(repo, link, page)):
            yield Evidence(f"{link.target[:80]}: {reason}", page.path, link.line)


def _reason(repo: Repository, link: Link, page: Document) -> str | None:
    target = None if _FILLED_IN.search(link.target) else internal(link, page.path)
    if target is None:
        return None
    if target.path and not repo.snapshot.has(target.path):
        unseen = SKIPPED & set(target.path.split("/")) or len(repo.snapshot.paths) >= MAX_FILES
        return None if unseen else f"{target.path[:80]} is not in the repository"
    if not target.anchor:
        return None
    if target.path.lower().endswith((".md", ".markdown")) or target.path == page.path:
        return _no_heading(repo, target)
    return _no_line(repo, target)


def _no_heading(repo: Repository, target: Target) -> str | None:
    found = next((each for each in documents(repo) if each.path == target.path), None)
    wanted = target.anchor.casefold().removeprefix("user-content-")
    if found is None or wanted in ("top", "readme") or _LINES.fullmatch(target.anchor):
        return None
    return None if wanted in map(str.casefold, found.anchors) else f"{target.path} has no heading #{target.anchor[:60]}"


def _no_line(repo: Repository, target: Target) -> str | None:
    lines = _LINES.fullmatch(target.anchor)
    text = repo.snapshot.text(target.path) if lines else None
    if lines is None or text is None:
        return None
    count = text.count("\n") + 1
    return f"{target.path} has only {count} lines" if int(lines[2] or lines[1]) > count else None
