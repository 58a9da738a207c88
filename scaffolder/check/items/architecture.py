"""The diagram of the system."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.documents import documents, readme
from scaffolder.check.engine.finding import Evidence, Level, State, Verdict, missing, placeholder, written
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.images import images
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Fence, Passage
from scaffolder.check.template_words import SAME_CODE, code_of_template
from scaffolder.check.written import WrittenItem, line_of, prose

_OVERVIEW = re.compile(r"(?:^|/)architecture[^/]*$", re.IGNORECASE)
_MODULE = re.compile(r"(?<![\w./-])(?:[\w-]+/)*[\w-]+\.py\b")


class ArchitectureDiagram(WrittenItem):
    """Architecture diagram: the parts of your system and what flows between them."""

    id = "architecture"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: architecture diagram"
    essential = True
    place = 'section "Architecture" in README.md'
    rubric = (
        "Can you follow one request, or one row of data, from where it enters to the answer?",
        "Are stores, models and outside services told apart, and do the names match those in the code?",
        "Is there one decision with its reason, and what would be built otherwise at ten times the size?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """Under "Architecture" in README.md, draw your system, as a ```mermaid block or a picture, and explain it.

        The diagram of the template may stay once you have answered its question about a decision.
        A reader grasps a drawing faster than a folder.
        """
        page = readme(repo)
        section = page.section("architecture") if page else None
        return section or next((each for each in documents(repo) if _OVERVIEW.search(each.path)), None)

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """Pictures that show nothing, and Python files that the diagram names and the repository lacks."""
        for link, path in files(passage.images, passage.path):
            if problem := images(repo)(path).problem:
                yield Evidence(f"{path}: {problem}", passage.path, link.line)
        for fence in _diagrams(passage):
            for name in dict.fromkeys(_MODULE.findall(fence.text)):
                if not repo.snapshot.find(name, f"**/{name}"):
                    yield Evidence(
                        f"the diagram names {name}, which is not in the repository", passage.path, fence.line
                    )

    def substance(self, repo: Repository, passage: Passage) -> Verdict:
        """`written` if there is a picture, or a diagram that is the owner's or that the owner's words explain."""
        drawn, pictures = _diagrams(passage), list(files(passage.images, passage.path))
        if not drawn and not pictures:
            return missing(
                Evidence("there is neither a Mermaid block nor a picture here", passage.path, line_of(passage))
            )
        own = [fence for fence in drawn if code_of_template(repo, fence.text) < SAME_CODE]
        if pictures:
            return written(Evidence(f"shows {pictures[0][1]}", passage.path, pictures[0][0].line))
        if own or prose(repo, passage).state is State.WRITTEN:
            return written(Evidence("a Mermaid diagram", passage.path, drawn[0].line))
        return placeholder(
            Evidence("still the template's diagram, without a word of the owner's", passage.path, drawn[0].line)
        )


def _diagrams(passage: Passage) -> list[Fence]:
    return [fence for fence in passage.fences if fence.language == "mermaid"]
