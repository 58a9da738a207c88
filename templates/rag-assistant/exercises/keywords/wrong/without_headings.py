"""Indexes the text alone: a question for the words of a heading does not find what stands below it."""

import re
import unicodedata


def all_words(text: str) -> list[str]:
    text = "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))
    return re.findall(r"[^\W_]+", text.casefold())


def content_words(text: str) -> list[str]:
    words = list(dict.fromkeys(all_words(text)))
    return ([word for word in words if word not in QUESTION_WORDS] or words)[:MOST]


def indexed_words(chunk: Chunk) -> str:
    return " ".join(all_words(chunk.text))
