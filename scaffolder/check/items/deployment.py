"""The way to where the project runs."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.documents import documents
from scaffolder.check.engine.finding import Evidence, Level
from scaffolder.check.engine.patterns import pattern
from scaffolder.check.engine.repository import Repository
from scaffolder.check.index import addresses
from scaffolder.check.readers.commands import wrong_commands
from scaffolder.check.readers.markdown import Passage
from scaffolder.check.readers.vocabulary import vocabulary
from scaffolder.check.written import WrittenItem

_COMMAND = pattern("|".join(vocabulary()["deployment"]["commands"]))


class Deployment(WrittenItem):
    """Deployment path: where it runs, and commands that get it there."""

    id = "deployment"
    level = Level.DEPLOYER
    source = "Checklist of strong portfolios: deployment path"
    essential = True
    subject = "deployment"
    place = 'section "Deployment" in README.md'
    rubric = (
        "Does it say where it runs, or would run, and who may call it?",
        "Could you bring it there with the commands given?",
        "Does it say how somebody would notice that it is down or wrong, and how to go back?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """Under "Deployment" in README.md, write where it runs, who may call it and the commands that get it there.

        Every file and make target that a command names must be in the repository: a reader judges a project by
        whether it could be running tomorrow.
        """
        return super().passage(repo)

    def find(self, repo: Repository) -> Iterator[Evidence]:
        """Yield texts of this kind, then commands that start it in a container, files for a host and addresses."""
        yield from super().find(repo)
        for page in documents(repo):
            for block in page.blocks:
                if command := _COMMAND.search(block.text):
                    yield Evidence(f"has the command `{command[0]}`", page.path, block.line)
        for path in repo.snapshot.glob(*vocabulary()["deployment"]["files"]):
            yield Evidence("by its name instructions for a host", path)
        for each in addresses(repo):
            yield each.says(f"{each.link.target[:120]} (not asked)")

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """Commands that name a file or a make target that is not there."""
        yield from wrong_commands(repo, passage)
