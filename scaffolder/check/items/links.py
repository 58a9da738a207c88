"""Links inside the repository that lead nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from scaffolder.check.documents import FIGURES, document, documents, measured_pages, readme
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.snapshot import MAX_FILES, SKIPPED
from scaffolder.check.engine.verdict import SHOWN, Verdict, counted, done, flawed, missing, not_applicable
from scaffolder.check.item import Item
from scaffolder.check.readers.links import files, internal
from scaffolder.check.readers.markdown import Document
from scaffolder.results.finding import Evidence, Level

_LINES = re.compile(r"L(\d{1,9})(?:C\d+)?(?:-L?(\d{1,9})(?:C\d+)?)?")
_FILLED_IN = re.compile(r"[{}<>$*]")  # marks of a placeholder, which a site generator or a reader replaces


class Links(Item):
    """Links: every link inside the repository leads somewhere."""

    id = "links"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: a reader finds what is named"

    def check(self, repo: Repository) -> Verdict:
        """Correct the path or the heading that the link names; an anchor is the heading in small letters with hyphens.

        A dead link on the first page tells a reader that nobody looked.
        """
        pages = documents(repo)
        if not pages:
            return missing(Evidence("no document to look for links in"))
        broken = (each for page in pages for each in broken_links(repo, page))
        if found := tuple(islice(broken, SHOWN)):
            return flawed(*found)
        count = sum(internal(link, page.path) is not None for page in pages for link in page.links)
        if not count:
            return not_applicable("no document links to anything inside the repository")
        return done(
            Evidence(
                f"{counted(count, 'link')} inside the repository, in {counted(len(pages), 'document')}", pages[0].path
            )
        )


def broken_links(repo: Repository, page: Document) -> Iterator[Evidence]:
    """The links of a document that lead nowhere; the README's images and all figures have items of their own."""
    shown = ((each, path) for each in measured_pages(repo) for _, path in files(each.images, each.path))
    own = {path for each, path in shown if each is readme(repo) or path.startswith(FIGURES)}
    for link in page.links:
        target = None if _FILLED_IN.search(link.target) else internal(link, page.path)
        if target and not (link.image and target[0] in own) and (reason := _reason(repo, *target)):
            yield Evidence(f"{link.target[:80]}: {reason}", page.path, link.line)


def _reason(repo: Repository, path: str, anchor: str) -> str | None:
    """Why a path, or an anchor in it, is not there; None if it is there or nobody can tell."""
    if path and not repo.snapshot.has(path):
        unseen = SKIPPED & set(path.split("/")) or len(repo.snapshot.paths) >= MAX_FILES
        return None if unseen else f"{path[:80]} is not in the repository"
    page = document(repo, path) if anchor and not path.endswith(".ipynb") else None
    wanted = anchor.casefold().removeprefix("user-content-")
    if lines := _LINES.fullmatch(anchor):
        count = (repo.snapshot.text(path) or "").count("\n") + 1
        return f"{path} has only {count} lines" if int(lines[2] or lines[1]) > count else None
    if page is None or wanted in ("top", "readme") or wanted in map(str.casefold, page.anchors):
        return None
    return f"{path} has no heading #{anchor[:60]}"
