"""Numbers in people's sentences that stand beside a metric's name and are not its own: for a note, never a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scaffolder.check.readers.claims import just_before
from scaffolder.check.readers.markdown import Document, sentences
from scaffolder.check.readers.metric_names import mentions
from scaffolder.check.readers.metrics import Entry, Metrics
from scaffolder.check.readers.numbers import Number, agrees

EXACT = 3  # decimals from which on a number is hardly another one by chance


def stray_numbers(document: Document, measured: Metrics) -> Iterator[tuple[str, int]]:
    """The numbers beside a metric's name that no report has for it: text and line.

    A number right after the name is that metric's. Another one in the sentence may be of any metric, as in
    "55% hold the expected words, and nDCG@10 is 0.737".
    """
    for sentence in (each for block in document.own for each in sentences(block)):
        named = list(mentions(sentence.text, measured.names))
        for number in measured.results_in(sentence.text) if named else ():
            metric = just_before(sentence.text, named, number)
            entries = [each for each in measured.entries if metric in (None, each.metric)]
            if number.decimals and not _is_measured(number, entries, measured):
                yield number.text.strip(), sentence.line


def _is_measured(number: Number, entries: Iterable[Entry], measured: Metrics) -> bool:
    """Whether it is the value of an entry, or so exact that it can only be that number of the reports."""
    if any(agrees(number, entry.value) for entry in entries):
        return True
    return number.decimals >= EXACT and measured.everything.holds(number)
