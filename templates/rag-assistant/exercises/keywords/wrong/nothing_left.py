"""Drops the question words always, also where the question has no others; a set loses the order, too."""

import re
import unicodedata


def all_words(text: str) -> list[str]:
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", text.casefold())


def content_words(text: str) -> list[str]:
    return sorted(set(all_words(text)) - QUESTION_WORDS)[:MOST]


def indexed_words(chunk: Chunk) -> str:
    return " ".join(all_words(" ".join([chunk.title, *chunk.section, chunk.text])))
