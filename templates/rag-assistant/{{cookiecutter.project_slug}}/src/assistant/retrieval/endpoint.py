"""Reranking by a server: the `/rerank` that Cohere introduced and Jina, TEI, vLLM and llama.cpp share."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from openai import OpenAI
from pydantic import BaseModel, Field, ValidationError

from ..embedding.base import Vectors
from ..endpoint import Endpoint
from ..hits import Hit
from .rerank import ordered

Score = Annotated[float, Field(allow_inf_nan=False)]


class Result(BaseModel):
    index: int
    relevance_score: Score


class Results(BaseModel):
    results: list[Result] = Field(min_length=1)


class EndpointReranker:
    """Order and scores are the server's; passages that it leaves out come last, as they were."""

    def __init__(self, url: str, api_key: str = "", model: str = "", *, timeout: float = 10, retries: int = 1) -> None:
        """`url` is the server's base address, to which `/rerank` is added; a server of one model needs no `model`."""
        self._model = {"model": model} if model else {}
        self._endpoint = Endpoint("reranker", "ASSISTANT_RERANK", url, api_key, timeout=timeout, retries=retries)

    def rerank(self, question: str, vector: Vectors, hits: list[Hit]) -> list[Hit]:  # noqa: ARG002
        documents = [hit.chunk.text for hit in hits]
        scores = self._scores(question, documents)
        lowest = min(scores.values(), default=0.0)
        scored = [replace(hit, score=scores[i], rerank=scores[i]) for i, hit in enumerate(hits) if i in scores]
        rest = [replace(hit, score=lowest - rank) for rank, hit in enumerate(hits, 1) if rank - 1 not in scores]
        return ordered(scored) + rest

    def _scores(self, question: str, documents: list[str]) -> dict[int, float]:
        body = {"query": question, "documents": documents, **self._model}

        def call(client: OpenAI) -> object:
            return client.post("/rerank", cast_to=object, body=body)

        answer = self._endpoint.one(call)
        try:
            results = Results.model_validate(answer).results
        except ValidationError as error:
            raise self._endpoint.nonsense("it sent no list of results with scores") from error
        if any(not 0 <= result.index < len(documents) for result in results):
            raise self._endpoint.nonsense("it scored a passage that was not sent")
        return {result.index: result.relevance_score for result in results}
