"""Find words in documents, whatever their spaces, markup and case, and say where they stand."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from textwrap import shorten

from ..documents.outline import outline
from ..evaluation.benchmark import BenchmarkError
from ..evaluation.evidence import Evidence
from ..passages import Document, Span
from ..words import QUESTION_WORDS, all_words, content_words

Place = tuple[Document, Span]

NEIGHBOURS = 3  # sentences on each side that may make a quotation unique
AROUND = (60, 300)  # characters on each side of an answer: words of its question in the first count twice
MARKUP = re.escape("`*_#|~>\\[]\"'’‘“”„«»-‐‑–—")  # quotation marks and hyphens, too: they vary as freely
TOKEN = re.compile(rf"[^\W_]+|[^\w\s{MARKUP}]")
GAP = rf"(?:[\s{MARKUP}]|(?<=\])\([^()\s]*+\))*+"  # the second is the target of a link

SMALL = {"as", "at", "but", "by", "for", "from", "if", "in", "no", "not", "or", "with"}  # make nothing similar

lowered, outlined = cache(str.lower), cache(outline)


def find(words: str, where: Iterable[Place]) -> list[Place]:
    """Everywhere in these places that the words stand, the first and the last of them not as parts of other words."""
    tokens = TOKEN.findall(words) or ["\0"]  # no document has that
    # Only where letters have capitals do spaces divide words.
    edges = [r"[^\W_]" if one.isdecimal() or one.lower() != one.upper() else "(?!)" for one in (tokens[0], tokens[-1])]
    inside = GAP.join(map(re.escape, tokens))
    pattern = re.compile(f"(?<!{edges[0]}){inside}(?!{edges[1]})", re.IGNORECASE)
    return [
        (document, Span(*found.span()))
        for document, region in where
        if max(tokens, key=len).lower() in lowered(document.text)  # most documents lack the longest word
        for found in pattern.finditer(document.text, region.start, region.end)
    ]


def nearest(answer: str, question: str, where: Sequence[Place]) -> Place:
    """The place of the answer; of several the one with the most words of the question around it.

    Raises:
        BenchmarkError: the answer says nothing, or is not there, or only in a heading; the message says what is there.
    """
    if not _telling(answer):
        raise BenchmarkError(f"{quoted(answer)} says nothing by itself; give more words of the answer")
    wanted = set(content_words(question))

    def shared(place: Place) -> int:
        text, span = place[0].text, place[1]
        windows = (content_words(text[max(span.start - size, 0) : span.end + size]) for size in AROUND)
        return sum(len(wanted.intersection(words)) for words in windows)

    places = [
        (document, span)
        for document, span in find(answer, where)
        if any(one.start < span.end and span.start < one.end for one in outlined(document.text).sentences)
    ]
    if places:
        return max(places, key=shared)
    raise BenchmarkError(f"{quoted(answer)} does not stand there outside headings; {similar(answer, where)}")


def evidence_at(document: Document, span: Span) -> Evidence:
    """The sentences that hold the span, and as many around them as make the quotation unique in its document.

    Raises:
        BenchmarkError: the neighbours are repeated, too.
    """
    text, known = document.text, outlined(document.text)
    held = [place for place, one in enumerate(known.units) if one.start < span.end and span.start < one.end]
    for more in range(NEIGHBOURS + 1):
        around = known.units[max(held[0] - more, 0) : held[-1] + more + 1] if held else [span]
        quote = text[around[0].start : around[-1].end]
        if text.count(quote) == 1:
            section = known.section_of(span) or (document.title,)
            return Evidence(document=document.id, section=section[-1], quote=quote)
    raise BenchmarkError(f"{quoted(text[span.start : span.end])} is in {document.id} several times; quote more of it")


def similar(words: str, where: Iterable[Place]) -> str:
    """In words: the sentence of these documents that shares the most words, of several the shortest."""
    wanted = _telling(words) - SMALL
    sentences = [(one.id, one.text[at.start : at.end]) for one, _ in where for at in outlined(one.text).sentences]
    ranked = ((len(wanted.intersection(all_words(said))), -len(said), name, said) for name, said in sentences)
    shared, _, name, sentence = max(ranked, default=(0, 0, "", ""))
    return f"the nearest, in {name}, is {quoted(sentence)}" if shared else "nothing there is similar"


def _telling(text: str) -> set[str]:
    return {*all_words(text)} - QUESTION_WORDS


def quoted(text: str) -> str:
    """Foreign text in quotation marks, in one line of about 120 characters, with escapes for what does not print."""
    return repr(shorten(text[:1000], 120, placeholder=" …"))
