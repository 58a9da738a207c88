"""The way to where the project runs."""

from __future__ import annotations

from collections.abc import Iterator

from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.commands import wrong_commands
from scaffolder.check.readers.markdown import Passage
from scaffolder.check.written import WrittenItem
from scaffolder.results.finding import Evidence, Level


class Deployment(WrittenItem):
    """Deployment path: where it runs, and commands that get it there.

    Under "Deployment" in README.md, write where it runs, who may call it and the commands that get it there.

    Every file and make target that a command names must be in the repository: a reader judges a project by
    whether it could be running tomorrow.
    """

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

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """Commands that name a file or a make target that is not there."""
        yield from wrong_commands(repo, passage)
