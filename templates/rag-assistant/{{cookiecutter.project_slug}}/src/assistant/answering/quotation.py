"""What the assistant says without a language model: a passage of the documents, word for word."""

import re
from collections.abc import Iterator, Sequence

from ..documents.blocks import blocks
from ..hits import Hit
from ..settings import Answering
from .base import REFUSAL, Answer
from .confidence import citation, confidence, quotable

FENCE = re.compile(r"^[ \t]{0,12}(`{3,}+|~{3,}+)", re.MULTILINE)


class Quotation:
    """Quotes the best passages as a whole and marks the best sentence of each. Safe to use from several threads."""

    def __init__(self, settings: Answering, passages: int = 1) -> None:
        self._settings, self._passages = settings, passages

    def stream(self, question: str, hits: Sequence[Hit]) -> Iterator[str | Answer]:
        """The first hits that say something, or a refusal if the confidence is too low; then the answer."""
        sure = confidence(question, hits)
        quoted = [hit for hit in hits if sure >= self._settings.abstain_below and quotable(hit)]
        numbered = [*enumerate(quoted[: self._passages], 1)]
        text = "\n\n".join(_numbered(hit.chunk.text, number) for number, hit in numbered) or REFUSAL
        citations = tuple(citation(number, hit) for number, hit in numbered)
        yield from (text, Answer(question, text, citations, not quoted, sure, tuple(hits)))


# The passage with its number behind it; below code and tables, of which it would become part. A passage that ends in
# the middle of a block of code gets that block's end.
def _numbered(passage: str, number: int) -> str:
    fences = FENCE.findall(passage)
    if len(fences) % 2:
        return f"{passage.rstrip()}\n{fences[-1]}\n\n[{number}]"
    return passage.rstrip() + (" " if blocks(passage)[-1].kind in {"prose", "item"} else "\n\n") + f"[{number}]"
