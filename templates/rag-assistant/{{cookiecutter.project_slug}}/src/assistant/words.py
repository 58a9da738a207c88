"""What an index of words holds of a passage, and what a search looks for."""

from __future__ import annotations

import re
import unicodedata

from .passages import Chunk

MOST = 64  # distinct words that a search takes from one text: no question has more, and a pasted file costs no more

# These make a text a question and say nothing about its subject; being rare in documents, they would look precious.
# Words with a meaning in some subject, such as `for`, `if`, `not` or `with`, stay: BM25 knows how frequent they are.
_QUESTION_WORDS = """
a about am an and any are be been being can could did do does doing done get gets give had has have having he her
hers him his how i is it its know let many may me might mine much must my of on one or our ours please shall she
should so some tell than that the their theirs them then there these they this those to us use used uses using was
we were what when where which who whom whose why will would you your yours
"""
QUESTION_WORDS = frozenset(_QUESTION_WORDS.split())


def all_words(text: str) -> list[str]:
    """The words of a text in order, in lower case, without accents; ligatures and the like are resolved.

    A word is a run of letters and digits: "Naïve os_path" has the words naive, os and path.
    """
    if not text.isascii():
        text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", text.casefold())


def content_words(text: str) -> list[str]:
    """Distinct words to search for, in order, at most `MOST`.

    Question words say nothing about a subject; if a text has only question words, these are what it asks about.
    """
    words = list(dict.fromkeys(all_words(text)))
    return ([word for word in words if word not in QUESTION_WORDS] or words)[:MOST]


def indexed_words(chunk: Chunk) -> str:
    """The words of a passage and of the headings above it, with single spaces in between."""
    return " ".join(all_words("\n".join([chunk.title, *chunk.section, chunk.text])))
