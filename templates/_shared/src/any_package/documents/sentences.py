"""Sentences of technical prose in Markdown.

The rules are those of a splitter with an abbreviation list and orthographic context (Kiss and Strunk, 2006,
"Unsupervised Multilingual Sentence Boundary Detection"), with the list written by hand instead of learned.
"""

import re
from collections.abc import Iterator

from ..passages import Span
from .blocks import Block, code_spans

LONGEST_ITEM = 400  # characters; a longer list item is a paragraph with a mark before it

# Runs of closing marks, each begun only once, so that a megabyte of dots takes one pass.
END = re.compile(r"""(?<![.!?…])[.!?…]++[)\]"'”’»*_`]*+(?=\s)|[。！？]++[”’」』）]*+""")
WORD_BEFORE = re.compile(r"[\w.]*$")
INITIAL = re.compile(r"(?:^|\b[A-Z][\w.]*\s)[A-Z]$")  # the E of "Donald E. Knuth"
CODE_AFTER = re.compile(r"_|\w+(?:\(|_|\.\w)")  # a name such as `os.path` may start a sentence in lower case

# Before these a full stop does not end a sentence; before the weak ones it does if a capital follows.
ABBREVIATION = re.compile(
    r"e\.?g|i\.?e|cf|vs|viz|mr|mrs|ms|dr|prof|st|jr|sr|figs?|eqs?|sec|ch|pp|vol|approx|resp|incl|ca|al|dept"
)
WEAK_ABBREVIATION = re.compile("etc|inc|ltd|co|nos?|nr|p|ed|min|max")


def units(text: str, block: Block) -> list[Span]:
    """The sentences of one block in order, disjoint, and covering all that is not blank space.

    A heading, a table row and a block of code are one unit each; so is a list item, unless it is long.
    """
    span = block.span
    if block.kind == "prose" or (block.kind == "item" and span.end - span.start > LONGEST_ITEM):
        return list(_split(text, span))
    return [span]


def _split(text: str, within: Span) -> Iterator[Span]:
    prose = text[within.start : within.end]
    start = 0
    for end in [*_ends(prose), len(prose)]:
        sentence = prose[start:end]
        blank = len(sentence) - len(sentence.lstrip())
        if blank < len(sentence):
            yield Span(within.start + start + blank, within.start + end)
        start = end


def _ends(prose: str) -> Iterator[int]:
    code = code_spans(prose)
    position = 0
    for found in END.finditer(prose):
        while position < len(code) and code[position].end <= found.start():
            position += 1
        in_code = position < len(code) and code[position].start <= found.start()
        if not in_code and _ends_sentence(prose, found):
            yield found.end()


def _ends_sentence(prose: str, mark: re.Match[str]) -> bool:
    following = prose[mark.end() : mark.end() + 80].lstrip()
    if not following or mark[0][0] in "。！？":
        return True
    if following[0].islower() and not CODE_AFTER.match(following):
        return False
    if not mark[0].startswith(".") or mark[0].startswith(".."):
        return True
    before = prose[max(0, mark.start() - 40) : mark.start()]
    return not _is_abbreviation(before, following)


def _is_abbreviation(before: str, following: str) -> bool:
    found = WORD_BEFORE.search(before)
    word = found[0].lower() if found else ""
    if ABBREVIATION.fullmatch(word):
        return True
    if WEAK_ABBREVIATION.fullmatch(word):
        return not following[0].isupper()
    return INITIAL.search(before) is not None and following[0].isupper()
