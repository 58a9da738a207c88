"""Figures that show the results."""

from __future__ import annotations

from dataclasses import replace

from scaffolder.check.documents import FIGURES, README, measured_pages
from scaffolder.check.engine.repository import Repository
from scaffolder.check.engine.verdict import Verdict, done, flawed, missing
from scaffolder.check.item import Item
from scaffolder.check.measured_blocks import NOT_MEASURED, nothing_measured
from scaffolder.check.readers.images import problem
from scaffolder.check.readers.links import files
from scaffolder.results.finding import Evidence, Level


class Figures(Item):
    """Figures: the results are drawn, and each figure that a page shows exists."""

    id = "figures"
    level = Level.BUILDER
    needs = "measures"
    source = "Checklist of strong portfolios: evaluation shown, not only told"

    def check(self, repo: Repository) -> Verdict:
        """Draw the results, commit the picture and show it in README.md.

        A curve shows in a second what a table hides, such as where the threshold lies.

        Run `make demo` and commit reports/figures, which README.md and the pages that scaffolder.toml lists show.
        """
        pages = measured_pages(repo)
        shown = {
            path: Evidence(path, page.path, link.line)
            for page in reversed(pages)
            for link, path in files(page.images, page.path)
            if path.startswith(FIGURES)
        }
        if not shown:
            waits = any(NOT_MEASURED in page.text for page in pages)
            return nothing_measured(repo) if waits else missing(Evidence(f"it shows no image below {FIGURES}", README))
        wrong = [replace(at, fact=f"{path}: {said}") for path, at in shown.items() if (said := problem(repo, path))]
        if wrong:
            return flawed(*wrong)
        first = next(iter(shown.values()))
        return done(replace(first, fact=f"{len(shown)} figures, such as {first.fact}"))
