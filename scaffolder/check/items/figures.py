"""The results are drawn."""

from __future__ import annotations

from scaffolder.check.contract import lacks
from scaffolder.check.documents import README, readme
from scaffolder.check.engine.finding import Evidence, Level, Verdict, done, missing
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.repository import Repository
from scaffolder.check.items.evaluation_metrics import NOT_MEASURED, nothing_measured
from scaffolder.check.readers.images import images
from scaffolder.check.readers.links import files

SHOWN = 5  # pieces of evidence
FOLDER = "reports/"


class Figures(Item):
    """Figures: the results are drawn, and each figure that the README shows is there."""

    id = "figures"
    level = Level.BUILDER
    source = "Checklist of strong portfolios: evaluation shown, not only told"

    def check(self, repo: Repository) -> Verdict:
        """Run `make demo` and commit reports/figures, which README.md shows.

        A curve shows in a second what a table hides, such as where the threshold lies.
        """
        if lack := lacks(repo, "measures"):
            return lack
        page = readme(repo)
        shown = (
            [(link, path) for link, path in files(page.images, page.path) if path.startswith(FOLDER)] if page else []
        )
        if page is None or not shown:
            waits = page is not None and NOT_MEASURED in page.text
            return nothing_measured(repo) if waits else missing(Evidence(f"it shows no image below {FOLDER}", README))
        wrong = [
            Evidence(f"{path}: {problem}", page.path, link.line)
            for link, path in shown
            if (problem := images(repo)(path).problem)
        ]
        if wrong:
            return missing(*wrong[:SHOWN])
        return done(
            Evidence(f"{len({path for _, path in shown})} figures, such as {shown[0][1]}", page.path, shown[0][0].line)
        )
