"""A second look at the first passages by a model that reads more closely."""

from typing import Literal

from pydantic import Field

from .. import encoders
from ..retrieval.fusion import min_max
from ..settings import Section
from .retrievers import Found, Index


class RerankerOptions(Section):
    kind: Literal["sentences", "colbert", "cross-encoder"]
    top: int = Field(default=10, ge=1)  # passages that are looked at; the others stay behind them
    weight: float = Field(default=1.0, ge=0, le=1)  # of the second look; the rest is the retriever's score


def rerank(options: RerankerOptions, question: str, found: Found, index: Index) -> Found:
    """The passages in their new order.

    The first one's score becomes the reranker's own, since mixed scores are relative to the other passages.
    """
    top = found[: options.top]
    scores = SCORERS[options.kind](question, [one for one, _ in top], index)
    mixed = zip(top, min_max(scores), min_max([score for _, score in top]), strict=True)
    again = [(one, options.weight * close + (1 - options.weight) * first) for (one, _), close, first in mixed]
    rest = [(one, -float(rank)) for rank, (one, _) in enumerate(found[options.top :], start=1)]
    order = sorted(again, key=lambda one: (-one[1], one[0])) + rest
    own = dict(zip((one for one, _ in top), scores, strict=True))
    return [(order[0][0], own[order[0][0]]), *order[1:]]


def _sentences(question: str, passages: list[str], index: Index) -> list[float]:
    """The sentence that is nearest to the question counts (MaxP of Dai and Callan 2019, one level down)."""
    vector = encoders.query("minilm", question)
    return [float((index.sentences[one] @ vector).max()) for one in passages]


def _colbert(question: str, passages: list[str], index: Index) -> list[float]:
    """MaxSim: each token of the question counts with its nearest token of the passage (Khattab and Zaharia 2020)."""
    asked = encoders.tokens([question])[0]
    return [float((asked @ index.tokens[one].T).max(axis=1).mean()) for one in passages]


def _cross_encoder(question: str, passages: list[str], index: Index) -> list[float]:
    """Question and passage are read together (Nogueira and Cho 2019)."""
    return encoders.relevance(question, [index.text(index.by_id[one]) for one in passages])


SCORERS = {"sentences": _sentences, "colbert": _colbert, "cross-encoder": _cross_encoder}
