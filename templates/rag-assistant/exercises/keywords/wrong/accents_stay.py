"""Lower case is all: a question typed without the accent finds nothing."""

import re


def all_words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def content_words(text: str) -> list[str]:
    words = list(dict.fromkeys(all_words(text)))
    return ([word for word in words if word not in QUESTION_WORDS] or words)[:MOST]


def indexed_words(chunk: Chunk) -> str:
    return " ".join(all_words(" ".join([chunk.title, *chunk.section, chunk.text])))
