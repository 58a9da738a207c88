"""What of a model's words is its answer: neither its thoughts, nor a refusal in words of its own."""

import re

from .base import REFUSAL

BEGIN, END = "<think>", "</think>"
WORD = r"\w{1,20}"
PASSAGES = rf"(?:passages?|(?:provided|given|retrieved|available) {WORD})"
SAY = (
    "(?:address|answer|contain|cover|define|describe|discuss|explain|give|include|indicate|mention|provide|say|specify"
    "|state|tell)s?"
)
# In English; in other languages, only the sentence of the prompt is a refusal.
LACKS = re.compile(
    rf"\b(?:{PASSAGES} (?:do|does|did)(?: not|n['’]t)|no(?:ne of the)? {PASSAGES}) (?:{WORD}ly )?{SAY}\b"
    rf"|\bno (?:answer|information|mention)(?: {WORD})? (?:{WORD} )?(?:{WORD} )?(?:in|from) the {PASSAGES}",
    re.IGNORECASE,
)
YET = re.compile(r"\b(?:although|but|however|though|while)\b", re.IGNORECASE)  # an answer in part follows


def spoken(text: str) -> str:
    """The answer in what a model has written so far: what follows its thoughts.

    Some servers send the thoughts in the text, between two tags, the first of which may be missing.
    """
    _, tag, after = text.rpartition(END)
    begins = text.lstrip()[: len(BEGIN)]
    return after if tag else "" if BEGIN.startswith(begins) else text


def refuses(answer: str) -> bool:
    """Whether the answer begins with our refusal, or its first sentence says that the passages lack what is asked."""
    if answer.casefold().startswith(REFUSAL.casefold().rstrip(".")):
        return True
    first = re.split(r"[.!?\n]", answer, maxsplit=1)[0]
    return bool(LACKS.search(first)) and not YET.search(first)
