"""A picture of the running product, or an address where it runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import islice

from scaffolder.check.contract import contract
from scaffolder.check.documents import FIGURES, readme
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, flawed, placeholder, written
from scaffolder.check.initial_render import initial_render
from scaffolder.check.readers.images import images, problem
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Document, Part, Passage, together
from scaffolder.check.readers.markdown_inline import Link
from scaffolder.check.readers.web import live
from scaffolder.check.shown import is_others, runs
from scaffolder.check.shown import shown as shown_in
from scaffolder.check.template_words import marked
from scaffolder.check.written import WrittenItem, line_of
from scaffolder.results.finding import Evidence, Level

MOST_ADDRESSES = 3
_ANY = ("product", "chart", "")  # kinds of pictures: any but diagrams

_WEB = re.compile(r"https?://", re.IGNORECASE)
_HOME = re.compile(r"https?://(?:www\.)?[\w-]+\.\w+/?", re.IGNORECASE)
_NAME = re.compile(r"\w[\w.+-]*(?: [A-Z][\w.+-]*)?")
_NO_DEMO = re.compile(
    r"https?://(?:localhost|127\.|0\.0\.0\.0|\[::1\]|[^/]*\.local\b|[^/]*example\.(?:com|org)|github\.com/(?!user-attachments/|[^/]+/[^/]+/assets/)|img\.shields\.io)"
)


class Demo(WrittenItem):
    """Screenshot or live demo: what it looks like when it runs.

    Under "Demo" in README.md, show a screenshot of your own (`docs/screenshot.png`) or link where it runs.

    In a generated project, `make screenshot` takes it. Most readers never install anything: this picture is all
    that they will see of it running.
    """

    id = "demo"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: screenshots or live demo links"
    essential = True
    subject = "demo"
    place = 'section "Demo" in README.md, and no picture of the product on it'
    rubric = (
        "Does the picture or the address show the product at work, and not a chart or a logo?",
        "Do you see a real input and the answer to it?",
        "Could somebody who never installs anything tell what it does?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The section with the picture above the first one; without a section, the pictures of the product."""
        page = readme(repo)
        section = page.section("demo") if page else None
        kinds = _ANY if contract(repo) else ("product",)
        more = (_opening(page) if section else pictures(repo, page, kinds)) if page else None
        return together(page, section, more) if page and more else section

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """Pictures that show nothing, and, where they may be asked, addresses that do not answer."""
        for link, path in files(passage.images, passage.path):
            if wrong := problem(repo, path):
                yield Evidence(f"{path}: {wrong}", passage.path, link.line)
        ask = live(repo)
        for link in _addresses(passage) if ask else ():
            answer = ask(link.target) if ask else None
            if answer and not answer.works:
                yield Evidence(f"{link.target[:120]} answered {answer.fact}", passage.path, link.line)

    def substance(self, repo: Repository, passage: Passage) -> Verdict:
        """`written` if there is a picture that is not a figure of the reports, or a public address."""
        given = initial_render(repo)
        shown = [(link, path) for link, path in files(passage.images, passage.path) if not path.startswith(FIGURES)]
        for link, path in shown:
            if not given.has(path, repo.snapshot.data(path)):
                return written(Evidence(f"{path}, {images(repo)(path)}", passage.path, link.line))
        if found := [link for link in _addresses(passage) if not given.says(link.target)]:
            how = "it answers" if repo.online else "not asked; --online asks"
            return written(Evidence(f"{found[0].target[:120]} ({how})", passage.path, found[0].line))
        if shown:
            return placeholder(
                Evidence("still the picture that was handed out: take one of your own", passage.path, shown[0][0].line)
            )
        nothing = "there is neither a picture of the product nor a public address here"
        return flawed(Evidence(nothing, passage.path, line_of(passage)))


def addresses(repo: Repository) -> list[Link]:
    """The public addresses that the README gives for the product, apart from those that were handed out."""
    passage = Demo().passage(repo)
    found = _addresses(passage) if passage else []
    return [link for link in found if not link.image and not initial_render(repo).says(link.target)]


def _addresses(passage: Passage) -> list[Link]:
    found = [link for link in passage.links if _WEB.match(link.target)]
    shown = (link for link in found if not _NO_DEMO.match(link.target) and _is_own(link))
    return [*islice(shown, MOST_ADDRESSES)]


def _is_own(link: Link) -> bool:
    """Whether a link may lead to something of the author's: not where a name, as of a library, leads to a home page."""
    is_named_home = bool(_HOME.fullmatch(link.target)) and bool(_NAME.fullmatch(link.text))
    return runs(link) or not (is_named_home or is_others(link))


def _opening(page: Document) -> Part | None:
    """The measured blocks, open questions and addresses above the first section; None if there are none."""
    first = next((section.line for section in page.sections if section.level > 1), 0)
    opening = (block for block in page.blocks if block.line < first and FIGURES not in block.text)
    found = (block for block in opening if ("![" not in block.text and "<img" not in block.text) or block.measured)
    shown = [block for block in found if block.measured or marked(block.text) or "://" in block.text]
    return Part(page, shown) if shown else None


def pictures(repo: Repository, page: Document, kinds: Collection[str] = _ANY) -> Part | None:
    """The blocks that show a picture of the repository of one of these kinds, apart from figures; None if none does."""
    known = (each for each in shown_in(repo) if each.page is page and each.link.image and each.path)
    wanted = {each.link for each in known if each.kind in kinds}
    blocks = (
        block for block in page.blocks if block.kind != "fence" and not wanted.isdisjoint(Part(page, (block,)).images)
    )
    found = tuple(block for block in blocks if FIGURES not in block.text)
    return Part(page, found) if found else None
