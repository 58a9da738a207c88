"""The description of the data."""

from __future__ import annotations

from scaffolder.check.written import WrittenItem
from scaffolder.results.finding import Level


class DataSource(WrittenItem):
    """Data source: where the data come from, their licence, how many there are and what they lack.

    Under "Data" in README.md, say where the data come from, their licence, how many there are, what they lack.

    Whoever uses your work must know what it was learned from.
    """

    id = "data-source"
    level = Level.BUILDER
    source = (
        "Checklist of strong portfolios: dataset or data source description; Gebru et al. 2021, Datasheets for Datasets"
    )
    essential = True
    subject = "data"
    place = 'section "Data" in README.md'
    rubric = (
        "Does it say who collected the data, when, why, and under which licence they may be used?",
        "Do you know what one row or document is, how many there are, and how they were split?",
        "Does it name what is missing or biased in them, and what follows for the results?",
    )
