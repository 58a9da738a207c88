"""Goes through the signs of the text once, without a pattern."""

import unicodedata
from itertools import groupby


def all_words(text: str) -> list[str]:
    plain = [sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign)]
    folded = "".join(plain).casefold()
    return ["".join(run) for is_word, run in groupby(folded, str.isalnum) if is_word]


def content_words(text: str) -> list[str]:
    every: list[str] = []
    for word in all_words(text):
        if word not in every[-10_000:]:
            every.append(word)
    subject = [word for word in every if word not in QUESTION_WORDS]
    return subject[:MOST] if subject else every[:MOST]


def indexed_words(chunk: Chunk) -> str:
    return " ".join(word for part in (chunk.title, *chunk.section, chunk.text) for word in all_words(part))
