"""The diagram of the system."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.documents import documents
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, missing, placeholder, written
from scaffolder.check.initial_render import initial_render
from scaffolder.check.readers.diagrams import drawn
from scaffolder.check.readers.images import problem
from scaffolder.check.readers.links import files
from scaffolder.check.readers.markdown import Passage, Section
from scaffolder.check.readers.markdown_inline import plain
from scaffolder.check.template_words import SAME_CODE, code_of_template
from scaffolder.check.written import WrittenItem, line_of, prose
from scaffolder.results.finding import Evidence, Level, State

_OVERVIEW = re.compile(r"(?:^|/)architecture[^/]*$", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"model|modèle|information arch|信息架构|net\b|network|neural|cnn|lstm|transformer|\.ipynb$", re.IGNORECASE
)
_CHAIN = re.compile(r"(?:[^→➜⟶>\n]{2,60}(?:→|➜|⟶|[-=]>)){3}")  # "Training → registry → service → monitoring"
_MODULE = re.compile(r"(?<![\w./-])(?:[\w-]+/)*[\w-]+\.py\b")


class ArchitectureDiagram(WrittenItem):
    """Architecture diagram: the parts of your system and what flows between them.

    Under "Architecture" in README.md, draw your system, as a ```mermaid block or a picture, and explain it.

    The diagram of the template may stay once you have answered its question about a decision.
    A reader grasps a drawing faster than a folder.
    """

    id = "architecture"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: architecture diagram"
    essential = True
    subject = "architecture"
    place = 'section "Architecture" in README.md'
    rubric = (
        "Can you follow one request, or one row of data, from where it enters to the answer?",
        "Are stores, models and outside services told apart, and do the names match those in the code?",
        "Is there one decision with its reason, and what would be built otherwise at ten times the size?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The section of the README, or else a page on the architecture."""
        return super().passage(repo) or next((each for each in documents(repo) if _OVERVIEW.search(each.path)), None)

    def accepts(self, repo: Repository, passage: Passage | None) -> bool:
        """Whether a text draws what flows between the parts of the system, and not the layers of a model."""
        if passage is None:
            return True
        title = passage.title if isinstance(passage, Section) else ""
        said = "\n".join(plain(block.text) for block in passage.own)
        is_drawn = _CHAIN.search(said) and not _ELSEWHERE.search(f"{title} {passage.path}")
        return bool(is_drawn) and super().accepts(repo, passage)

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """Pictures that show nothing, and Python files that the diagram names and the repository lacks."""
        for link, path in files(passage.images, passage.path):
            if wrong := problem(repo, path):
                yield Evidence(f"{path}: {wrong}", passage.path, link.line)
        for fence in filter(drawn, passage.fences):
            for name in dict.fromkeys(_MODULE.findall(fence.text)):
                if not repo.snapshot.find(name, f"**/{name}"):
                    yield Evidence(
                        f"the diagram names {name}, which is not in the repository", passage.path, fence.line
                    )

    def substance(self, repo: Repository, passage: Passage) -> Verdict:
        """`written` if there is a picture, or a diagram that is the owner's or that the owner's words explain."""
        fences, pictures = list(filter(drawn, passage.fences)), list(files(passage.images, passage.path))
        if not fences and not pictures:
            return missing(Evidence("no diagram or picture is here", passage.path, line_of(passage)))
        for link, path in pictures:
            if not initial_render(repo).has(path, repo.snapshot.data(path)):
                return written(Evidence(f"shows {path}", passage.path, link.line))
        own = [fence for fence in fences if code_of_template(repo, fence.text) < SAME_CODE]
        line = fences[0].line if fences else pictures[0][0].line
        if own or prose(repo, passage).state is State.WRITTEN:
            return written(Evidence(drawn(fences[0]) if fences else f"shows {pictures[0][1]}", passage.path, line))
        return placeholder(Evidence("still the template's diagram, without a word of the owner's", passage.path, line))
