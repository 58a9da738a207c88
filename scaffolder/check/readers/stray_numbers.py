"""Numbers in people's sentences that name a metric but do not have its value: for a note, never for a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from scaffolder.check.readers.claims import just_before
from scaffolder.check.readers.markdown import Document, sentences
from scaffolder.check.readers.metric_names import mentions
from scaffolder.check.readers.metrics import Entry, Metrics
from scaffolder.check.readers.numbers import Number, agrees

EXACT = 3  # a number with so many decimals hardly equals another one by chance


def stray_numbers(document: Document, measured: Metrics) -> Iterator[tuple[str, int]]:
    """The numbers in people's sentences that name a metric, if no report has them for it: the text and line of each.

    A number right after the name is a value of that metric. Another one in the sentence may be of any metric, as in
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
    """Whether a number is the value of an entry, or any number of the reports and too exact to equal it by chance."""
    if any(agrees(number, entry.value) for entry in entries):
        return True
    return number.decimals >= EXACT and measured.everything.holds(number)
